using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Ng;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Calls between two networks that the server has a foot in.</summary>
public sealed class NetworkTests : CallTest
{
    private const string Inside = "10.0.0.1";
    private const string Shown = "10.9.9.9";

    public NetworkTests()
    {
        World.Options = World.Options with { Networks = [new EngineNetwork { Name = "inside", MediaAddress = World.Endpoint(Inside, 0) }, new EngineNetwork { Name = "nat", MediaAddress = World.Endpoint(Inside, 0), AdvertisedMediaAddress = World.Endpoint(Shown, 0) }] };
        World.Shard.Ports.Networks = [World.ServerHost, Inside, Inside];
    }

    [Theory]
    [InlineData("inside", Inside)]
    [InlineData("nat", Shown)]
    [InlineData("added-by-a-reload", World.ServerHost)]
    [InlineData(null, World.ServerHost)]
    public void TrunkOfANetwork_IsOfferedPortsOfIt_AndTheCallerThoseOfHisOwn(string? network, string expected)
    {
        World.Route("+1001", new DialStep([new TrunkTarget(new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Network = network })], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        SipText invite = Bob.Take("INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob, invite);
        Assert.Contains($"c=IN IP4 {expected}\r\n", invite.Body, StringComparison.Ordinal);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        SipText answer = Alice.Take("200 INVITE");
        Assert.Contains($"c=IN IP4 {World.ServerHost}\r\n", answer.Body, StringComparison.Ordinal);
        caller.Learn(answer);
        caller.Ack();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("direction")]
    [InlineData("interfaces")]
    public void Controller_ChoosesByDirection(string how)
    {
        NgController controller = new(World);
        NgSdpText offer = how == "direction"
            ? controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("direction", NgController.Words("nat", "inside")))
            : controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("from-interface", "nat"), ("to-interface", "inside"));
        Assert.True(offer.Has($"c=IN IP4 {Inside}"), offer.Text);
        Assert.Null(offer.Warning);
        NgSdpText answer = controller.Answer(NgController.Sdp("203.0.113.2", 7000));
        Assert.True(answer.Has($"c=IN IP4 {Shown}"), answer.Text);
        controller.Ask("delete", ("from-tag", "A"));
        Assert.Equal(0, World.Shard.Ports.InUse);
    }

    [Fact]
    public void Controller_ThatNamesAnotherInterface_IsToldSo_AndGetsTheFirst()
    {
        NgController controller = new(World);
        NgSdpText offer = controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("direction", NgController.Words("default", "outside")));
        Assert.True(offer.Has($"c=IN IP4 {World.ServerHost}"), offer.Text);
        Assert.Contains("interface outside", offer.Warning, StringComparison.Ordinal);
        controller.Ask("delete", ("from-tag", "A"));
    }
}
