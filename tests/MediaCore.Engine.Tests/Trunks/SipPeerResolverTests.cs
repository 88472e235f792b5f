using System.Net;
using System.Net.Sockets;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Trunks;

public sealed class SipPeerResolverTests
{
    private static readonly IPAddress First = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Second = IPAddress.Parse("192.0.2.2");

    [Fact]
    public async Task Literal_IsResolvedAtOnceAndNeverLookedUp()
    {
        await using var resolver = new SipPeerResolver(lookup: (_, _) => throw new InvalidOperationException("a literal was looked up"));
        var peer = new SipPeer("192.0.2.9", 5061, SipTransportKind.Udp);

        resolver.Watch("routes", [peer]);
        await resolver.ResolveAsync();

        Assert.Equal("192.0.2.9:5061", peer.Endpoint.ToString());
    }

    [Fact]
    public async Task Name_GetsTheFirstAddressAndKeepsItWhileTheAnswerHoldsIt()
    {
        IPAddress[] answer = [First, Second];
        await using var resolver = new SipPeerResolver(lookup: (_, _) => Task.FromResult(answer));
        var peer = new SipPeer("sbc.example.com", 5060, SipTransportKind.Udp);
        resolver.Watch("routes", [peer]);

        await resolver.StartAsync();
        Assert.Equal("192.0.2.1:5060", peer.Endpoint.ToString());

        answer = [Second, First];
        await resolver.ResolveAsync();
        Assert.Equal("192.0.2.1:5060", peer.Endpoint.ToString());

        answer = [Second];
        await resolver.ResolveAsync();
        Assert.Equal("192.0.2.2:5060", peer.Endpoint.ToString());
    }

    [Fact]
    public async Task Name_ThatStopsResolving_KeepsItsAddressAndOthersGoOn()
    {
        bool down = false;
        await using var resolver = new SipPeerResolver(lookup: (host, _) => down && host == "a.example.com"
            ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
            : Task.FromResult<IPAddress[]>([down ? Second : First]));
        var a = new SipPeer("a.example.com", 5060, SipTransportKind.Udp);
        var b = new SipPeer("b.example.com", 5060, SipTransportKind.Udp);
        resolver.Watch("routes", [a, b]);
        await resolver.ResolveAsync();

        down = true;
        await resolver.ResolveAsync();

        Assert.Equal("192.0.2.1:5060", a.Endpoint.ToString());
        Assert.Equal("192.0.2.2:5060", b.Endpoint.ToString());
    }

    [Fact]
    public async Task Peers_WatchedWhileRunning_AreResolvedWithoutWaitingForTheRefresh()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var resolver = new SipPeerResolver(lookup: (_, _) =>
        {
            asked.TrySetResult();
            return Task.FromResult<IPAddress[]>([First]);
        });
        await resolver.StartAsync();

        resolver.Watch("numbers", [new SipPeer("late.example.com", 5060, SipTransportKind.Tcp)]);

        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Disposal_DuringALookupThatHangs_Ends()
    {
        var resolver = new SipPeerResolver(lookup: async (_, cancelled) =>
        {
            await Task.Delay(Timeout.Infinite, cancelled);
            return [];
        });
        await resolver.StartAsync();
        resolver.Watch("routes", [new SipPeer("slow.example.com", 5060, SipTransportKind.Udp)]);

        await resolver.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await resolver.DisposeAsync();
    }
}
