using MediaCore.Engine.Control;
using System.Globalization;
using System.Text;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Registrar;

/// <summary>The way in to phones behind a NAT is kept open (RFC 5626 §3.5.1 from the server's side).</summary>
public sealed class BindingKeepAliveTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(250);

    private readonly ListenerIdentity _udp = new(0, SipTransportKind.Udp, World.Endpoint("192.0.2.1", 5060), "192.0.2.1", 5060);
    private readonly ListenerIdentity _tcp = new(1, SipTransportKind.Tcp, World.Endpoint("192.0.2.1", 5060), "192.0.2.1", 5060);
    private readonly LocationService _locations = new();
    private readonly ShardStatistics _statistics = new();
    private readonly RecordingOutput _output = new();
    private Timestamp _now = Timestamp.FromMilliseconds(1_000);

    private Binding Add(string account, string contact, string source = "203.0.113.7", ushort port = 40000, string path = "", int expiresSeconds = 3600, IStreamFlow? stream = null)
    {
        var texts = new BindingTexts { Uri = Encoding.ASCII.GetBytes(contact), CallId = "c"u8, Quality = 1000, Path = Encoding.ASCII.GetBytes(path) };
        var binding = new Binding(texts, new Flow(stream is null ? _udp : _tcp, World.Endpoint(source, port), stream), 1, _now + TimeSpan.FromSeconds(expiresSeconds));
        AccountBindings entry = _locations.GetEntry(account);
        Assert.True(entry.TryReplace(entry.Stored, [.. entry.Stored, binding]));
        return binding;
    }

    private void Run(BindingKeepAlive keepAlive, TimeSpan span)
    {
        for (Timestamp end = _now + span; _now < end; _now += s_tick)
        {
            keepAlive.Step(_now);
        }
    }

    private BindingKeepAlive New(TimeSpan? interval = null) => new(_locations, _output, _statistics, interval ?? s_interval);

    [Theory]
    [InlineData("sip:bob@192.168.1.5:5060", true)]
    [InlineData("sip:bob@203.0.113.7:5060", true)]
    [InlineData("sip:bob@phone.example", true)]
    [InlineData("sip:bob@203.0.113.7:40000", false)]
    [InlineData("sip:bob@203.0.113.7:40000;ob", false)]
    public void Contact_IsBehindANat_WhenItCameFromElsewhere(string contact, bool expected) => Assert.Equal(expected, BindingKeepAlive.IsBehindNat(Add("bob", contact)));

    [Fact]
    public void Contact_OnTheDefaultPort_IsWhereItSays() => Assert.False(BindingKeepAlive.IsBehindNat(Add("bob", "sip:bob@203.0.113.7", port: 5060)));

    [Fact]
    public void Contact_BehindANat_GetsADoubleLineEnd_OnceAnInterval()
    {
        Add("bob", "sip:bob@192.168.1.5:5060");
        Run(New(), s_interval * 4);
        Assert.Equal(4, _output.Sent.Count);
        Assert.All(_output.Sent, static s => Assert.Equal((World.Endpoint("203.0.113.7", 40000), "\r\n\r\n"), s));
        Assert.Equal(4, _statistics.KeepAlivesSent);
    }

    [Fact]
    public void Contacts_OnConnections_BehindAnEdgeProxy_Expired_OrReachable_GetNone()
    {
        using var world = new World();
        Peer phone = world.AddPeer("phone", "203.0.113.9", tcp: true);
        Add("tcp", "sip:a@192.168.1.5", stream: phone.Stream);
        Add("edge", "sip:b@192.168.1.6", path: "<sip:edge.example;lr>\n");
        Add("old", "sip:c@192.168.1.7", expiresSeconds: 0);
        Add("public", "sip:d@203.0.113.7:40000");
        Run(New(), s_interval * 2);
        Assert.Empty(_output.Sent);
    }

    [Fact]
    public void Interval_OfZero_SendsNothing()
    {
        Add("bob", "sip:bob@192.168.1.5:5060");
        Run(New(TimeSpan.Zero), TimeSpan.FromMinutes(5));
        Assert.Empty(_output.Sent);
    }

    [Fact]
    public void Pass_IsSpreadOverTheInterval_AndEveryContactHasItsTurn()
    {
        const int phones = 5_000;
        for (int i = 0; i < phones; i++)
        {
            Add("u" + i.ToString(CultureInfo.InvariantCulture), "sip:u@192.168.1.5", port: (ushort)(10_000 + i));
        }

        BindingKeepAlive keepAlive = New();
        int most = 0;
        for (Timestamp end = _now + s_interval + s_tick; _now < end; _now += s_tick)
        {
            int before = _output.Sent.Count;
            keepAlive.Step(_now);
            most = Math.Max(most, _output.Sent.Count - before);
        }

        Assert.Equal(phones, _output.Sent.Select(static s => s.Remote.Port).Distinct().Count());
        Assert.InRange(most, 40, 60);
    }

    [Fact]
    public void Step_AfterALongPause_IsBounded()
    {
        const int phones = RegistrarLimits.KeptAliveAccountsPerStep + 500;
        for (int i = 0; i < phones; i++)
        {
            Add("u" + i.ToString(CultureInfo.InvariantCulture), "sip:u@192.168.1.5", port: (ushort)(10_000 + i));
        }

        BindingKeepAlive keepAlive = New();
        keepAlive.Step(_now);
        int before = _output.Sent.Count;
        _now += TimeSpan.FromMinutes(10);
        keepAlive.Step(_now);
        Assert.Equal(RegistrarLimits.KeptAliveAccountsPerStep, _output.Sent.Count - before);
    }

    private sealed class RecordingOutput : ISignallingOutput
    {
        public List<(NetworkEndpoint Remote, string Text)> Sent { get; } = [];

        public bool Send(in Flow flow, ReadOnlySpan<byte> message)
        {
            Sent.Add((flow.Remote, Encoding.ASCII.GetString(message)));
            return true;
        }

        public bool TryOpenFlow(in SipDestination destination, int network, out Flow flow) => throw new InvalidOperationException("Keep-alives open nothing.");

        public bool HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message) => throw new InvalidOperationException("Keep-alives hand nothing over.");

        public bool TryLocate(PeerLookup lookup) => throw new InvalidOperationException("Keep-alives look nothing up.");

        public bool Post(int shard, MediaCore.Engine.Subscriptions.SubscriptionItem item) => false;

        public bool Post(int shard, ControlExchange exchange) => false;

        public void FetchPrompt(PromptSource prompt, SessionHandle call) => throw new InvalidOperationException("Keep-alives play nothing.");

        public void FetchPrompt(PromptFetch fetch) => throw new InvalidOperationException("Keep-alives play nothing.");
    }
}
