using System.Text;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>
/// A phone or carrier in a test: sends what it is told, keeps what it gets. Everything that is its own (Call-ID, tags, branches, user of Contact,
/// User-Agent) has <c>-name</c> in it, by which <see cref="World"/> finds what leaks to others.
/// </summary>
internal sealed class Peer(World world, string name, string host, ushort port)
{
    private readonly Queue<SipText> _inbox = new();
    private int _identifiers;

    public World World { get; } = world;

    public string Name { get; } = name;

    public string Host { get; } = host;

    public ushort Port { get; } = port;

    public NetworkEndpoint Endpoint { get; } = World.Endpoint(host, port);

    public SimulatedStream? Stream { get; set; }

    /// <summary>Of a peer that is reached by datagrams: where it takes TCP connections too.</summary>
    public SimulatedStream? StreamBeside { get; set; }

    /// <summary>Everything that came, in order, also what was taken.</summary>
    public List<(Timestamp At, SipText Message)> History { get; } = [];

    public string Contact => $"<sip:c-{Name}@{Host}:{Port}>";

    public string NextId(string kind) => $"{kind}{++_identifiers}-{Name}";

    public string NextBranch() => "z9hG4bK" + NextId("b");

    public void Receive(SipText message)
    {
        History.Add((World.Now, message));
        _inbox.Enqueue(message);
    }

    /// <summary>The next message, which must be of this kind: a method, or status and method as in <c>200 INVITE</c>.</summary>
    public SipText Take(string kind)
    {
        Assert.True(_inbox.Count > 0, $"{Name} waits for {kind}, and nothing has come");
        SipText message = _inbox.Dequeue();
        Assert.True(message.Kind == kind, $"{Name} waits for {kind}, and this has come:\n{message}");
        return message;
    }

    public void TakeNothing() => Assert.True(_inbox.Count == 0, _inbox.Count == 0 ? "" : $"{Name} expects nothing, and this has come:\n{_inbox.Peek()}");

    /// <summary>The next message, whatever it is; null when nothing has come.</summary>
    public SipText? TakeAny() => _inbox.TryDequeue(out SipText? message) ? message : null;

    /// <summary>Forgets what has not been taken; returns the kinds.</summary>
    public string[] TakeAll()
    {
        string[] kinds = [.. _inbox.Select(static m => m.Kind)];
        _inbox.Clear();
        return kinds;
    }

    /// <summary>Everything that was sent, in order.</summary>
    public List<string> Sent { get; } = [];

    public void Send(string text)
    {
        Sent.Add(text);
        World.Deliver(this, text);
    }

    /// <summary>A request outside any dialog object.</summary>
    public string Request(string method, string uri, string from, string to, string callId, uint cseq, string branch, string extra = "", string? sdp = null, int maxForwards = 70, string? contact = null)
    {
        string transport = Stream is null ? "UDP" : "TCP";
        string body = sdp ?? "";
        string type = body.Length == 0 || extra.Contains("Content-Type", StringComparison.Ordinal) ? "" : "Content-Type: application/sdp\r\n";
        return $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} {Host}:{Port};rport;branch={branch}\r\nMax-Forwards: {maxForwards}\r\nFrom: {from}\r\nTo: {to}\r\n"
            + $"Call-ID: {callId}\r\nCSeq: {cseq} {method}\r\nContact: {contact ?? Contact}\r\nUser-Agent: phone-{Name}/1.0\r\n{extra}{type}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
    }

    /// <summary>Answers a request; the To tag is ours unless there is one.</summary>
    public void Respond(SipText request, int status, string? tag = null, string? sdp = null, string extra = "", string? contact = null)
    {
        var text = new StringBuilder($"SIP/2.0 {status} Whatever-{Name}\r\n");
        foreach (string via in request.All("Via"))
        {
            text.Append("Via: ").Append(via).Append("\r\n");
        }

        foreach (string route in request.All("Record-Route"))
        {
            text.Append("Record-Route: ").Append(route).Append("\r\n");
        }

        string to = request["To"];
        string toTag = request.ToTag.Length > 0 || tag is null ? "" : ";tag=" + tag;
        string body = sdp ?? "";
        string type = body.Length == 0 ? "" : "Content-Type: application/sdp\r\n";
        string target = contact ?? Contact;
        string contactLine = target.Length == 0 ? "" : $"Contact: {target}\r\n";
        text.Append($"From: {request["From"]}\r\nTo: {to}{toTag}\r\nCall-ID: {request.CallId}\r\nCSeq: {request["CSeq"]}\r\n{contactLine}Server: phone-{Name}/1.0\r\n{extra}{type}");
        text.Append($"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        Send(text.ToString());
    }

    public override string ToString() => Name;
}
