using MediaCore.Audio.Tones;

namespace MediaCore.Audio.Detection;

/// <summary>
/// Recognises the tones of a network and of fax machines by frequency and cadence: dial, ringback, busy and congestion of one country, the special information tone, CNG and CED. Every 10 ms it looks at the last 25 ms; lengths may differ by 12 % and 30 ms. A tone is told
/// once, and again after it was away. Sans-IO, allocates nothing after construction. Owned by its shard.
/// </summary>
public sealed class ToneDetector
{
    private const double MinLevelDbm0 = -40;
    private const double MaxNoiseShare = 0.25;

    // So many looks without it end a segment: a lost packet is no pause.
    private const int MissedSteps = 3;
    private const int SlackSteps = 3;

    // The long pause of a ringback tone is taken for granted after so many steps.
    private const int LongPauseSteps = 60;

    private readonly TonePatterns _patterns;
    private readonly Track[] _tracks;
    private readonly float[] _window = new float[TonePatterns.WindowSamples];
    private readonly int _decimation;
    private int _filled = TonePatterns.WindowSamples - TonePatterns.StepSamples;
    private float _sum;
    private int _summed;

    /// <summary>A detector.</summary>
    /// <param name="country">One of <see cref="CountryTones.Countries"/>.</param>
    /// <param name="sampleRateHz">A multiple of 8000.</param>
    public ToneDetector(string country, int sampleRateHz = 8000)
    {
        ArgumentNullException.ThrowIfNull(country);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRateHz);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sampleRateHz % 8000, 0, nameof(sampleRateHz));
        _patterns = TonePatterns.For(country);
        _tracks = new Track[_patterns.All.Length];
        _decimation = sampleRateHz / 8000;
    }

    /// <summary>Takes sound, at most 30 ms at once so that nothing found is hidden by what follows.</summary>
    /// <returns>What has just been recognised; <see cref="LineTone.None"/> mostly.</returns>
    public LineTone Process(ReadOnlySpan<short> samples)
    {
        LineTone found = LineTone.None;
        foreach (short sample in samples)
        {
            // Mean of the samples in 125 µs: what is above 4 kHz is no tone anyway and need not be kept out exactly.
            _sum += sample;
            if (++_summed < _decimation)
            {
                continue;
            }

            _window[_filled++] = _sum / _decimation;
            _sum = 0;
            _summed = 0;
            if (_filled == _window.Length)
            {
                LineTone now = Follow(Look());
                found = now == LineTone.None ? found : now;
                _window.AsSpan(TonePatterns.StepSamples).CopyTo(_window);
                _filled -= TonePatterns.StepSamples;
            }
        }

        return found;
    }

    /// <summary>Forgets everything, for another stream.</summary>
    public void Reset()
    {
        Array.Clear(_tracks);
        Array.Clear(_window);
        _filled = _window.Length - TonePatterns.StepSamples;
        _sum = 0;
        _summed = 0;
    }

    /// <summary>The sounds that are there, a bit for each.</summary>
    private uint Look()
    {
        PureTone single = PureTone.Measure(_window, 8000);
        if (single.LevelDbm0 < MinLevelDbm0)
        {
            return 0;
        }

        float energy = 0;
        foreach (float value in _window)
        {
            energy += value * value;
        }

        uint present = 0;
        for (int i = 0; i < _patterns.Sounds.Length; i++)
        {
            ToneSound sound = _patterns.Sounds[i];
            bool isThere = single.Hertz >= sound.MinHz && single.Hertz <= sound.MaxHz
                && (sound.Pair is { } pair ? pair.Share(_window, energy) >= 1 - MaxNoiseShare : single.NoiseShare <= MaxNoiseShare);
            present |= isThere ? 1u << i : 0;
        }

        return present;
    }

    private LineTone Follow(uint present)
    {
        LineTone found = LineTone.None;
        for (int i = 0; i < _tracks.Length; i++)
        {
            if (Follow(ref _tracks[i], _patterns.All[i], present))
            {
                found = _patterns.All[i].Tone;
            }
        }

        return found;
    }

    private static bool Follow(ref Track track, TonePattern pattern, uint present)
    {
        int expected = pattern.Sounds[track.Segment];
        if (IsThere(pattern, expected, present))
        {
            track.Steps += track.Missed + 1;
            track.Missed = 0;
            return OnStep(ref track, pattern, expected);
        }

        if (++track.Missed < MissedSteps && track.Steps > 0)
        {
            return false;
        }

        // The segment is over. Was it what was looked for, and does the next one follow?
        int steps = pattern.Steps[track.Segment];
        int following = (track.Segment + 1) % pattern.Sounds.Length;
        int slack = SlackSteps + (int)(steps * pattern.Tolerance);
        bool isMatch = steps > 0 && Math.Abs(track.Steps - steps) <= slack;
        if (!isMatch || (!IsThere(pattern, pattern.Sounds[following], present) && pattern.Sounds.Length != pattern.NeededSegments))
        {
            track = new Track { Steps = IsThere(pattern, pattern.Sounds[0], present) ? track.Missed : 0 };
            return false;
        }

        track.Segment = following;
        track.Steps = track.Missed;
        track.Missed = 0;
        track.Matched++;
        return Report(ref track, pattern, track.Matched);
    }

    /// <summary>One more step of the segment.</summary>
    private static bool OnStep(ref Track track, TonePattern pattern, int expected)
    {
        int steps = pattern.Steps[track.Segment];
        if (steps == 0)
        {
            return track.Steps >= pattern.NeededSegments && Report(ref track, pattern, pattern.NeededSegments);
        }

        bool isLongPause = expected < 0 && steps >= 2 * LongPauseSteps && track.Segment == pattern.Sounds.Length - 1;
        if (isLongPause && track.Steps >= LongPauseSteps && Report(ref track, pattern, track.Matched + 1))
        {
            return true;
        }

        if (track.Steps > steps + SlackSteps + (int)(steps * pattern.Tolerance))
        {
            // Too long for it: silence between calls, a steady tone. A sound that goes on must not count as a new one's beginning.
            track = new Track { Steps = expected < 0 ? 0 : track.Steps, IsReported = track.IsReported && expected >= 0 };
        }

        return false;
    }

    private static bool Report(ref Track track, TonePattern pattern, int matched)
    {
        if (track.IsReported || matched < pattern.NeededSegments)
        {
            return false;
        }

        return track.IsReported = true;
    }

    /// <summary>A pause is there when none of the tone's own sounds is.</summary>
    private static bool IsThere(TonePattern pattern, int sound, uint present)
    {
        if (sound >= 0)
        {
            return (present & (1u << sound)) != 0;
        }

        foreach (int own in pattern.Sounds)
        {
            if (own >= 0 && (present & (1u << own)) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private struct Track
    {
        public int Segment;
        public int Steps;
        public int Missed;
        public int Matched;
        public bool IsReported;
    }
}
