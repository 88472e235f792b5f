namespace MediaCore.Audio.ComfortNoise;

/// <summary>
/// Tells speech from background noise by level, for discontinuous transmission and for a jitter buffer that wants to know where it may cut. The noise floor falls at once and rises slowly; what is well above it is
/// speech, and so are the next <see cref="HangoverFrames"/> frames, which keeps quiet ends of words. Constant size. Owned by its shard.
/// </summary>
public struct VoiceActivityDetector
{
    /// <summary>Frames after speech that still count as speech: 160 ms of 20 ms frames.</summary>
    public const int HangoverFrames = 8;

    // Speech is so much over the noise, and never quieter than the quietest that a telephone can make heard.
    private const int MarginDecibels = 9;
    private const int QuietestSpeechDbov = -60;

    // In a quarter of a second of 20 ms frames the floor rises by 1 dB.
    private const double RiseDecibelsPerFrame = 0.08;

    private double _floor;
    private int _hangover;
    private bool _started;

    /// <summary>The background noise as far as it is known, in dBov.</summary>
    public readonly int NoiseDbov => _started ? (int)Math.Round(_floor) : -127;

    /// <summary>Whether the frame before was speech by itself, and not for following it.</summary>
    public bool IsLoud { readonly get; private set; }

    /// <summary>Whether the frame, of 10 to 30 ms, is speech or follows it closely.</summary>
    public bool IsSpeech(ReadOnlySpan<short> frame)
    {
        int level = NoiseLevel.Measure(frame);
        _floor = !_started ? Math.Min(level, QuietestSpeechDbov) : level < _floor ? level : Math.Min(_floor + RiseDecibelsPerFrame, level);
        _started = true;
        IsLoud = level >= QuietestSpeechDbov && level > _floor + MarginDecibels;
        if (IsLoud)
        {
            _hangover = HangoverFrames;
            return true;
        }

        if (_hangover > 0)
        {
            _hangover--;
            return true;
        }

        return false;
    }
}
