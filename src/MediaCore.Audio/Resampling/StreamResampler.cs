using System.Diagnostics.CodeAnalysis;

namespace MediaCore.Audio.Resampling;

/// <summary>
/// A <see cref="Resampler"/> for sound that comes piece by piece. What comes out is later by half of the filter (<see cref="DelaySamples"/>), and as long as what went in wherever the ratio
/// allows it: 20 ms give 20 ms. Allocates nothing after construction. Owned by its shard.
/// </summary>
public sealed class StreamResampler
{
    private readonly Resampler _design;
    private readonly short[] _buffer;
    private readonly int _history;
    private long _position;

    private StreamResampler(Resampler design, int maxInput)
    {
        _design = design;
        _history = design.Taps;
        _buffer = new short[_history + maxInput];
        MaxInputSamples = maxInput;
        Reset();
    }

    /// <summary>Samples per second of the input.</summary>
    public int InputRateHz => _design.InputRateHz;

    /// <summary>Samples per second of the output.</summary>
    public int OutputRateHz => _design.OutputRateHz;

    /// <summary>Longest piece.</summary>
    public int MaxInputSamples { get; }

    /// <summary>By how many samples the output is later.</summary>
    public int DelaySamples => (int)((long)_design.Taps / 2 * OutputRateHz / InputRateHz);

    /// <summary>A resampler for pieces of at most 120 ms; false where <see cref="Resampler.TryGetShared"/> has none.</summary>
    public static bool TryCreate(int inputRateHz, int outputRateHz, [NotNullWhen(true)] out StreamResampler? resampler)
    {
        resampler = Resampler.TryGetShared(inputRateHz, outputRateHz, out Resampler? design) ? new StreamResampler(design, inputRateHz * 120 / 1000) : null;
        return resampler is not null;
    }

    /// <summary>Forgets what went in.</summary>
    public void Reset()
    {
        _buffer.AsSpan().Clear();

        // The first output is that whose filter ends with the first input.
        _position = (long)(_history - (_design.Taps / 2)) * _design.Phases;
    }

    /// <summary>Most samples that an input of this length gives.</summary>
    public int MaxOutputLength(int inputLength) => _design.OutputLength(inputLength) + 1;

    /// <summary>Converts the next piece.</summary>
    /// <returns>Samples written.</returns>
    /// <exception cref="ArgumentException">The piece is too long, or there is no room for <see cref="MaxOutputLength"/> of it.</exception>
    public int Convert(ReadOnlySpan<short> input, Span<short> output)
    {
        if (input.Length > MaxInputSamples)
        {
            throw new ArgumentException($"At most {MaxInputSamples} samples at a time.", nameof(input));
        }

        input.CopyTo(_buffer.AsSpan(_history));
        int written = _design.Convert(_buffer.AsSpan(0, _history + input.Length), output, ref _position);
        _position -= (long)input.Length * _design.Phases;
        _buffer.AsSpan(input.Length, _history).CopyTo(_buffer);
        return written;
    }
}
