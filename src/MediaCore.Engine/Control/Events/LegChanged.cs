namespace MediaCore.Engine.Control.Events;

/// <summary>A leg has come further, or is over, or its peer holds us or does not any more.</summary>
public sealed record LegChanged : CallEvent
{
    /// <summary>How far it is.</summary>
    public LegPhase Phase { get; init; }

    /// <summary>Whether it came to us.</summary>
    public bool IsInbound { get; init; }

    /// <summary>Whether its peer holds us.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The account or trunk at its other end; null for a stranger.</summary>
    public string? Peer { get; init; }

    /// <summary>Whether <see cref="Peer"/> is a trunk.</summary>
    public bool PeerIsTrunk { get; init; }

    /// <summary>At its end: its final SIP status; 0 before.</summary>
    public int SipStatus { get; init; }

    /// <summary>At its end: the Q.850 cause; 0 before.</summary>
    public int Q850Cause { get; init; }
}
