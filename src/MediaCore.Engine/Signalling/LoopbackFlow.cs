namespace MediaCore.Engine.Signalling;

/// <summary>
/// A way from one call of ours to another, on whatever shard, that no packet takes: what is sent on it is handed over to the shard at its end. It carries the
/// INVITE with Replaces that joins two calls when one of their parties transfers (see docs/adr). Immutable; made per transfer.
/// </summary>
internal sealed class LoopbackFlow : IStreamFlow
{
    public LoopbackFlow(int from, int to, string? peer, bool peerIsTrunk)
        : this(to, peer, peerIsTrunk)
    {
        Back = new LoopbackFlow(from, peer, peerIsTrunk) { Back = this };
    }

    private LoopbackFlow(int shard, string? peer, bool peerIsTrunk)
    {
        Shard = shard;
        Peer = peer;
        PeerIsTrunk = peerIsTrunk;
    }

    /// <summary>The shard at its end.</summary>
    public int Shard { get; }

    /// <summary>In whose name the other call asks: trunk or account.</summary>
    public string? Peer { get; }

    /// <summary>Whether <see cref="Peer"/> is a trunk.</summary>
    public bool PeerIsTrunk { get; }

    /// <summary>The way back.</summary>
    public LoopbackFlow Back { get; private init; } = null!;

    public bool IsClosed => false;

    /// <summary>Never used: <see cref="Shards.ShardContext.Send"/> hands over in place of sending.</summary>
    public bool TrySend(ReadOnlySpan<byte> message) => false;

    public void NoteRequest(int shard)
    {
        // Nothing that could be lost.
    }

    public void KeepFor(TimeSpan silence)
    {
        // Nothing that would be closed.
    }
}
