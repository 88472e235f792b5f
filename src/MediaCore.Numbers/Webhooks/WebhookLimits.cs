using System.Collections.Immutable;

namespace MediaCore.Numbers.Webhooks;

/// <summary>Bounds of webhooks.</summary>
public static class WebhookLimits
{
    /// <summary>Webhooks of a tenant: each is a row for every event that it wants.</summary>
    public const int MaxEndpoints = 50;

    /// <summary>Characters of an address: what browsers and servers take.</summary>
    public const int MaxUrlCharacters = 2_000;

    /// <summary>Members of the data that a filter names.</summary>
    public const int MaxFilters = 10;

    /// <summary>Webhooks that are told something at once. Each costs a task and a connection; a dead one has its place for the length of an attempt and then rests.</summary>
    public const int MaxTurns = 256;

    /// <summary>Events that a webhook without <c>ordered</c> is told at once.</summary>
    public const int Width = 8;

    /// <summary>Bytes of an answer that are read and kept.</summary>
    public const int MaxResponseBytes = 512;

    /// <summary>Secrets have so many random bytes; Standard Webhooks asks for 24 to 64.</summary>
    public const int SecretBytes = 32;

    /// <summary>How long a server has to answer, of Standard Webhooks (15 to 30 s).</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>A webhook whose every attempt failed for so long is switched off.</summary>
    public static readonly TimeSpan MaxFailing = TimeSpan.FromHours(24);

    /// <summary>How long a secret that was replaced signs as well, unless it is said.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    /// <summary>The longest such time.</summary>
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(7);

    /// <summary>The longest that a server is let to put us off (Retry-After).</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    /// <summary>How long a webhook rests at most after failures in a row, before it is tried with what is due.</summary>
    public static readonly TimeSpan MaxRest = TimeSpan.FromMinutes(5);

    /// <summary>Waits before further attempts.</summary>
    public static readonly ImmutableArray<TimeSpan> Waits =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(5), TimeSpan.FromHours(24)];
}
