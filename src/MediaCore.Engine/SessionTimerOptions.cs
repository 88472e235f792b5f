namespace MediaCore.Engine;

/// <summary>Who is to refresh sessions (RFC 4028 §7.1, §9) where both sides could.</summary>
public enum SessionRefresherChoice : byte
{
    /// <summary>Whoever the peer wants; we, where it does not say.</summary>
    Auto,

    /// <summary>We, unless the peer insists.</summary>
    Local,

    /// <summary>The peer, where it can.</summary>
    Remote,
}

/// <summary>Session timers of a leg (RFC 4028): how calls whose far end has silently gone are found. Negotiated on each side of a call by itself.</summary>
public sealed record SessionTimerOptions
{
    /// <summary>The defaults.</summary>
    public static SessionTimerOptions Default { get; } = new();

    /// <summary>Whether sessions are timed where the peer takes part; a peer that does not support it is never troubled.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The interval that we ask for, in whole seconds; RFC 4028 §4 recommends 1800 s.</summary>
    public TimeSpan Expires { get; init; } = TimeSpan.FromSeconds(1800);

    /// <summary>Shortest interval; a peer that asks for less gets 422. RFC 4028 §5 allows none below 90 s.</summary>
    public TimeSpan Minimum { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Who refreshes.</summary>
    public SessionRefresherChoice Refresher { get; init; }
}
