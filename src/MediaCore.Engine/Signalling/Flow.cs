using System.Text;
using MediaCore.Engine.Control;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Subscriptions;
using MediaCore.Primitives;

namespace MediaCore.Engine.Signalling;

/// <summary>What MediaCore writes about itself on one listener: Via sent-by, Contact host, transport token. Made once at start.</summary>
internal sealed class ListenerIdentity
{
    public ListenerIdentity(int index, SipTransportKind transport, NetworkEndpoint local, string host, ushort port, int network = 0)
    {
        Network = network;
        Index = index;
        Transport = transport;
        Local = local;
        Host = System.Text.Encoding.ASCII.GetBytes(host);
        HostPort = System.Text.Encoding.ASCII.GetBytes($"{host}:{port}");
        ViaProtocol = System.Text.Encoding.ASCII.GetBytes($"SIP/2.0/{NameOf(transport).ToUpperInvariant()} ");

        // RFC 7118 §5.2 has one parameter for both kinds of WebSocket.
        UriParameters = transport switch
        {
            SipTransportKind.Udp => [],
            SipTransportKind.Wss => ";transport=ws"u8.ToArray(),
            _ => System.Text.Encoding.ASCII.GetBytes(";transport=" + NameOf(transport)),
        };
    }

    /// <summary>Position in the engine's list of listeners.</summary>
    public int Index { get; }

    /// <summary>The network that it belongs to, as <see cref="MediaSessions.EngineNetworks"/> numbers them.</summary>
    public int Network { get; }

    /// <summary>How it is reached.</summary>
    public SipTransportKind Transport { get; }

    /// <summary>The listener that requests to a network leave by: its own, else the first of all that suits; null where none does.</summary>
    public static ListenerIdentity? Choose(IEnumerable<ListenerIdentity> listeners, SipTransportKind transport, bool isIPv6, int network)
    {
        ListenerIdentity? chosen = null;
        foreach (ListenerIdentity one in listeners)
        {
            if (one.Transport == transport && one.Local.IsIPv6 == isIPv6
                && (chosen is null || (one.Network == network, -one.Index).CompareTo((chosen.Network == network, -chosen.Index)) > 0))
            {
                chosen = one;
            }
        }

        return chosen;
    }

    /// <summary>The port that a sent-by or a URI means which names none (RFC 3261 §18.2.2, RFC 7118 §5.5).</summary>
    public ushort DefaultPort => Transport switch
    {
        SipTransportKind.Tls => 5061,
        SipTransportKind.Ws => 80,
        SipTransportKind.Wss => 443,
        _ => 5060,
    };

    /// <summary>The transport as it is written in configurations, metrics and records.</summary>
    public static string NameOf(SipTransportKind transport) => transport switch
    {
        SipTransportKind.Tcp => "tcp",
        SipTransportKind.Tls => "tls",
        SipTransportKind.Ws => "ws",
        SipTransportKind.Wss => "wss",
        _ => "udp",
    };

    /// <summary>The bound address.</summary>
    public NetworkEndpoint Local { get; }

    /// <summary>Host part, advertised or bound; IPv6 in brackets.</summary>
    public byte[] Host { get; }

    /// <summary><c>host:port</c> for Via and Contact.</summary>
    public byte[] HostPort { get; }

    /// <summary><c>SIP/2.0/UDP </c> and the like.</summary>
    public byte[] ViaProtocol { get; }

    /// <summary>What follows the host in a Contact URI: nothing for UDP, <c>;transport=tcp</c> for TCP and so on.</summary>
    public byte[] UriParameters { get; }
}

/// <summary>A byte stream that SIP messages can be sent on: a TCP connection, open or still opening. Safe to use from any thread.</summary>
internal interface IStreamFlow
{
    /// <summary>Queues a message; false when the stream is closed or its bounded queue is full.</summary>
    bool TrySend(ReadOnlySpan<byte> message);

    /// <summary>Remembers that a shard has sent a request on it, and so wants to know when it is lost.</summary>
    void NoteRequest(int shard);

    /// <summary>Asks for it to be kept although it may be silent for so long: a phone registered on it, or a call is up on it.</summary>
    void KeepFor(TimeSpan silence);

    /// <summary>Whether nothing can be sent on it any more.</summary>
    bool IsClosed { get; }

    /// <summary>Whether the connection came about, be it gone by now; what was sent before it did went nowhere.</summary>
    bool WasOpened => true;

    /// <summary>The name that the peer's certificate was checked against when we opened it; null for none.</summary>
    string? ServerName => null;

    /// <summary>The name that the peer has proved by its certificate, on a connection that we opened: requests that come in on it are that peer's. Null where nothing was proved.</summary>
    string? VerifiedName => null;

    /// <summary>Whether our requests on it offer to take requests back on it (RFC 5923 §8.1): it was opened by us, with a certificate of ours.</summary>
    bool OffersAlias => false;

    /// <summary>Whether a peer's <c>alias</c> would mean something on it: accepted over TLS, with a certificate that was checked, and without an alias so far.</summary>
    bool MayTakeAlias => false;

    /// <summary>The peer takes our requests to this host and port (0 for none written) on it, as far as its certificate allows (RFC 5923 §8.2).</summary>
    void TakeAlias(ReadOnlySpan<byte> sentByHost, ushort sentByPort)
    {
        // Of no other connection is anything learned.
    }
}

/// <summary>Where a SIP message came from and where its answers go: the listener, the peer and, for streams, the connection.</summary>
internal readonly struct Flow(ListenerIdentity local, NetworkEndpoint remote, IStreamFlow? stream = null)
{
    /// <summary>Our side.</summary>
    public ListenerIdentity Local { get; } = local;

    /// <summary>The peer's address and port.</summary>
    public NetworkEndpoint Remote { get; } = remote;

    /// <summary>The connection; null for UDP.</summary>
    public IStreamFlow? Stream { get; } = stream;

    /// <summary>Whether the transport delivers by itself, so that no retransmission timers run (RFC 3261 §17).</summary>
    public bool IsReliable => Stream is not null;

    /// <summary>The same flow towards another address of a datagram peer.</summary>
    public Flow WithRemote(in NetworkEndpoint remote) => new(Local, remote, Stream);

    /// <summary>The peer's transport and address, as <c>udp:192.0.2.1:5060</c>, for records and events.</summary>
    public string DescribeRemote()
    {
        Span<byte> text = stackalloc byte[4 + NetworkEndpoint.MaxTextBytes];
        ReadOnlySpan<byte> transport = Local.Transport switch
        {
            SipTransportKind.Udp => "udp:"u8,
            SipTransportKind.Tcp => "tcp:"u8,
            SipTransportKind.Tls => "tls:"u8,
            SipTransportKind.Ws => "ws:"u8,
            _ => "wss:"u8,
        };
        transport.CopyTo(text);
        return Remote.TryFormat(text[transport.Length..], out int length) ? Encoding.ASCII.GetString(text[..(transport.Length + length)]) : "";
    }
}

/// <summary>What the signalling core asks of its shell.</summary>
internal interface ISignallingOutput
{
    /// <summary>Sends one message; false when the transport says at once that it cannot be delivered.</summary>
    bool Send(in Flow flow, ReadOnlySpan<byte> message);

    /// <summary>Finds the listener (and connection, opening one if need be) to reach a peer: the network's own where it has one that suits, else the first that does; false when none suits.</summary>
    bool TryOpenFlow(in SipDestination destination, int network, out Flow flow);

    /// <summary>Gives a message to the shard that owns its call; false when that shard's mailbox is full (the message is dropped and counted).</summary>
    bool HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message);

    /// <summary>
    /// Resolves a name off the shard; the answer comes back by the mailbox, as <see cref="PeerLookup.Complete"/>. False when
    /// <see cref="EngineLimits.MaxLookupsPerShard"/> are under way, or nothing can be resolved here: then nothing comes back.
    /// </summary>
    bool TryLocate(PeerLookup lookup);

    /// <summary>Tells another shard about subscriptions; false when its mailbox is full.</summary>
    bool Post(int shard, SubscriptionItem item);

    /// <summary>Tells another shard's calls something; false when its mailbox is full.</summary>
    bool Post(int shard, ControlExchange exchange);

    /// <summary>Fetches a prompt off the shard; the answer comes back as <see cref="Calls.BackToBackUserAgent.OnPromptReady"/>.</summary>
    void FetchPrompt(PromptSource prompt, SessionHandle call);

    /// <summary>Fetches a prompt that a playback waits for off the shard; it comes back by the mailbox.</summary>
    void FetchPrompt(PromptFetch fetch);
}
