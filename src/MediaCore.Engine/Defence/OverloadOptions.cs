using System.Collections.Immutable;

namespace MediaCore.Engine.Defence;

/// <summary>When new requests are refused because there are too many.</summary>
public sealed record OverloadOptions
{
    /// <summary>Of the European Union and many others, North America, Great Britain, Germany, Australia.</summary>
    public static readonly ImmutableArray<string> EmergencyNumbers = ["112", "911", "999", "110", "000"];

    /// <summary>Whether the load is watched.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>
    /// How long messages may wait before they are handled. CoDel (RFC 8289) takes 5 ms for links; SIP's timers begin at 500 ms, and a turn of a
    /// loaded shard takes several milliseconds by itself.
    /// </summary>
    public TimeSpan QueueDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The shortest wait of such a time is what counts, so that a burst is no overload; CoDel's interval.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Share of all processors that the process may use, 0 to 1; 0 does not look. rtpengine samples its <c>max-cpu</c> every half second too.</summary>
    public double Cpu { get; init; } = 0.95;

    /// <summary>Dialled numbers that are let in whatever the load is.</summary>
    public ImmutableArray<string> PriorityNumbers { get; init; } = EmergencyNumbers;
}
