using System.Collections.Concurrent;
using System.Text;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tls;

namespace MediaCore.Engine.Shards;

/// <summary>
/// Connections that peers have opened to us over TLS and on which they take our requests (RFC 5923). All that counts is the certificate: a connection
/// is used for a destination only where the name dialled there is one of its certificate's (RFC 5922 §7.2, no wildcards), and nothing that a Via says or an address shows does
/// more than say which of that peer's servers is meant (CVE-2020-15260): a domain may have several with certificates of one name, and a call that goes on to the next
/// address must not end at the first one again. One entry for each connection at most. Safe to use from any thread.
/// </summary>
internal sealed class StreamAliases
{
    private readonly ConcurrentDictionary<Key, Alias> _aliases = new();

    /// <summary>Connections with an alias.</summary>
    public int Count => _aliases.Count;

    /// <summary>
    /// Takes the sent-by that a peer wrote beside its <c>alias</c>. A name must be the certificate's; an address must be where the connection comes from. The newest
    /// connection of a peer is the one that lives, so it takes an older one's place.
    /// </summary>
    /// <returns>What forgets it again when disposed; null when nothing was taken.</returns>
    public IDisposable? Take(StreamFlow flow, TcpConnection connection, ListenerIdentity local, ReadOnlySpan<byte> sentByHost, ushort sentByPort)
    {
        ushort port = sentByPort == 0 ? local.DefaultPort : sentByPort;
        if (connection.Peer is not { IsVerified: true } peer)
        {
            return null;
        }

        Key key;
        if (NetworkEndpoint.TryParseAddress(sentByHost, port, out NetworkEndpoint address))
        {
            if (!address.HasSameAddress(connection.Remote))
            {
                return null;
            }

            key = new Key("", address);
        }
        else
        {
            string name = Encoding.ASCII.GetString(sentByHost).ToLowerInvariant();
            if (!peer.Is(name, allowWildcards: false))
            {
                return null;
            }

            key = new Key(name, connection.Remote.WithPort(port));
        }

        var alias = new Alias(this, key, flow, connection.Remote, local, peer);
        _aliases[key] = alias;
        return alias;
    }

    /// <summary>The connection that a peer offers for a destination; <paramref name="serverName"/>, in lower case, is the name dialled and proved by its certificate.</summary>
    public bool TryGet(NetworkEndpoint endpoint, string serverName, out Flow flow)
    {
        flow = default;
        if (_aliases.IsEmpty)
        {
            return false;
        }

        if ((!_aliases.TryGetValue(new Key(serverName, endpoint), out Alias? alias) && !_aliases.TryGetValue(new Key("", endpoint), out alias))
            || alias.Flow.IsClosed || !alias.Peer.Is(serverName, allowWildcards: false))
        {
            return false;
        }

        alias.Flow.ServerName ??= serverName;
        flow = new Flow(alias.Local, alias.Remote, alias.Flow);
        return true;
    }

    private readonly record struct Key(string Name, NetworkEndpoint Endpoint);

    private sealed record Alias(StreamAliases Owner, Key Key, StreamFlow Flow, NetworkEndpoint Remote, ListenerIdentity Local, TlsPeer Peer) : IDisposable
    {
        public void Dispose() => Owner._aliases.TryRemove(KeyValuePair.Create(Key, this));
    }
}
