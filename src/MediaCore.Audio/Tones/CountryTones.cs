using System.Collections.Frozen;

namespace MediaCore.Audio.Tones;

/// <summary>
/// The tones of a country by its ISO 3166 code, from ITU-T E.180 Supplement 2 (various tones used in national networks). Where a country
/// lists several forms, the one of its public network today is given.
/// </summary>
public static class CountryTones
{
    private static readonly FrozenDictionary<string, Tone[]> Tones = Create();

    /// <summary>The countries there are tones for, in lower case.</summary>
    public static IReadOnlyCollection<string> Countries => Tones.Keys;

    /// <summary>The tone, or false for a country that is not listed; the caller decides on a default.</summary>
    public static bool TryGet(string country, ToneName name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Tone? tone)
    {
        tone = Tones.TryGetValue(country, out Tone[]? tones) && Enum.IsDefined(name) ? tones[(int)name] : null;
        return tone is not null;
    }

    private static FrozenDictionary<string, Tone[]> Create()
    {
        Tone[] northAmerica =
        [
            new(new ToneSegment(0, 350, 440)),
            new(new ToneSegment(2000, 440, 480), new ToneSegment(4000)),
            new(new ToneSegment(500, 480, 620), new ToneSegment(500)),
            new(new ToneSegment(250, 480, 620), new ToneSegment(250)),
        ];

        Dictionary<string, Tone[]> tones = new(StringComparer.OrdinalIgnoreCase)
        {
            ["us"] = northAmerica,
            ["ca"] = northAmerica,
            ["gb"] =
            [
                new(new ToneSegment(0, 350, 440)),
                new(new ToneSegment(400, 400, 450), new ToneSegment(200), new ToneSegment(400, 400, 450), new ToneSegment(2000)),
                new(new ToneSegment(375, 400), new ToneSegment(375)),
                new(new ToneSegment(400, 400), new ToneSegment(350), new ToneSegment(225, 400), new ToneSegment(525)),
            ],
            ["au"] =
            [
                new(new ToneSegment(0, 413, 438)),
                new(new ToneSegment(400, 413, 438), new ToneSegment(200), new ToneSegment(400, 413, 438), new ToneSegment(2000)),
                new(new ToneSegment(375, 425), new ToneSegment(375)),
                new(new ToneSegment(375, 425), new ToneSegment(375)),
            ],
            ["de"] = Single(425, (1000, 4000), (480, 480), (240, 240)),
            ["fr"] = Single(440, (1500, 3500), (500, 500), (250, 250)),
            ["es"] =
            [
                new(new ToneSegment(0, 425)),
                OnOff(425, 1500, 3000),
                OnOff(425, 200, 200),
                new(
                    new ToneSegment(200, 425), new ToneSegment(200), new ToneSegment(200, 425), new ToneSegment(200), new ToneSegment(200, 425), new ToneSegment(600)),
            ],
            ["it"] =
            [
                new(new ToneSegment(200, 425), new ToneSegment(200), new ToneSegment(600, 425), new ToneSegment(1000)),
                OnOff(425, 1000, 4000),
                OnOff(425, 500, 500),
                OnOff(425, 200, 200),
            ],
            ["nl"] = Single(425, (1000, 4000), (500, 500), (250, 250)),
            ["be"] = Single(425, (1000, 3000), (500, 500), (167, 167)),
            ["at"] = Single(420, (1000, 5000), (400, 400), (200, 200)),
            ["ch"] = Single(425, (1000, 4000), (500, 500), (200, 200)),
            ["se"] = Single(425, (1000, 5000), (250, 250), (250, 750)),
        };
        return tones.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static Tone[] Single(double hertz, (int On, int Off) ringback, (int On, int Off) busy, (int On, int Off) congestion) =>
    [
        new(new ToneSegment(0, hertz)),
        OnOff(hertz, ringback.On, ringback.Off),
        OnOff(hertz, busy.On, busy.Off),
        OnOff(hertz, congestion.On, congestion.Off),
    ];

    private static Tone OnOff(double hertz, int onMilliseconds, int offMilliseconds) => new(new ToneSegment(onMilliseconds, hertz), new ToneSegment(offMilliseconds));
}
