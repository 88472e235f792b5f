namespace MediaCore.Engine.Defence;

/// <summary>Bounds and constants of the defence against strangers.</summary>
public static class DefenceLimits
{
    /// <summary>Source addresses whose rates are counted; 40 bytes each. At the bound the one that has been quiet longest makes room.</summary>
    public const int TrackedSources = 65_536;

    /// <summary>Source addresses banned at once; 16 bytes each. At the bound no further one is banned, and no ban is given up.</summary>
    public const int TrackedBans = 16_384;

    /// <summary>Addresses that have proved a password or acknowledged an answer; 16 bytes each. At the bound no further one is remembered.</summary>
    public const int TrackedProofs = 262_144;

    /// <summary>Places that one hash may have in a table.</summary>
    public const int Ways = 8;

    /// <summary>Strikes within <see cref="StrikeWindow"/> that make a ban: a burst more than what is answered. Asterisk and pike look at 5 s and 2 s.</summary>
    public const int StrikesToBan = 30;

    /// <summary>Strikes that the name of a scanner counts for: the sixth message makes the ban.</summary>
    public const int StrikesPerScannerMessage = 5;

    /// <summary>Bans logged a second; the others are counted only, so that spoofed addresses cannot fill a disk.</summary>
    public const int LoggedBansPerSecond = 10;

    /// <summary>Longest pattern of a scanner's name, and how much of a header's beginning is compared.</summary>
    public const int MaxPatternBytes = 64;

    /// <summary>Bytes of User-Agent, From and To that are searched for a scanner's name.</summary>
    public const int MaxSearchedBytes = 192;

    /// <summary>Scanner patterns in a configuration.</summary>
    public const int MaxPatterns = 256;

    /// <summary>Networks in each of the lists of a configuration.</summary>
    public const int MaxNetworks = 65_536;

    /// <summary>Smallest share of new requests that is let in however long the queue is, so that it is noticed when the load is over.</summary>
    public const double LeastShare = 0.02;

    /// <summary>By what the share grows after each good interval: from the least to everything in 8 s; a larger step swings at many times the load.</summary>
    public const double ShareGrowth = 1.05;

    /// <summary>Strikes are forgotten so long after the first.</summary>
    public static readonly TimeSpan StrikeWindow = TimeSpan.FromSeconds(10);

    /// <summary>How long an address that acknowledged an answer of ours is exempt from bans: it was there, so what comes later may be spoofed.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromHours(1);

    /// <summary>How long an address that has proved a password is trusted when nothing says longer.</summary>
    public static readonly TimeSpan ProvedFor = TimeSpan.FromMinutes(10);

    /// <summary>How often one REGISTER of a banned address is heard over UDP, where the ban may be the work of someone else.</summary>
    public static readonly TimeSpan HearingInterval = TimeSpan.FromSeconds(1);
}
