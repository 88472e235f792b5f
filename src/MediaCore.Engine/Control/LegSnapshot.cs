namespace MediaCore.Engine.Control;

/// <summary>A leg at one moment.</summary>
/// <param name="LegId">The leg.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="IsInbound">Whether it came to us.</param>
public sealed record LegSnapshot(string LegId, LegPhase Phase, bool IsInbound)
{
    /// <summary>The account or trunk at its other end; null for a stranger.</summary>
    public string? Peer { get; init; }

    /// <summary>Whether <see cref="Peer"/> is a trunk.</summary>
    public bool PeerIsTrunk { get; init; }

    /// <summary>Whether its media goes to another leg of the call.</summary>
    public bool IsConnected { get; init; }

    /// <summary>Whether the peer holds us.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Whether what it says is heard by nobody.</summary>
    public bool IsMuted { get; init; }

    /// <summary>When its INVITE came or went.</summary>
    public DateTimeOffset InvitedAt { get; init; }

    /// <summary>When it was answered; null while it is not.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }
}
