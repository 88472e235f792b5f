using System.Collections.Concurrent;
using System.Collections.Immutable;
using MediaCore.Audio.Tones;

namespace MediaCore.Audio.Detection;

/// <summary>One tone as a detector looks for it: sounds, by their index in <see cref="TonePatterns"/>, and how long each lasts.</summary>
/// <param name="Tone">Which.</param>
/// <param name="Sounds">A sound, or −1 for silence, for each segment.</param>
/// <param name="Steps">How long each lasts, in steps of 10 ms; 0 for a tone without pauses.</param>
/// <param name="NeededSegments">So many segments in a row make it sure; for a tone without pauses so many steps.</param>
/// <param name="Tolerance">Parts by which a length may be off, beside the detector's own inexactness.</param>
internal sealed record TonePattern(LineTone Tone, ImmutableArray<int> Sounds, ImmutableArray<int> Steps, int NeededSegments, double Tolerance);

/// <summary>A sound of tones: one frequency within limits, or a pair whose mean is within them.</summary>
internal sealed record ToneSound(double MinHz, double MaxHz, TonePair? Pair);

/// <summary>What is looked for in one country: its tones of <see cref="CountryTones"/>, the special information tone and those of fax machines. Made once for each country.</summary>
internal sealed class TonePatterns
{
    public const int StepSamples = 80;
    public const int WindowSamples = 200;

    // The mean of two frequencies that are nearer than that to each other is not told from either.
    private const double NearHz = 60;

    // E.180 allows 15 Hz either way around 425.
    private const double ToleranceHz = 20;

    // Longer than the sound of any ringback tone, which may have the dial tone's frequency.
    private const int DialSteps = 250;
    private const int FaxAnswerSteps = 50;
    private const double NetworkTolerance = 0.12;
    private const double SpecialTolerance = 0.35;

    private static readonly ConcurrentDictionary<string, TonePatterns> Countries = new(StringComparer.OrdinalIgnoreCase);

    private TonePatterns(string country)
    {
        List<ToneSound> sounds = [];
        List<TonePattern> patterns = [];
        foreach (ToneName name in Enum.GetValues<ToneName>())
        {
            if (!CountryTones.TryGet(country, name, out Tone? tone))
            {
                throw new ArgumentOutOfRangeException(nameof(country), country, "No tones of this country are known.");
            }

            ImmutableArray<int> steps = [.. tone.Segments.Select(static s => s.Milliseconds / 10)];
            ImmutableArray<int> parts = [.. tone.Segments.Select(s => Add(sounds, s))];

            // Some networks have one tone for both busy and congestion.
            if (!patterns.Exists(p => p.Sounds.SequenceEqual(parts) && p.Steps.SequenceEqual(steps)))
            {
                patterns.Add(new TonePattern(ToLineTone(name), parts, steps, Needed(name, steps), NetworkTolerance));
            }
        }

        int Single(double hertz, double tolerance)
        {
            sounds.Add(new ToneSound(hertz - tolerance, hertz + tolerance, null));
            return sounds.Count - 1;
        }

        patterns.Add(new TonePattern(LineTone.SpecialInformation, [Single(950, 50), Single(1400, 50), Single(1785, 50)], [33, 33, 33], 3, SpecialTolerance));
        patterns.Add(new TonePattern(LineTone.FaxCalling, [Single(1100, 38), -1], [50, 300], 2, 0.15));
        patterns.Add(new TonePattern(LineTone.FaxAnswer, [Single(2100, 20)], [0], FaxAnswerSteps, 0));
        Sounds = [.. sounds];
        All = [.. patterns];
    }

    public ImmutableArray<ToneSound> Sounds { get; }

    public ImmutableArray<TonePattern> All { get; }

    /// <summary>A country of <see cref="CountryTones.Countries"/>.</summary>
    public static TonePatterns For(string country) => Countries.GetOrAdd(country, static c => new TonePatterns(c));

    private static LineTone ToLineTone(ToneName name) => name switch
    {
        ToneName.Dial => LineTone.Dial,
        ToneName.Ringback => LineTone.Ringback,
        ToneName.Busy => LineTone.Busy,
        _ => LineTone.Congestion,
    };

    /// <summary>A ringback tone is sure after one round; of the faster ones there are many that differ only after several.</summary>
    private static int Needed(ToneName name, ImmutableArray<int> steps)
    {
        if (steps is [0])
        {
            return DialSteps;
        }

        return name is ToneName.Ringback or ToneName.Dial ? steps.Length : steps.Sum() < 50 ? Math.Max(2 * steps.Length, 7) : 2 * steps.Length;
    }

    private static int Add(List<ToneSound> sounds, ToneSegment segment)
    {
        double[] hertz = [.. new[] { segment.FirstHz, segment.SecondHz, segment.ThirdHz }.Where(static h => h > 0)];
        if (hertz.Length == 0)
        {
            return -1;
        }

        double low = hertz.Min();
        double high = hertz.Max();
        double margin = high - low <= NearHz ? -ToleranceHz : 0.15 * (high - low);
        ToneSound sound = new(low + margin, high - margin, hertz.Length == 1 ? null : new TonePair(low, high, WindowSamples, 8000));
        int same = sounds.FindIndex(s => s.MinHz == sound.MinHz && s.MaxHz == sound.MaxHz && (s.Pair is null) == (sound.Pair is null));
        if (same < 0)
        {
            sounds.Add(sound);
            return sounds.Count - 1;
        }

        return same;
    }
}
