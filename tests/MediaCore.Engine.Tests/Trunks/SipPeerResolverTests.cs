using System.Net;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Transport.Dns;

namespace MediaCore.Engine.Tests.Trunks;

public sealed class SipPeerResolverTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Literal_IsResolvedAtOnceAndNeverLookedUp()
    {
        await using SipPeerResolver resolver = Create((_, _) => throw new InvalidOperationException("a literal was looked up"));
        var peer = new SipPeer("192.0.2.9", 5061, SipTransportKind.Udp);

        resolver.Watch("routes", [peer]);
        await resolver.ResolveAsync();

        Assert.Equal(["192.0.2.9:5061"], Texts(peer));
    }

    [Fact]
    public async Task NameWithAPort_GetsAllAddresses_AndKeepsTheirOrderWhileTheyAreTheSame()
    {
        string[] answer = ["192.0.2.1", "192.0.2.2"];
        await using SipPeerResolver resolver = Create((q, _) => Task.FromResult(Addresses(q, answer)));
        var peer = new SipPeer("sbc.example.com", 5060, SipTransportKind.Udp);
        resolver.Watch("routes", [peer]);

        await resolver.StartAsync();
        Assert.Equal(["192.0.2.1:5060", "192.0.2.2:5060"], Texts(peer));
        Assert.All(peer.Destinations, static d => Assert.Equal((SipTransportKind.Udp, "sbc.example.com"), (d.Transport, d.ServerName)));

        answer = ["192.0.2.2", "192.0.2.1"];
        _time.Now += TimeSpan.FromMinutes(2);
        await resolver.ResolveAsync();
        Assert.Equal(["192.0.2.1:5060", "192.0.2.2:5060"], Texts(peer));

        answer = ["192.0.2.2"];
        _time.Now += TimeSpan.FromMinutes(2);
        await resolver.ResolveAsync();
        Assert.Equal(["192.0.2.2:5060"], Texts(peer));
    }

    [Fact]
    public async Task NameWithoutAPort_IsAskedForSrv_AndDrawnAnewEachTime()
    {
        var servers = new DnsAnswer
        {
            Status = DnsAnswerStatus.Found,
            TimeToLive = TimeSpan.FromHours(1),
            Servers = [new SrvRecord(0, 50, 5071, "a.example.com"), new SrvRecord(0, 50, 5072, "b.example.com"), new SrvRecord(9, 0, 5073, "c.example.com")],
        };
        int number = 0;
        await using SipPeerResolver resolver = Create((q, _) => Task.FromResult(q.Name == "_sip._udp.example.com" ? servers : Addresses(q, "192.0.2.7")), bound => number % bound);
        Assert.True(SipPeerUri.TryParse("sip:example.com", out SipPeer? peer, out _, out _));
        resolver.Watch("routes", [peer]);

        number = 10;
        await resolver.ResolveAsync();
        Assert.Equal(["192.0.2.7:5071", "192.0.2.7:5072", "192.0.2.7:5073"], Texts(peer));
        number = 90;
        await resolver.ResolveAsync();
        Assert.Equal(["192.0.2.7:5072", "192.0.2.7:5071", "192.0.2.7:5073"], Texts(peer));
    }

    [Fact]
    public async Task Name_ThatStopsResolving_KeepsItsAddress_ForADay_AndOthersGoOn()
    {
        bool gone = false;
        await using SipPeerResolver resolver = Create((q, _) => Task.FromResult(gone && q.Name == "a.example.com"
            ? DnsAnswer.Nothing(TimeSpan.FromSeconds(60))
            : Addresses(q, gone ? "192.0.2.2" : "192.0.2.1")));
        var a = new SipPeer("a.example.com", 5060, SipTransportKind.Udp);
        var b = new SipPeer("b.example.com", 5060, SipTransportKind.Udp);
        resolver.Watch("routes", [a, b]);
        await resolver.ResolveAsync();

        gone = true;
        _time.Now += TimeSpan.FromMinutes(2);
        await resolver.ResolveAsync();
        Assert.Equal(["192.0.2.1:5060"], Texts(a));
        Assert.Equal(["192.0.2.2:5060"], Texts(b));

        _time.Now += DnsLimits.MaxStaleness + TimeSpan.FromMinutes(2);
        await resolver.ResolveAsync();
        Assert.Empty(a.Destinations);
        Assert.Equal(["192.0.2.2:5060"], Texts(b));
    }

    [Fact]
    public async Task Peers_WatchedWhileRunning_AreResolvedWithoutWaitingForTheRefresh()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using SipPeerResolver resolver = Create((q, _) =>
        {
            asked.TrySetResult();
            return Task.FromResult(Addresses(q, "192.0.2.1"));
        });
        await resolver.StartAsync();

        resolver.Watch("numbers", [new SipPeer("late.example.com", 5060, SipTransportKind.Tcp)]);

        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Disposal_DuringALookupThatHangs_Ends()
    {
        SipPeerResolver resolver = Create(async (_, cancelled) =>
        {
            await Task.Delay(Timeout.Infinite, cancelled);
            return DnsAnswer.Failed;
        });
        await resolver.StartAsync();
        resolver.Watch("routes", [new SipPeer("slow.example.com", 5060, SipTransportKind.Udp)]);

        await resolver.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await resolver.DisposeAsync();
    }

    private SipPeerResolver Create(Func<DnsQuestion, CancellationToken, Task<DnsAnswer>> answer, Func<int, int>? random = null) =>
        new(time: _time, names: new SipNameResolver(new ScriptedLookup(answer), time: _time, random: random));

    private static string[] Texts(SipPeer peer) => [.. peer.Destinations.Select(static d => d.Endpoint.ToString())];

    private static DnsAnswer Addresses(DnsQuestion question, params string[] addresses) => question.Type == DnsRecordType.A
        ? new DnsAnswer { Status = DnsAnswerStatus.Found, TimeToLive = TimeSpan.FromSeconds(60), Addresses = [.. addresses.Select(IPAddress.Parse)] }
        : DnsAnswer.Nothing(TimeSpan.FromSeconds(60));

    private sealed class ScriptedLookup(Func<DnsQuestion, CancellationToken, Task<DnsAnswer>> answer) : IDnsLookup
    {
        public Task<DnsAnswer> LookupAsync(DnsQuestion question, CancellationToken cancellationToken) => answer(question, cancellationToken);
    }

    /// <summary>The time of day stands still unless told; timers are the system's.</summary>
    private sealed class ManualTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
