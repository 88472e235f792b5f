using System.Collections.Immutable;

namespace MediaCore.Engine.Trunks.Probing;

/// <summary>How a trunk's destinations are probed by OPTIONS (RFC 3261 §11). Immutable.</summary>
public sealed record TrunkProbe
{
    /// <summary>Between two probes of a destination; drawn anew each time within a tenth of it.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>No answer for so long is a failure.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>So many failures one after the other take a destination out.</summary>
    public int Failures { get; init; } = 3;

    /// <summary>So many answers one after the other bring it back.</summary>
    public int Successes { get; init; } = 1;

    /// <summary>
    /// Final statuses that show a destination alive: single ones, or a class as 2 for 2xx. Empty for all but 408 and those of 5xx that say that the server cannot do its
    /// work; carriers answer OPTIONS with 403, 404, 405 or 501 as often as with 200.
    /// </summary>
    public ImmutableArray<int> AliveStatuses { get; init; } = [];

    /// <summary>Whether a final status shows the destination alive.</summary>
    public bool IsAlive(int status) => AliveStatuses.IsDefaultOrEmpty
        ? status is not (408 or 500 or (>= 502 and <= 599))
        : AliveStatuses.Contains(status) || AliveStatuses.Contains(status / 100);

    /// <inheritdoc/>
    public bool Equals(TrunkProbe? other) => other is not null && Interval == other.Interval && Timeout == other.Timeout
        && Failures == other.Failures && Successes == other.Successes && AliveStatuses.SequenceEqual(other.AliveStatuses);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Interval, Timeout, Failures, Successes, AliveStatuses.Length);
}
