using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Transport.Dns;

namespace MediaCore.Engine.Control;

/// <summary>Looks up the names of next hops that a command or an answer brings.</summary>
internal static class NextHopNames
{
    /// <summary>Gives each peer whose address is not known its destinations, all side by side, so that it takes no longer than one; a peer whose name leads nowhere keeps none.</summary>
    public static Task FindAsync(SipNameResolver? names, IEnumerable<SipPeer> peers) => Task.WhenAll(peers.Select(peer => FindAsync(names, peer)));

    private static async Task FindAsync(SipNameResolver? names, SipPeer peer)
    {
        if (peer.Destinations.IsEmpty && names is not null)
        {
            SipLocation location = await names.ResolveAsync(SipPeerResolver.TargetOf(peer)).ConfigureAwait(false);
            peer.Destinations = SipPeerResolver.ToDestinations(location, peer.Host);
        }
    }
}
