using MediaCore.Engine.Prompts;
using MediaCore.Primitives;

namespace MediaCore.Engine.Signalling;

/// <summary>What MediaCore writes about itself on one listener: Via sent-by, Contact host, transport token. Made once at start.</summary>
internal sealed class ListenerIdentity
{
    public ListenerIdentity(int index, SipTransportKind transport, NetworkEndpoint local, string host, ushort port)
    {
        Index = index;
        Transport = transport;
        Local = local;
        Host = System.Text.Encoding.ASCII.GetBytes(host);
        HostPort = System.Text.Encoding.ASCII.GetBytes($"{host}:{port}");
        ViaProtocol = transport == SipTransportKind.Udp ? "SIP/2.0/UDP "u8.ToArray() : "SIP/2.0/TCP "u8.ToArray();
        UriParameters = transport == SipTransportKind.Udp ? [] : ";transport=tcp"u8.ToArray();
    }

    /// <summary>Position in the engine's list of listeners.</summary>
    public int Index { get; }

    /// <summary>UDP or TCP.</summary>
    public SipTransportKind Transport { get; }

    /// <summary>The bound address.</summary>
    public NetworkEndpoint Local { get; }

    /// <summary>Host part, advertised or bound; IPv6 in brackets.</summary>
    public byte[] Host { get; }

    /// <summary><c>host:port</c> for Via and Contact.</summary>
    public byte[] HostPort { get; }

    /// <summary><c>SIP/2.0/UDP </c> or <c>SIP/2.0/TCP </c>.</summary>
    public byte[] ViaProtocol { get; }

    /// <summary>What follows the host in a Contact URI: nothing for UDP, <c>;transport=tcp</c> for TCP.</summary>
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
}

/// <summary>What the signalling core asks of its shell.</summary>
internal interface ISignallingOutput
{
    /// <summary>Sends one message; false when the transport says at once that it cannot be delivered.</summary>
    bool Send(in Flow flow, ReadOnlySpan<byte> message);

    /// <summary>Finds the listener (and connection, opening one if need be) to reach a peer; false when no listener suits.</summary>
    bool TryOpenFlow(in SipDestination destination, out Flow flow);

    /// <summary>Gives a message to the shard that owns its call; false when that shard's mailbox is full (the message is dropped and counted).</summary>
    bool HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message);

    /// <summary>Fetches a prompt off the shard; the answer comes back as <see cref="Calls.BackToBackUserAgent.OnPromptReady"/>.</summary>
    void FetchPrompt(PromptSource prompt, SessionHandle call);
}
