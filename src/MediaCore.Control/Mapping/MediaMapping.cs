using MediaCore.Audio.Tones;
using MediaCore.Engine.Control;

namespace MediaCore.Control.Mapping;

/// <summary>Sound that is asked for.</summary>
internal static class MediaMapping
{
    private const int MaxFrequencies = 3;

    /// <summary>Highest frequency of a tone: above, a telephone has nothing.</summary>
    private const double MaxFrequencyHz = 20_000;

    private static readonly TimeSpan s_longestSegment = TimeSpan.FromMinutes(10);

    /// <summary>Pieces of sound, one after the other.</summary>
    public static IReadOnlyList<PlayMedia> Read(IReadOnlyCollection<V1.Media> media, string field, Problems problems) => [.. media.Select(piece => Read(piece, field, problems))];

    /// <summary>A piece of sound.</summary>
    public static PlayMedia Read(V1.Media media, string field, Problems problems) => media.KindCase switch
    {
        V1.Media.KindOneofCase.File => new FileMedia(media.File),
        V1.Media.KindOneofCase.Speech => new TextMedia(media.Speech.Text, media.Speech.Voice.Length > 0 ? media.Speech.Voice : TextMapping.ToNullable(media.Speech.Language)),
        V1.Media.KindOneofCase.CountryTone => new CountryToneMedia(
            EnumMapping.ToToneName(media.CountryTone.Name, problems), DurationMapping.Read(media.CountryTone.Duration, TimeSpan.Zero, field + ".country_tone.duration", problems)),
        V1.Media.KindOneofCase.Tone => ReadTone(media.Tone, field, problems),
        V1.Media.KindOneofCase.Silence => new SilenceMedia(DurationMapping.Read(media.Silence, TimeSpan.Zero, field + ".silence", problems)),
        _ => Nothing(field, problems),
    };

    private static SilenceMedia Nothing(string field, Problems problems)
    {
        problems.Add($"{field} has a piece without anything to play: set file, speech, country_tone, tone or silence.");
        return new SilenceMedia(TimeSpan.Zero);
    }

    private static PlayMedia ReadTone(V1.Tone tone, string field, Problems problems)
    {
        TimeSpan duration = DurationMapping.Read(tone.Duration, TimeSpan.Zero, field + ".tone.duration", problems);
        if (tone.Segments.Count is 0 or > Tone.MaxSegments)
        {
            problems.Add($"{field}.tone has 1 to {Tone.MaxSegments} segments.");
            return new SilenceMedia(duration);
        }

        List<ToneSegment> segments = [];
        foreach (V1.Tone.Types.Segment segment in tone.Segments)
        {
            TimeSpan length = DurationMapping.Read(segment.Duration, TimeSpan.Zero, field + ".tone.segments.duration", problems);
            if (segment.FrequenciesHz.Count > MaxFrequencies || segment.FrequenciesHz.Any(static hz => !double.IsFinite(hz) || hz is <= 0 or > MaxFrequencyHz))
            {
                problems.Add($"{field}.tone.segments has at most {MaxFrequencies} frequencies of up to {MaxFrequencyHz:0} Hz each.");
                return new SilenceMedia(duration);
            }

            if ((length < TimeSpan.FromMilliseconds(1) && (length != TimeSpan.Zero || tone.Segments.Count > 1)) || length > s_longestSegment)
            {
                problems.Add($"{field}.tone.segments: each of several takes 1 ms to {s_longestSegment.TotalMinutes:0} minutes; a single one may have no duration, and lasts as long as the tone.");
                return new SilenceMedia(duration);
            }

            segments.Add(new ToneSegment((int)length.TotalMilliseconds, At(segment, 0), At(segment, 1), At(segment, 2)));
        }

        return new ToneMedia(new Tone([.. segments]), duration);
    }

    private static double At(V1.Tone.Types.Segment segment, int index) => index < segment.FrequenciesHz.Count ? segment.FrequenciesHz[index] : 0;
}
