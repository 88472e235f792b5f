using MediaCore.Engine.Control;
using System.Globalization;
using System.Text;
using MediaCore.Engine;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Media;
using MediaCore.Transport.Polling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Benchmarks;

/// <summary>
/// A shard in SBC mode without a SIP socket: whole calls go through <see cref="ShardCore"/>, with real media ports, the real route table and the
/// real journal of call records, under simulated time. The two user agents are the few lines below; they allocate nothing.
/// </summary>
internal sealed class CallScenario : ISignallingOutput, IMediaPorts
{
    // 10 calls/s: by the time that timers of 32 s fire, some 320 calls' transactions are held, and from then on as many go as come.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly EventPoller _poller = new();
    private readonly MediaPortPool _ports;
    private readonly ShardContext _context;
    private readonly ShardCore _shard;
    private readonly ListenerIdentity _identity = new(0, SipTransportKind.Udp, Loopback(5060), "127.0.0.1", 5060);
    private readonly Flow _callerFlow;
    private readonly Flow _calleeFlow;
    private readonly Inbox _caller = new();
    private readonly Inbox _callee = new();
    private readonly byte[] _outgoing = new byte[4096];
    private readonly byte[] _callId = new byte[16];
    private readonly byte[] _target = new byte[256];
    private readonly byte[] _toHeader = new byte[256];
    private ulong _callNumber;

    /// <summary>A shard of its own.</summary>
    /// <param name="records">Where call records go.</param>
    /// <param name="loggers">Where the log goes.</param>
    /// <param name="maxCalls">As many calls may be held at a time.</param>
    public CallScenario(ICallRecordSink records, ILoggerFactory loggers, int maxCalls = 1000)
    {
        _ports = CreatePorts(_poller);
        _callerFlow = new Flow(_identity, Loopback(5080));
        _calleeFlow = new Flow(_identity, Loopback(5090));
        var peer = new SipPeer("127.0.0.1", 5090, SipTransportKind.Udp) { Endpoint = Loopback(5090) };
        var trunk = new Trunk { Name = "carrier-a", Targets = [peer], From = [System.Net.IPNetwork.Parse("127.0.0.0/8")] };
        var routes = new RouteTable([trunk], [new RouteRule { Name = "all", To = NumberPattern.Parse("+1*"), Trunks = [trunk] }]);
        _context = CreateContext(this, records, routes, loggers);
        _shard = new ShardCore(_context, this, new LocationService(), gate: null, maxCalls);
    }

    /// <summary>Calls that have not ended; 0 between calls.</summary>
    public long ActiveCalls => _context.Statistics.ActiveCalls;

    /// <summary>An address of this machine.</summary>
    public static NetworkEndpoint Loopback(ushort port) => NetworkEndpoint.FromBytes([127, 0, 0, 1], port);

    /// <summary>Media ports on loopback; those that others hold are passed over.</summary>
    public static MediaPortPool CreatePorts(EventPoller poller) => new(
        Loopback(0), 50_000, 59_999, shardIndex: 0, shardCount: 1, new MediaPortOptions { ReserveAhead = 128 }, poller, static (port, isRtcp) => ReadyEvent.MakeToken(isRtcp ? (byte)3 : (byte)2, (uint)port));

    /// <summary>A context for what needs no signalling.</summary>
    public static ShardContext CreateContext() => CreateContext(null!, null!, RouteTable.Empty, NullLoggerFactory.Instance);

    private static ShardContext CreateContext(ISignallingOutput output, ICallRecordSink records, ICallPolicy policy, ILoggerFactory loggers) => new(
        0,
        new EngineOptions { MediaAddress = Loopback(0), MediaTimeout = TimeSpan.Zero, SilentCallProbe = TimeSpan.Zero },
        new EngineServices { Policy = policy, CallRecords = records, Loggers = loggers },
        new SessionTable(8192),
        new SipHashKey(1, 2),
        output,
        Timestamp.Zero + TimeSpan.FromDays(1)) { WallClock = DateTimeOffset.UnixEpoch };

    /// <summary>The shard, for whoever looks at what it holds.</summary>
    public object Root => _shard;

    /// <summary>INVITE, 100, 180, 200, ACK: the call stays. Ends with the next call's moment and what is due until then.</summary>
    public void HoldCall()
    {
        Establish();
        Pass(s_interval);
    }

    /// <summary>Time passes; what falls due within it is done.</summary>
    public void Pass(TimeSpan time)
    {
        _context.Now += time;
        _context.WallClock += time;
        _shard.HandleTimers();
    }

    /// <summary>INVITE, 100, 180, 200, ACK, BYE, 200 through the server; ends with the next call's moment and what is due until then.</summary>
    public void PlaceCall()
    {
        Establish();
        SendInDialog(SipMethod.Bye);
        Expect(_callee, SipMethod.Bye);
        Answer(200);
        Expect(_caller, 200);
        if (ActiveCalls != 0)
        {
            throw new InvalidOperationException("The call has not ended.");
        }

        Pass(s_interval);
    }

    private void Establish()
    {
        WriteCallId(++_callNumber);
        SendInvite();
        Answer(180);
        Expect(_caller, 180);
        Answer(200);
        Expect(_caller, 200);
        SendInDialog(SipMethod.Ack);
        Expect(_callee, SipMethod.Ack);
    }

    private void WriteCallId(ulong number) => IdentifierSource.WriteHex(number, _callId);

    private void SendInvite()
    {
        var writer = new SipWriter(_outgoing);
        writer.RequestLine(SipMethod.Invite, "sip:+18005550199@127.0.0.1:5060"u8);
        WriteVia(ref writer, "i"u8);
        writer.Raw("From: \"caller\" <sip:+15550100@127.0.0.1:5080>;tag=c"u8);
        writer.Raw(_callId);
        writer.Raw("\r\nTo: <sip:+18005550199@127.0.0.1:5060>\r\nCall-ID: "u8);
        writer.Raw(_callId);
        writer.Raw("\r\nCSeq: 1 INVITE\r\nContact: <sip:caller@127.0.0.1:5080>\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nUser-Agent: bench\r\n"u8);
        writer.Body("application/sdp"u8, s_offer);
        Deliver(writer.Written, _callerFlow);
        Expect(_callee, SipMethod.Invite);
    }

    /// <summary>The callee's response to its last request.</summary>
    private void Answer(int status)
    {
        SipMessage request = _callee.Message;
        var writer = new SipWriter(_outgoing);
        writer.StatusLine(status, default);
        writer.CopyHeaders(request, SipHeaderName.Via);
        writer.CopyHeaders(request, SipHeaderName.From);
        writer.HeaderStart(SipHeaderName.To);
        request.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
        writer.Text(to);
        if (request.ToTag.IsEmpty)
        {
            writer.Raw(";tag=s"u8);
            writer.Raw(_callId);
        }

        writer.EndLine();
        writer.CopyHeaders(request, SipHeaderName.CallId);
        writer.CopyHeaders(request, SipHeaderName.CSeq);
        if (request.Method == SipMethod.Invite)
        {
            writer.Raw("Contact: <sip:callee@127.0.0.1:5090>\r\n"u8);
        }

        if (status == 200 && request.Method == SipMethod.Invite)
        {
            writer.Body("application/sdp"u8, s_answer);
        }
        else
        {
            writer.EndWithoutBody();
        }

        Deliver(writer.Written, _calleeFlow);
    }

    /// <summary>The caller's ACK or BYE, in the dialog that the 200 made.</summary>
    private void SendInDialog(SipMethod method)
    {
        if (method == SipMethod.Ack)
        {
            _caller.Message.TryGetContact(out NameAddress contact);
            contact.Uri.CopyTo(_target);
            TargetLength = contact.Uri.Length;
            _caller.Message.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
            to.CopyTo(_toHeader);
            ToLength = to.Length;
        }

        var writer = new SipWriter(_outgoing);
        writer.RequestLine(method, _target.AsSpan(0, TargetLength));
        WriteVia(ref writer, method == SipMethod.Ack ? "a"u8 : "b"u8);
        writer.Raw("From: \"caller\" <sip:+15550100@127.0.0.1:5080>;tag=c"u8);
        writer.Raw(_callId);
        writer.Raw("\r\nTo: "u8);
        writer.Raw(_toHeader.AsSpan(0, ToLength));
        writer.Raw("\r\nCall-ID: "u8);
        writer.Raw(_callId);
        writer.Raw(method == SipMethod.Ack ? "\r\nCSeq: 1 ACK\r\n"u8 : "\r\nCSeq: 2 BYE\r\n"u8);
        writer.EndWithoutBody();
        Deliver(writer.Written, _callerFlow);
    }

    private int TargetLength { get; set; }

    private int ToLength { get; set; }

    private void WriteVia(ref SipWriter writer, ReadOnlySpan<byte> suffix)
    {
        writer.Raw("Via: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK"u8);
        writer.Raw(_callId);
        writer.Raw(suffix);
        writer.Raw("\r\nMax-Forwards: 70\r\n"u8);
    }

    private void Deliver(ReadOnlySpan<byte> message, in Flow flow)
    {
        Span<byte> copy = _receive.AsSpan(0, message.Length);
        message.CopyTo(copy);
        _context.Now += TimeSpan.FromMicroseconds(100);
        _shard.HandleMessage(_receive, 0, message.Length, flow, handedOver: false);
    }

    private readonly byte[] _receive = new byte[4096];

    private static void Expect(Inbox inbox, SipMethod method)
    {
        if (!inbox.Read() || !inbox.Message.IsRequest || inbox.Message.Method != method)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"No {method} but: {inbox}"));
        }
    }

    private static void Expect(Inbox inbox, int status)
    {
        if (!inbox.Read() || !inbox.Message.IsResponse || inbox.Message.StatusCode != status)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"No {status} but: {inbox}"));
        }
    }

    bool ISignallingOutput.Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        (flow.Remote.Port == 5080 ? _caller : _callee).Put(message);
        return true;
    }

    bool ISignallingOutput.TryOpenFlow(in SipDestination destination, int network, out Flow flow)
    {
        flow = new Flow(_identity, destination.Endpoint);
        return true;
    }

    bool ISignallingOutput.HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message) => false;

    bool ISignallingOutput.TryLocate(PeerLookup lookup) => false;

    bool ISignallingOutput.Post(int shard, MediaCore.Engine.Subscriptions.SubscriptionItem item) => false;

    void ISignallingOutput.FetchPrompt(PromptSource prompt, SessionHandle call) => throw new NotSupportedException();

    bool ISignallingOutput.Post(int shard, ControlExchange exchange) => throw new NotSupportedException();

    void ISignallingOutput.FetchPrompt(PromptFetch fetch) => throw new NotSupportedException();

    bool IMediaPorts.TryAllocate(Timestamp now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MediaPort? port) => _ports.TryAllocate(now, out port) == MediaPortResult.Ok && port is not null;

    void IMediaPorts.Release(MediaPort port, Timestamp now) => _ports.Release(port, now);

    private static readonly byte[] s_offer = Encoding.ASCII.GetBytes(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0 8 101\r\n"
        + "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n");

    private static readonly byte[] s_answer = Encoding.ASCII.GetBytes(
        "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6002 RTP/AVP 0 101\r\n"
        + "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n");

    /// <summary>The last message that a user agent got.</summary>
    private sealed class Inbox
    {
        private readonly byte[] _bytes = new byte[4096];
        private int _length;

        public SipMessage Message { get; } = new();

        public void Put(ReadOnlySpan<byte> message)
        {
            message.CopyTo(_bytes);
            _length = message.Length;
        }

        public bool Read() => Message.Parse(_bytes, 0, _length) == ParseStatus.Complete;

        public override string ToString() => Encoding.ASCII.GetString(_bytes, 0, _length);
    }
}
