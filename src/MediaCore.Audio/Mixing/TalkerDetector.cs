namespace MediaCore.Audio.Mixing;

/// <summary>
/// Whether a member of a conference talks, frame by frame of 20 ms. Sound that is clearly above the line's own noise opens at once, so that no beginning of a word is lost, and half a second after the last of it closes; whoever
/// sounds for 60 ms counts as talking, which a click does not. The noise floor is followed up to −55 dBov and not beyond: what is louder than −46 dBov, a tone or music, never turns into noise. Constant size. Owned by its shard.
/// </summary>
public struct TalkerDetector
{
    /// <summary>Frames without sound after which a member is silent: half a second.</summary>
    public const int HangoverFrames = 25;

    private const int OnsetFrames = 3;
    private const float MarginDecibels = 9;
    private const float QuietestSpeechDbov = -55;
    private const float HighestFloorDbov = -55;
    private const float LowestFloorDbov = -90;

    // 4 dB per second up, and down within some frames: a pause between two words shows the noise.
    private const float RiseDecibels = 0.08f;
    private const float FallShare = 0.3f;

    // How fast the level that talkers are ranked by falls, in dB per frame: over the pauses within a sentence it falls by some 10 dB.
    private const float LevelFallDecibels = 0.8f;
    private const float Silence = -127;

    private float _floor;
    private int _hangover;
    private int _onset;
    private bool _started;

    /// <summary>The level that talkers are ranked by, dBov: rises at once, falls slowly.</summary>
    public float LevelDbov { get; private set; }

    /// <summary>There is sound, or was within the last half a second: the member is to be heard.</summary>
    public readonly bool IsOpen => _hangover > 0;

    /// <summary>There is sound for 60 ms at least, or was within the last half a second.</summary>
    public bool IsTalking { get; private set; }

    /// <summary>Takes a frame of 20 ms.</summary>
    public void Update(ReadOnlySpan<short> frame)
    {
        float power = MixSamples.Power(frame);
        float level = power < 1e-12f ? Silence : 10 * MathF.Log10(power);
        if (!_started)
        {
            _started = true;
            _floor = QuietestSpeechDbov - MarginDecibels;
            LevelDbov = Silence;
        }

        bool isSound = level >= QuietestSpeechDbov && level > _floor + MarginDecibels;
        _floor = Math.Clamp(level < _floor ? _floor + ((level - _floor) * FallShare) : Math.Min(level, _floor + RiseDecibels), LowestFloorDbov, HighestFloorDbov);
        LevelDbov = Math.Max(level, LevelDbov - LevelFallDecibels);
        if (isSound)
        {
            _hangover = HangoverFrames;
            _onset = Math.Min(_onset + 1, OnsetFrames);
            IsTalking |= _onset == OnsetFrames;
            return;
        }

        _onset = 0;
        if (_hangover > 0 && --_hangover == 0)
        {
            IsTalking = false;
        }
    }

    /// <summary>As at the beginning: for a member that was muted.</summary>
    public void Reset() => this = default;
}
