using System.Collections.Frozen;

namespace MediaCore.Engine.Trunks;

/// <summary>When a call leaves a trunk's target for the next one, and how long that target then rests; immutable part of <see cref="Trunk"/>.</summary>
public sealed record TrunkFailover
{
    /// <summary>A 503 with Retry-After blocks its sender at least so long; it may say 0, which would let the next call run into it.</summary>
    public static readonly TimeSpan MinRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// 408 and the 5xx that say something of the server rather than of the request. 501, 505 and 513 would be the same elsewhere; 503 without
    /// Retry-After counts as 500 (RFC 3261 §21.5.4) and blocks nothing.
    /// </summary>
    public static readonly FrozenSet<int> DefaultStatuses = new[] { 408, 500, 502, 503, 504, 580 }.ToFrozenSet();

    /// <summary>The defaults.</summary>
    public static TrunkFailover Default { get; } = new();

    /// <summary>Final statuses upon which the next target is tried. Never 401, 407, 486, 487 or any 6xx: they are the callee's answer, or an answer to us.</summary>
    public FrozenSet<int> Statuses { get; init; } = DefaultStatuses;

    /// <summary>An INVITE that brings no response for so long goes to the next target; null for <see cref="EngineOptions.TrunkResponseTimeout"/>.</summary>
    public TimeSpan? ResponseTimeout { get; init; }

    /// <summary>How long a target that did not answer or could not be reached is passed over; zero to ask it again at once. OpenSIPS' and Kamailio's dispatchers probe every 30 to 60 s.</summary>
    public TimeSpan BlockFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest rest that a Retry-After is believed, so that one careless header does not take a carrier out for a day.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether a status may be configured to fail over.</summary>
    public static bool MayFailOver(int status) => status is >= 400 and < 600 and not (401 or 407 or 486 or 487);
}
