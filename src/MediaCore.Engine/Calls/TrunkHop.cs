using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>The address of a trunk that a leg goes to. Its default stands for "no trunk".</summary>
/// <param name="Trunk">The trunk's configuration when the leg was dialled.</param>
/// <param name="Status">The trunk's state.</param>
/// <param name="Peer">The target as configured.</param>
/// <param name="Address">The address.</param>
/// <param name="Destination">The address's health; null when none is kept.</param>
internal readonly record struct TrunkHop(Trunk Trunk, TrunkStatus Status, SipPeer Peer, SipDestination Address, DestinationStatus? Destination)
{
    /// <summary>When the INVITE was sent.</summary>
    public Timestamp TriedAt { get; init; }
}
