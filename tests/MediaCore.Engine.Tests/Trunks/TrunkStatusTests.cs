using System.Net;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Trunks;

public sealed class TrunkStatusTests
{
    private static readonly Timestamp Now = Timestamp.FromMilliseconds(1_000);

    [Theory]
    [InlineData(0, 0, 0, 10, 10)]
    [InlineData(5, 0, 0, 5, 0)]
    [InlineData(0, 3, 0, 3, 10)]
    [InlineData(0, 0, 4, 10, 4)]
    [InlineData(12, 3, 10, 3, 9)]
    public void TryEnter_KeepsEachLimitAndTheirSum(int calls, int inbound, int outbound, int inboundLet, int outboundLet)
    {
        TrunkStatus status = new TrunkStates().Get("carrier");
        var limits = new TrunkLimits { Calls = calls, InboundCalls = inbound, OutboundCalls = outbound };
        Assert.Equal(inboundLet, Enumerable.Range(0, 10).Count(_ => status.TryEnter(limits, inbound: true, Now) == TrunkRefusal.None));
        Assert.Equal(outboundLet, Enumerable.Range(0, 10).Count(_ => status.TryEnter(limits, inbound: false, Now) == TrunkRefusal.None));
        Assert.Equal((inboundLet, outboundLet), (status.InboundCalls, status.OutboundCalls));
        Assert.Equal((10 - inboundLet, 10 - outboundLet), (status.GetRefusals(TrunkRefusal.Calls, inbound: true), status.GetRefusals(TrunkRefusal.Calls, inbound: false)));
    }

    [Fact]
    public void TryEnter_OverTheRate_CountsNoCall_AndDirectionsHaveTheirOwn()
    {
        TrunkStatus status = new TrunkStates().Get("carrier");
        var limits = new TrunkLimits { CallsPerSecond = 2, Burst = 2 };
        Assert.Equal([TrunkRefusal.None, TrunkRefusal.None, TrunkRefusal.Rate], Enumerable.Range(0, 3).Select(_ => status.TryEnter(limits, inbound: true, Now)));
        Assert.Equal(TrunkRefusal.None, status.TryEnter(limits, inbound: false, Now));
        Assert.Equal((2, 1), (status.InboundCalls, status.OutboundCalls));
        Assert.Equal((1, 0), (status.GetRefusals(TrunkRefusal.Rate, inbound: true), status.GetRefusals(TrunkRefusal.Rate, inbound: false)));
    }

    [Fact]
    public async Task TryEnter_ByManyThreads_NeverPassesTheSum_AndEndsAtZero()
    {
        TrunkStatus status = new TrunkStates().Get("carrier");
        var limits = new TrunkLimits { Calls = 3 };
        int highest = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                bool inbound = (i + thread) % 2 == 0;
                if (status.TryEnter(limits, inbound, Now) == TrunkRefusal.None)
                {
                    int seen = status.ActiveCalls;
                    Interlocked.MemoryBarrier();
                    highest = Math.Max(highest, seen);
                    status.Leave(inbound);
                }
            }
        })));
        Assert.InRange(highest, 1, 3);
        Assert.Equal((0, 0), (status.InboundCalls, status.OutboundCalls));
    }

    [Fact]
    public void Destination_Blocked_IsTriedByOneCall_ThenByAll()
    {
        DestinationStatus destination = Destination();
        Assert.True(destination.TryUse(Now));
        destination.Block(Now, TimeSpan.FromSeconds(60), DestinationBlock.Silent);
        Assert.True(destination.IsBlocked(Now + TimeSpan.FromSeconds(59)));
        Assert.False(destination.TryUse(Now + TimeSpan.FromSeconds(59)));
        Timestamp later = Now + TimeSpan.FromSeconds(60);
        Assert.True(destination.TryUse(later));
        Assert.False(destination.TryUse(later));
        destination.Recover(later);
        Assert.True(destination.TryUse(later));
        Assert.True(destination.TryUse(later));
    }

    [Fact]
    public void Destination_WhoseTrialNeverEnds_IsTriedAgain()
    {
        DestinationStatus destination = Destination();
        destination.Block(Now, TimeSpan.FromSeconds(1), DestinationBlock.Silent);
        Timestamp later = Now + TimeSpan.FromSeconds(1);
        Assert.True(destination.TryUse(later));
        Assert.False(destination.TryUse(later + TimeSpan.FromSeconds(9)));
        Assert.True(destination.TryUse(later + TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Destination_IsNotFreedByAnAnswerToWhatWasSentBeforeTheBlock()
    {
        DestinationStatus destination = Destination();
        destination.Block(Now + TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), DestinationBlock.Silent);
        destination.Recover(Now);
        Assert.True(destination.IsBlocked(Now + TimeSpan.FromSeconds(6)));
    }

    [Fact]
    public void Destination_FoundDownByProbing_IsNotUsed()
    {
        DestinationStatus destination = Destination();
        destination.IsReachable = false;
        Assert.False(destination.TryUse(Now));
        Assert.True(destination.IsBlocked(Now));
    }

    [Fact]
    public void Destinations_AreBounded()
    {
        TrunkStatus status = new TrunkStates().Get("carrier");
        for (ushort port = 1; port <= TrunkStatus.MaxDestinations; port++)
        {
            Assert.NotNull(status.GetDestination(new SipDestination(NetworkEndpoint.From(IPAddress.Loopback, port), SipTransportKind.Udp)));
        }

        Assert.Null(status.GetDestination(new SipDestination(NetworkEndpoint.From(IPAddress.Loopback, 9999), SipTransportKind.Udp)));
        Assert.NotNull(status.GetDestination(new SipDestination(NetworkEndpoint.From(IPAddress.Loopback, 1), SipTransportKind.Udp, "name")));
    }

    private static DestinationStatus Destination() =>
        new TrunkStates().Get("carrier").GetDestination(new SipDestination(NetworkEndpoint.From(IPAddress.Loopback, 5060), SipTransportKind.Udp))!;
}
