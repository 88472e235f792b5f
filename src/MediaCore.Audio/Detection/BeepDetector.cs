namespace MediaCore.Audio.Detection;

/// <summary>Finds the beep of an answering machine: one steady sine between 350 and 2500 Hz for 120 ms to 2 s. Told when it has ended. Constant size beside 25 ms of sound. Owned by its shard.</summary>
public sealed class BeepDetector
{
    private const int WindowMilliseconds = 24;
    private const int StepMilliseconds = 8;
    private const int MinSteps = 120 / StepMilliseconds;
    private const int MaxSteps = 2000 / StepMilliseconds;
    private const double MaxNoiseShare = 0.1;
    private const double MinLevelDbm0 = -38;

    // A voice never holds its pitch so exactly for 120 ms.
    private const double MaxDriftHz = 12;

    private readonly float[] _window;
    private readonly int _sampleRateHz;
    private readonly int _step;
    private int _filled;
    private int _run;
    private double _hertz;

    /// <summary>A detector.</summary>
    public BeepDetector(int sampleRateHz = 8000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRateHz, 8000);
        _sampleRateHz = sampleRateHz;
        _window = new float[sampleRateHz * WindowMilliseconds / 1000];
        _step = sampleRateHz * StepMilliseconds / 1000;
    }

    /// <summary>Its frequency, of the one that has just ended.</summary>
    public double Hertz { get; private set; }

    /// <summary>Takes sound, at most 30 ms at once; true when a beep has just ended.</summary>
    public bool Process(ReadOnlySpan<short> samples)
    {
        bool ended = false;
        foreach (short sample in samples)
        {
            _window[_filled++] = sample;
            if (_filled == _window.Length)
            {
                ended |= Follow(PureTone.Measure(_window, _sampleRateHz));
                _window.AsSpan(_step).CopyTo(_window);
                _filled -= _step;
            }
        }

        return ended;
    }

    private bool Follow(in PureTone tone)
    {
        bool isTone = tone.NoiseShare <= MaxNoiseShare && tone.LevelDbm0 >= MinLevelDbm0 && tone.Hertz is >= 350 and <= 2500;
        if (isTone && (_run == 0 || Math.Abs(tone.Hertz - _hertz) <= MaxDriftHz))
        {
            _hertz = _run == 0 ? tone.Hertz : _hertz + ((tone.Hertz - _hertz) / 4);
            _run++;
            return false;
        }

        bool wasBeep = _run is >= MinSteps and <= MaxSteps;
        Hertz = wasBeep ? _hertz : Hertz;
        _run = isTone ? 1 : 0;
        _hertz = tone.Hertz;
        return wasBeep && !isTone;
    }
}
