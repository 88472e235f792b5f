using Google.Protobuf.WellKnownTypes;

namespace MediaCore.Control.Mapping;

/// <summary>Durations and times.</summary>
internal static class DurationMapping
{
    /// <summary>google.protobuf.Duration bounds seconds to ±315,576,000,000, which is more than a <see cref="TimeSpan"/> has use for here.</summary>
    private const long MaxSeconds = 10L * 365 * 24 * 3600;

    /// <summary>A duration that was asked for; the usual one where none was.</summary>
    public static TimeSpan Read(Duration? duration, TimeSpan usual, string field, Problems problems)
    {
        if (duration is null)
        {
            return usual;
        }

        if (duration.Seconds is < 0 or > MaxSeconds || duration.Nanos is < 0 or > 999_999_999)
        {
            problems.Add($"{field} is a duration of 0 or more.");
            return usual;
        }

        return TimeSpan.FromTicks((duration.Seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / TimeSpan.NanosecondsPerTick));
    }

    /// <summary>A duration of the engine's.</summary>
    public static Duration ToDuration(TimeSpan duration) => Duration.FromTimeSpan(duration);

    /// <summary>The same in milliseconds.</summary>
    public static Duration ToDuration(double milliseconds) => Duration.FromTimeSpan(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>A time; null stays null.</summary>
    public static Timestamp? ToTimestamp(DateTimeOffset? time) => time is { } known ? Timestamp.FromDateTimeOffset(known) : null;
}
