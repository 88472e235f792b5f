namespace MediaCore.Audio.Dtmf;

/// <summary>
/// Takes digits out of sound, for a side that gets them in another form: as sound too each would count twice. A digit is known only after <see cref="DtmfLimits.MinToneMilliseconds"/>, so the sound is held back
/// for that time. Of a digit at most the first few milliseconds are left, less than any receiver takes for one (ITU-T Q.24: 23 ms). Allocates nothing after construction. Owned by its shard.
/// </summary>
public sealed class DtmfSuppressor
{
    /// <summary>By how much the sound is later.</summary>
    public const int DelayMilliseconds = 40;

    private readonly DtmfDetector _detector;
    private readonly short[] _line;
    private int _at;

    /// <summary>A suppressor with a detector of its own.</summary>
    public DtmfSuppressor(int sampleRateHz = 8000)
    {
        _detector = new DtmfDetector(sampleRateHz);
        _line = new short[sampleRateHz * DelayMilliseconds / 1000];
    }

    /// <summary>Whether a digit sounds now.</summary>
    public bool IsSounding => _detector.Digit != '\0';

    /// <summary>
    /// Takes sound up to the next digit's beginning or end, as <see cref="DtmfDetector.Process"/> does, and replaces what was taken by the sound of <see cref="DelayMilliseconds"/> ago, without digits.
    /// </summary>
    /// <returns>Samples taken and replaced.</returns>
    public int Process(Span<short> samples, out DtmfDetection found)
    {
        bool isTone = IsSounding;
        int taken = _detector.Process(samples, out found);
        for (int i = 0; i < taken; i++)
        {
            (_line[_at], samples[i]) = (isTone ? (short)0 : samples[i], _line[_at]);
            _at = _at + 1 == _line.Length ? 0 : _at + 1;
        }

        if (found is { IsNone: false, HasEnded: false })
        {
            // What is held back is the digit.
            Array.Clear(_line);
        }

        return taken;
    }

    /// <summary>Forgets everything, for another stream.</summary>
    public void Reset()
    {
        _detector.Reset();
        Array.Clear(_line);
        _at = 0;
    }
}
