using System.Collections.Immutable;

namespace MediaCore.Audio.Tones;

/// <summary>A tone that a caller hears, as segments that repeat; ITU-T E.180 and its Supplement 2.</summary>
public sealed class Tone
{
    /// <summary>Segments in a tone at most; the longest of E.180 Supplement 2 have eight.</summary>
    public const int MaxSegments = 16;

    /// <summary>A tone of these segments.</summary>
    /// <exception cref="ArgumentException">No segment, too many, or one without end beside others.</exception>
    public Tone(params ImmutableArray<ToneSegment> segments)
    {
        if (segments.IsDefaultOrEmpty || segments.Length > MaxSegments)
        {
            throw new ArgumentException($"A tone has 1 to {MaxSegments} segments.", nameof(segments));
        }

        foreach (ToneSegment segment in segments)
        {
            if (segment.Milliseconds < 0 || (segment.Milliseconds == 0 && segments.Length > 1))
            {
                throw new ArgumentException("Only a single segment may last for ever.", nameof(segments));
            }
        }

        Segments = segments;
    }

    /// <summary>The parts, one after the other, then again from the first.</summary>
    public ImmutableArray<ToneSegment> Segments { get; }

    /// <summary>One round of the cadence; zero for a tone without pauses.</summary>
    public TimeSpan Period
    {
        get
        {
            int sum = 0;
            foreach (ToneSegment segment in Segments)
            {
                sum += segment.Milliseconds;
            }

            return TimeSpan.FromMilliseconds(sum);
        }
    }
}
