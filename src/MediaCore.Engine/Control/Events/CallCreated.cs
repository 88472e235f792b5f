namespace MediaCore.Engine.Control.Events;

/// <summary>A call has begun; the first event of a call that somebody wanted to know of from the start.</summary>
public sealed record CallCreated : CallEvent
{
    /// <summary>Who calls, as presented.</summary>
    public string Caller { get; init; } = "";

    /// <summary>What was dialled.</summary>
    public string Called { get; init; } = "";

    /// <summary>The account that calls; null for none.</summary>
    public string? Account { get; init; }

    /// <summary>The trunk that it came in by; null for none.</summary>
    public string? InboundTrunk { get; init; }

    /// <summary>Where its INVITE came from, as <c>udp:192.0.2.1:5060</c>; empty for a call that we made.</summary>
    public string Source { get; init; } = "";

    /// <summary>Call-ID of the caller's dialog, cut as in records; empty for a call that we made.</summary>
    public string SipCallId { get; init; } = "";

    /// <summary>Who made it by command; null for a call that came to us.</summary>
    public string? Controller { get; init; }
}
