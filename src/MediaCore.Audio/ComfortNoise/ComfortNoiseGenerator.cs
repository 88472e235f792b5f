namespace MediaCore.Audio.ComfortNoise;

/// <summary>
/// Makes the noise that RFC 3389 payloads describe: a level, and where the sender gives it a spectrum as reflection coefficients (§3.2), of which up to <see cref="MaxOrder"/> are used. A new level is approached smoothly.
/// Allocates nothing after construction. Owned by its shard.
/// </summary>
public sealed class ComfortNoiseGenerator
{
    /// <summary>Coefficients used. RFC 3389 §3 leaves the model order to the sender and lets a decoder take the higher ones as zero.</summary>
    public const int MaxOrder = 12;

    // Part of the way to the new level that is gone per sample: most of it within 20 ms at 8 kHz.
    private const float Approach = 0.02f;

    private readonly float[] _reflections = new float[MaxOrder];
    private readonly float[] _lattice = new float[MaxOrder];
    private int _order;
    private float _target;
    private float _gain;
    private ulong _random = 0x9e3779b97f4a7c15;

    /// <summary>The level now aimed at, in dBov (RFC 3389 §3.1): 0 is a full-scale square wave.</summary>
    public int LevelDbov { get; private set; } = -127;

    /// <summary>Takes a payload; false when it is empty. The reserved bit of the level and coefficients past <see cref="MaxOrder"/> are ignored.</summary>
    public bool TryUpdate(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return false;
        }

        LevelDbov = -(payload[0] & 0x7f);
        _order = Math.Min(payload.Length - 1, MaxOrder);

        // The filter amplifies; its excitation is smaller by that.
        float rest = 1;
        for (int i = 0; i < _order; i++)
        {
            int index = payload[i + 1];

            // Index 255 is reserved and says nothing.
            _reflections[i] = index == 255 ? 0 : 258f * (index - 127) / 32768;
            rest *= 1 - (_reflections[i] * _reflections[i]);
        }

        // Uniform noise between −1 and 1 has a third of full power.
        _target = LevelDbov == -127 ? 0 : 32768 * MathF.Pow(10, LevelDbov / 20f) * MathF.Sqrt(3 * rest);
        return true;
    }

    /// <summary>Fills a frame.</summary>
    public void Generate(Span<short> frame)
    {
        for (int i = 0; i < frame.Length; i++)
        {
            _gain += (_target - _gain) * Approach;
            float value = _gain * Uniform();

            // An all-pole lattice, stable whatever the coefficients, since each is within −1 and 1.
            for (int k = _order - 1; k >= 0; k--)
            {
                value -= _reflections[k] * _lattice[k];
                if (k + 1 < _order)
                {
                    _lattice[k + 1] = _lattice[k] + (_reflections[k] * value);
                }
            }

            if (_order > 0)
            {
                _lattice[0] = value;
            }

            frame[i] = (short)Math.Clamp(value, short.MinValue, short.MaxValue);
        }
    }

    private float Uniform()
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (int)(_random >> 32) / 2147483648f;
    }
}
