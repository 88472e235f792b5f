namespace MediaCore.Audio.Mixing;

/// <summary>
/// Brings a sum of voices into 16 bits without clipping and without pumping: a gain that goes in straight lines. It looks an eighth of a frame (2.5 ms) ahead, so that the gain is down when a peak comes and
/// no sample ever has to be cut off, and lets go with a time constant of 300 ms, so that it does not follow the voice's own pitch. A sum within the range passes bit by bit,
/// <see cref="DelaySamples"/> later. Constant size; allocates nothing after construction. Owned by its shard.
/// </summary>
public sealed class SoftLimiter
{
    private const int BlocksPerFrame = 8;
    private const float Highest = short.MaxValue;
    private const float ReleaseMilliseconds = 300;

    // So near to 1 the gain is 1: less than half a step of the loudest sample.
    private const float Unity = 1 - (0.5f / 32768);

    private readonly int[] _delayed;
    private readonly float _release;
    private float _delayedNeed = 1;

    /// <summary>A limiter for frames of 20 ms.</summary>
    /// <param name="frameSamples">Samples of a frame, a multiple of 8.</param>
    public SoftLimiter(int frameSamples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameSamples, BlocksPerFrame);
        if (frameSamples % BlocksPerFrame != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(frameSamples), frameSamples, "A frame has eight equal blocks.");
        }

        _delayed = new int[frameSamples / BlocksPerFrame];
        _release = MixingLimits.FrameMilliseconds / (float)BlocksPerFrame / ReleaseMilliseconds;
    }

    /// <summary>By how much the output is later than the input.</summary>
    public int DelaySamples => _delayed.Length;

    /// <summary>The gain at the end of what was written last; 1 while nothing has to be held back.</summary>
    public float Gain { get; private set; } = 1;

    /// <summary>Takes a frame of sums and gives a frame of samples.</summary>
    /// <param name="sum">Of the length that the limiter was made for.</param>
    /// <param name="samples">As long.</param>
    public void Process(ReadOnlySpan<int> sum, Span<short> samples)
    {
        int length = _delayed.Length;
        for (int at = 0; at < sum.Length; at += length)
        {
            ReadOnlySpan<int> coming = sum.Slice(at, length);
            int peak = MixSamples.Peak(coming);
            float need = peak <= short.MaxValue ? 1 : Highest / peak;

            // The line begins at a gain that suits the delayed block; where it ends suits that one and the coming one.
            float released = Gain + ((1 - Gain) * _release);
            float end = Math.Min(released > Unity ? 1 : released, Math.Min(_delayedNeed, need));
            Span<short> block = samples.Slice(at, length);
            if (Gain == 1 && end == 1)
            {
                MixSamples.Narrow(_delayed, block);
            }
            else
            {
                MixSamples.Narrow(_delayed, block, Gain, end);
            }

            Gain = end;
            _delayedNeed = need;
            coming.CopyTo(_delayed);
        }
    }

    /// <summary>Goes on where another one is: for a listener who gets a mix of his own.</summary>
    public void CopyFrom(SoftLimiter other)
    {
        other._delayed.CopyTo(_delayed, 0);
        _delayedNeed = other._delayedNeed;
        Gain = other.Gain;
    }

    /// <summary>Forgets what was heard.</summary>
    public void Reset()
    {
        Array.Clear(_delayed);
        _delayedNeed = 1;
        Gain = 1;
    }
}
