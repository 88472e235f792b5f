using MediaCore.Audio.ComfortNoise;

namespace MediaCore.Audio.Detection;

/// <summary>
/// Tells a person from an answering machine by the shape of what is said after the answer: a person says a word or three and waits; a machine goes on. It counts words by level alone and understands nothing. After a machine's verdict it goes on listening for
/// its beep. Sans-IO, allocates nothing after construction. Owned by its shard.
/// </summary>
public sealed class AnsweringMachineDetector(AnsweringMachineOptions options, int sampleRateHz = 8000)
{
    // Between the loudest that was said and what counts as silence.
    private const int SilenceBelowPeakDb = 26;
    private const int QuietestSpeechDbov = -50;

    // A noisy line is no voice: what counts is so much louder than the quietest that was heard, unless that was so loud that it was speech itself.
    private const int SpeechAboveNoiseDb = 9;
    private const int LoudestNoiseDbov = -35;

    // Single tones of exchanges (ITU-T E.180): 400, 425, 440 and 450 Hz.
    private const int HighestExchangeHz = 480;

    private readonly BeepDetector _beep = new(sampleRateHz);
    private int _steadyTones;
    private int _elapsed;
    private int _voice;
    private int _silence;
    private int _words;
    private int _greetingStart = -1;
    private int _peak = QuietestSpeechDbov;
    private int _noise = LoudestNoiseDbov;
    private bool _inWord;

    /// <summary>What is known.</summary>
    public AnswererVerdict Verdict { get; private set; }

    /// <summary>Milliseconds of sound until the verdict.</summary>
    public int DecidedAfter { get; private set; }

    /// <summary>A beep was heard, and the machine records.</summary>
    public bool HasBeeped { get; private set; }

    /// <summary>Takes a frame of 10 to 30 ms from the answer on. True when <see cref="Verdict"/> or <see cref="HasBeeped"/> has changed.</summary>
    public bool Process(ReadOnlySpan<short> frame)
    {
        int milliseconds = frame.Length * 1000 / sampleRateHz;
        _elapsed += milliseconds;
        if (_beep.Process(frame) && IsOfAMachine() && !HasBeeped)
        {
            HasBeeped = true;
            if (Verdict == AnswererVerdict.Undecided)
            {
                return Decide(AnswererVerdict.Machine);
            }

            Verdict = AnswererVerdict.Machine;
            return true;
        }

        if (Verdict != AnswererVerdict.Undecided)
        {
            return false;
        }

        Measure(frame, milliseconds);
        return Judge();
    }

    /// <summary>Where nothing but such tones was heard, one of an exchange's pitch is its busy tone or the like: nobody has answered.</summary>
    private bool IsOfAMachine()
    {
        _steadyTones++;
        return _beep.Hertz > HighestExchangeHz || _words > _steadyTones;
    }

    private void Measure(ReadOnlySpan<short> frame, int milliseconds)
    {
        int level = NoiseLevel.Measure(frame);
        _peak = Math.Max(_peak, level);
        _noise = Math.Min(_noise, level);
        int quietest = Math.Max(QuietestSpeechDbov, _noise + SpeechAboveNoiseDb);
        if (level >= Math.Max(quietest, _peak - SilenceBelowPeakDb))
        {
            _voice += milliseconds;
            _silence = 0;
            if (!_inWord && _voice >= options.MinWord)
            {
                _inWord = true;
                _words++;
                _greetingStart = _greetingStart < 0 ? _elapsed - _voice : _greetingStart;
            }

            return;
        }

        _silence += milliseconds;
        if (_silence >= options.MinPause)
        {
            _inWord = false;
            _voice = 0;
        }
    }

    private bool Judge()
    {
        if (_greetingStart < 0)
        {
            return _elapsed >= options.MaxInitialSilence && Decide(AnswererVerdict.Machine);
        }

        if (_silence >= options.SilenceAfterGreeting)
        {
            return Decide(AnswererVerdict.Person);
        }

        if (_elapsed - _silence - _greetingStart > options.MaxPersonGreeting || _words > options.MaxPersonWords)
        {
            return Decide(AnswererVerdict.Machine);
        }

        return _elapsed >= options.MaxAnalysis && Decide(AnswererVerdict.Unsure);
    }

    private bool Decide(AnswererVerdict verdict)
    {
        DecidedAfter = _elapsed;
        Verdict = verdict;
        return true;
    }
}
