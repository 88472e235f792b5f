namespace MediaCore.Engine.Trunks;

/// <summary>Bounds of what trunks, and those who speak for them, can make us do and remember.</summary>
public static class TrunkAgentLimits
{
    /// <summary>Challenges looked at in one response. RFC 8760 makes one per algorithm, of which there are three.</summary>
    public const int MaxChallenges = 8;

    /// <summary>Challenges remembered per shard, one for each destination that asked; at the bound all are forgotten and asked for again.</summary>
    public const int MaxDigestSessions = 1_024;

    /// <summary>Longest registration asked for or believed; a day, as the longest that carriers give.</summary>
    public static readonly TimeSpan MaxExpires = TimeSpan.FromDays(1);

    /// <summary>Shortest registration that is refreshed in time; a registrar that grants less is asked once in this.</summary>
    public static readonly TimeSpan MinExpires = TimeSpan.FromSeconds(2);

    /// <summary>Longest Retry-After that is followed; a carrier that says more has made a mistake that must not cost a day.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    /// <summary>A stop waits at most so long for the answers to REGISTERs that take our contacts back.</summary>
    public static readonly TimeSpan UnregisterWait = TimeSpan.FromSeconds(2);

    /// <summary>Destinations of one trunk that are probed; SRV records of carriers have a handful.</summary>
    public const int MaxProbedDestinations = 32;

    /// <summary>How long a trunk whose name has not been looked up yet is waited for before that is a failure: the longest that <c>sip.dns.timeoutSeconds</c> may be.</summary>
    public static readonly TimeSpan LookupWait = TimeSpan.FromSeconds(30);

    /// <summary>How often somebody looks whether a name has been looked up meanwhile.</summary>
    public static readonly TimeSpan LookupPoll = TimeSpan.FromMilliseconds(250);

    /// <summary>At a start or reload registrations and probes are spread over so long, or a thousand would go out in one burst.</summary>
    public static readonly TimeSpan StartSpread = TimeSpan.FromSeconds(1);
}
