namespace MediaCore.Transport.Dns;

/// <summary>Bounds of what the DNS can make us do and hold.</summary>
public static class DnsLimits
{
    /// <summary>Longest name as text, RFC 1035 §2.3.4: 255 octets with the length of the first label and the root.</summary>
    public const int MaxNameCharacters = 253;

    /// <summary>NAPTR records of a domain that are looked at: there are three services of ours.</summary>
    public const int MaxServices = 16;

    /// <summary>SRV records of a service that are looked at, in their order. Large carriers publish 8 to 24; Kamailio stopped at 8 (features: more than 8 are asked for).</summary>
    public const int MaxServers = 64;

    /// <summary>Addresses of one name that are used.</summary>
    public const int MaxAddressesPerName = 16;

    /// <summary>Addresses of one target; a call does not try more.</summary>
    public const int MaxAddresses = 64;

    /// <summary>Answers kept; beyond it those that expired longest ago go first. About 200 bytes each.</summary>
    public const int MaxCachedAnswers = 8_192;

    /// <summary>Questions at the servers at once over all targets; further ones wait for their turn within their time budget.</summary>
    public const int MaxQuestionsInFlight = 64;

    /// <summary>Rounds of questions of one target: NAPTR, SRV, addresses. One to spare.</summary>
    public const int MaxRounds = 4;

    /// <summary>For one target, all questions together; what is not known by then counts as not answered.</summary>
    public static readonly TimeSpan TimeBudget = TimeSpan.FromSeconds(5);

    /// <summary>For one try at one server. Resolvers answer from their cache in milliseconds and from the Internet in less than 2 s; two servers fit into the budget.</summary>
    public static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(2);

    /// <summary>An answer holds at least so long, however short its records say: nobody moves a SIP server faster.</summary>
    public static readonly TimeSpan MinTimeToLive = TimeSpan.FromSeconds(5);

    /// <summary>An answer holds at most so long: BIND's max-cache-ttl is a week, but a mistyped TTL should not outlive an operator's day.</summary>
    public static readonly TimeSpan MaxTimeToLive = TimeSpan.FromHours(24);

    /// <summary>"There is nothing" holds at most so long (RFC 2308 §5 recommends one to three hours; a new record should be seen sooner).</summary>
    public static readonly TimeSpan MaxNegativeTimeToLive = TimeSpan.FromMinutes(5);

    /// <summary>"There is nothing" without an SOA record, and what the system's resolver says, which tells no times.</summary>
    public static readonly TimeSpan DefaultTimeToLive = TimeSpan.FromSeconds(60);

    /// <summary>A question that failed is not asked again for so long (RFC 2308 §7.1 allows up to 5 minutes).</summary>
    public static readonly TimeSpan FailureTimeToLive = TimeSpan.FromSeconds(5);

    /// <summary>An expired answer stands in for a failed one so long (RFC 8767 §5 suggests one to three days).</summary>
    public static readonly TimeSpan MaxStaleness = TimeSpan.FromHours(24);
}
