using System.Net;
using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Policies;

public sealed class RouteTableTests
{
    private static readonly Trunk CarrierA = MakeTrunk("carrier-a", "192.0.2.0/24");
    private static readonly Trunk CarrierB = MakeTrunk("carrier-b", "198.51.100.0/24");
    private static readonly RouteTable Table = new(
        [CarrierA, CarrierB],
        [
            new RouteRule { Name = "exact", To = NumberPattern.Parse("+12025550100"), Trunks = [CarrierB] },
            new RouteRule { Name = "own-callers", To = NumberPattern.Parse("+44*"), From = NumberPattern.Parse("+1202*"), Trunks = [CarrierA] },
            new RouteRule { Name = "toll-free", To = NumberPattern.Parse(@"regex:\+1(800|888)\d{7}"), Trunks = [CarrierB, CarrierA] },
            new RouteRule { Name = "america", To = NumberPattern.Parse("+1*"), Trunks = [CarrierA, CarrierB] },
        ]);

    [Theory]
    [InlineData("+12025550100", "", "exact")]
    [InlineData("+12025550101", "", "america")]
    [InlineData("+18005550100", "", "toll-free")]
    [InlineData("+1800555010", "", "america")]
    [InlineData("+442079460000", "+12025550100", "own-callers")]
    [InlineData("+442079460000", "+13015550100", null)]
    [InlineData("+442079460000", "", null)]
    [InlineData("12025550100", "", null)]
    [InlineData("", "", null)]
    public void Call_GoesByTheFirstRouteThatMatches(string called, string caller, string? route)
    {
        RoutePlan plan = Route(called, caller, CarrierA);

        Assert.Equal(route, plan.Route);
        if (route is null)
        {
            Assert.Equal((404, 1), (plan.RejectStatus, plan.RejectCause));
        }
    }

    [Fact]
    public void Plan_TriesTheTrunksOneAfterTheOther()
    {
        DialStep step = Assert.IsType<DialStep>(Route("+18005550100", "", CarrierA).Steps.Single());

        Assert.False(step.Parallel);
        Assert.Equal([CarrierB, CarrierA], step.Targets.Cast<TrunkTarget>().Select(target => target.Trunk));
        Assert.All(step.Targets.Cast<TrunkTarget>(), target => Assert.Null(target.User));
    }

    [Fact]
    public void Source_ThatIsNoTrunk_IsForbidden()
    {
        Assert.Equal(CallerAdmission.Forbid, Table.Admit(new RouteRequest { Called = "+12025550100"u8 }));
        Assert.Equal(CallerAdmission.Accept, Table.Admit(new RouteRequest { Called = "+12025550100"u8, InboundTrunk = CarrierA }));
        Assert.Same(RoutePlan.Forbidden, Route("+12025550100", "", null));
    }

    [Fact]
    public void Route_WithoutTrunks_IsAMistakeOfTheConfiguration()
        => Assert.Throws<ArgumentException>(() => new RouteTable([], [new RouteRule { Name = "none" }]));

    [Fact]
    public void Route_OfExactAndPrefixPatterns_AllocatesNothing()
    {
        byte[] called = "+12025550101"u8.ToArray();
        NetworkEndpoint source = NetworkEndpoint.From(IPAddress.Parse("198.51.100.9"), 5060);
        var exactAndPrefix = new RouteTable([CarrierA, CarrierB], [.. Table.Routes.Where(route => route.To.Kind != NumberPatternKind.Regex)]);

        MediaCore.Tests.AllocationAssert.Zero(500, 1000, () =>
        {
            Trunk? trunk = exactAndPrefix.FindTrunk(source);
            var request = new RouteRequest { Called = called, Source = source, InboundTrunk = trunk };
            if (exactAndPrefix.Admit(request) != CallerAdmission.Accept || exactAndPrefix.Route(request).Route != "america")
            {
                throw new InvalidOperationException("the call took another way");
            }
        });
    }

    private static RoutePlan Route(string called, string caller, Trunk? inbound)
        => Table.Route(new RouteRequest { Called = Encoding.UTF8.GetBytes(called), Caller = Encoding.UTF8.GetBytes(caller), InboundTrunk = inbound });

    private static Trunk MakeTrunk(string name, string network)
        => new() { Name = name, From = [IPNetwork.Parse(network)], Targets = [new SipPeer("192.0.2.7", 5060, SipTransportKind.Udp)] };
}
