namespace MediaCore.Audio.Mixing;

/// <summary>
/// One member of a <see cref="ConferenceMixer"/>: what it said in this tick and how it takes part. About 3 kB at 16 kHz, kept by the mixer for the next one. Owned by its shard.
/// </summary>
public sealed class MixerMember
{
    private readonly short[] _frame;
    private readonly short[] _own;
    private readonly int[] _contribution;
    private readonly SoftLimiter _limiter;
    private TalkerDetector _detector;
    private float _applied;
    private float _gain = 1;
    private bool _hasFrame;

    internal MixerMember(int frameSamples)
    {
        _frame = new short[frameSamples];
        _own = new short[frameSamples];
        _contribution = new int[frameSamples];
        _limiter = new SoftLimiter(frameSamples);
    }

    /// <summary>How loud it is to the others, as a factor from 0 to <see cref="MixingLimits.MaxGain"/>. A change is faded.</summary>
    public float Gain
    {
        get => _gain;
        set => _gain = float.IsNaN(value) ? 1 : Math.Clamp(value, 0, MixingLimits.MaxGain);
    }

    /// <summary>Whether nobody hears it.</summary>
    public bool IsMuted { get; set; }

    /// <summary>Whether it hears nobody.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>It speaks to the members with <see cref="HearsCoaches"/> alone (whisper).</summary>
    public bool IsCoach { get; set; }

    /// <summary>It hears what coaches say.</summary>
    public bool HearsCoaches { get; set; }

    /// <summary>Whether it talks: known to the users, with hysteresis. A muted member does not talk.</summary>
    public bool IsTalking => !IsMuted && _detector.IsTalking;

    /// <summary>The level by which talkers are ranked, dBov.</summary>
    public float LevelDbov => _detector.LevelDbov;

    /// <summary>Whether it is part of this tick's mix.</summary>
    public bool IsHeard { get; internal set; }

    /// <summary>What it hears in this tick.</summary>
    public MixKind Hears { get; internal set; }

    /// <summary>What it hears where that is <see cref="MixKind.Own"/>, until the next tick.</summary>
    public ReadOnlySpan<short> OwnMix => _own;

    internal int Index { get; set; } = -1;

    /// <summary>Whether it is among the loudest; in the tick after it lost its place it still fades out.</summary>
    internal bool HasPlace { get; set; }

    internal ReadOnlySpan<int> Contribution => _contribution;

    internal bool WantsToBeHeard => !IsMuted && _detector.IsOpen;

    /// <summary>Says something: the sound of this tick. A member that says nothing in a tick is silent in it.</summary>
    /// <param name="frame">20 ms at the mixer's rate.</param>
    public void Say(ReadOnlySpan<short> frame)
    {
        frame.CopyTo(_frame);
        _hasFrame = true;
    }

    /// <summary>Looks at what was said.</summary>
    internal void Detect()
    {
        if (!_hasFrame)
        {
            Array.Clear(_frame);
        }

        _hasFrame = false;
        if (IsMuted)
        {
            _detector.Reset();
        }
        else
        {
            _detector.Update(_frame);
        }
    }

    /// <summary>Makes the contribution to the sum; false when there is none. Changes fade within a quarter of the frame.</summary>
    internal bool TryContribute(bool isHeard)
    {
        float target = isHeard ? _gain : 0;
        if (_applied == 0 && target == 0)
        {
            return false;
        }

        int fade = _applied == target ? 0 : _frame.Length / 4;
        MixSamples.Fade(_frame.AsSpan(0, fade), _contribution, _applied, target);
        MixSamples.Scale(_frame.AsSpan(fade), _contribution.AsSpan(fade), target);
        _applied = target;
        return true;
    }

    internal void Hear(ReadOnlySpan<int> sum, SoftLimiter shared)
    {
        if (Hears != MixKind.Own)
        {
            _limiter.CopyFrom(shared);
        }

        Hears = MixKind.Own;
        _limiter.Process(sum, _own);
    }

    internal void Clear()
    {
        _detector.Reset();
        _limiter.Reset();
        _applied = 0;
        _gain = 1;
        _hasFrame = false;
        IsMuted = false;
        IsDeaf = false;
        IsCoach = false;
        HearsCoaches = false;
        IsHeard = false;
        HasPlace = false;
        Hears = MixKind.Silence;
        Index = -1;
    }
}
