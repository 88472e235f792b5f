using MediaCore.Engine;
using MediaCore.Engine.Policies;

namespace MediaCore.Numbers.Routing;

/// <summary>
/// Next hops of URI targets by host, port and transport: a new snapshot takes the peers of the last one over, so their resolved addresses
/// survive a reload. Used by one thread at a time.
/// </summary>
internal sealed class PeerCache
{
    private Dictionary<Hop, SipPeer> _current = [];
    private Dictionary<Hop, SipPeer> _previous = [];

    /// <summary>Peers of the snapshot that was built last.</summary>
    internal IReadOnlyCollection<SipPeer> Peers => _current.Values;

    /// <summary>A new snapshot is built; peers it does not ask for are forgotten with the next one.</summary>
    internal void Begin() => (_previous, _current) = (_current, []);

    /// <summary>The peer to use for a URI's.</summary>
    internal SipPeer Share(SipPeer peer)
    {
        var key = new Hop(peer.Host.ToLowerInvariant(), peer.Port, peer.IsPortGiven, peer.Transport, peer.IsTransportGiven);
        if (!_current.TryGetValue(key, out SipPeer? shared))
        {
            shared = _previous.GetValueOrDefault(key) ?? peer;
            _current.Add(key, shared);
        }

        return shared;
    }

    private readonly record struct Hop(string Host, ushort Port, bool IsPortGiven, SipTransportKind Transport, bool IsTransportGiven);
}
