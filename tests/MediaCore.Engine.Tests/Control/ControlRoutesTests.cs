using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Control;

/// <summary>What a controller leaves to the server's routing: numbers that it dials, diversions that it tells of, and whom the call is offered to next.</summary>
public sealed class ControlRoutesTests : ControlTest
{
    [Fact]
    public void Dial_OfANumber_TriesAllThatItsRouteHas_AndTellsTheDiversion()
    {
        World.Route(
            "+49301234",
            new DialStep([new TrunkTarget(ToldOf(Bob, DiversionHeader.Diversion))], Parallel: false, TimeSpan.FromSeconds(20)),
            new DialStep([new TrunkTarget(ToldOf(Carol, DiversionHeader.Both))], Parallel: false, TimeSpan.FromSeconds(20)));
        PeerDialog caller = Claimed();
        string dial = Do(ByRoutes() with { Diversions = [new CallDiversion("+12025550100", DiversionReason.NoAnswer), new CallDiversion("+12025550101", DiversionReason.Unconditional)] });
        PeerDialog bob = PeerDialog.Answering(Bob);
        Assert.StartsWith("sip:+49301234@", bob.Invite!.Uri, StringComparison.Ordinal);
        Assert.Equal(["<sip:+12025550100@192.0.2.1>;reason=no-answer", "<sip:+12025550101@192.0.2.1>;reason=unconditional"], bob.Invite.All("Diversion"));
        bob.Respond(503);
        Bob.Take("ACK");
        PeerDialog carol = PeerDialog.Answering(Carol);
        Assert.Equal(2, carol.Invite!.All("Diversion").Count());
        carol.Respond(486);
        Carol.Take("ACK");
        Assert.Equal((CommandOutcome.Failed, 486), (End<DialEnded>(dial).Outcome, End<DialEnded>(dial).SipStatus));

        // The next dial tells of its own diversions alone.
        Do(Dial("bob"));
        PeerDialog again = PeerDialog.Answering(Bob);
        Assert.False(again.Invite!.Has("Diversion"));
        again.Respond(486);
        Bob.Take("ACK");
        Do(new RejectCommand { CommandId = World.NextCommandId(), CallId = CallId, SipStatus = 480 });
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void Dial_OfANumberBesideATrunk_RingsBothAtOnce()
    {
        World.RouteToTrunks("+49301234", Bob);
        PeerDialog caller = Claimed();
        string dial = Do(new DialCommand { CommandId = World.NextCommandId(), CallId = CallId, Targets = [new NumberDestination("+49301234"), new TrunkDestination("carol", "+49305678")] });
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        Assert.StartsWith("sip:+49301234@", bob.Invite!.Uri, StringComparison.Ordinal);
        bob.Respond(486);
        Bob.Take("ACK");
        carol.Respond(486);
        Carol.Take("ACK");
        Assert.Equal(486, End(dial)!.SipStatus);
        Do(new RejectCommand { CommandId = World.NextCommandId(), CallId = CallId, SipStatus = 480 });
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void Dial_OfANumberThatNoRouteDials_IsRefused()
    {
        PeerDialog caller = Claimed();
        Refused(CommandStatus.NotFound, ByRoutes());
        World.Route("+49301234", new ControlStep("ivr", TimeSpan.FromSeconds(5)));
        Refused(CommandStatus.FailedPrecondition, ByRoutes());
        Refused(CommandStatus.InvalidArgument, ByRoutes() with { Targets = [new NumberDestination("a b")] });
        Refused(CommandStatus.InvalidArgument, Dial("bob") with { Diversions = [new CallDiversion("", DiversionReason.Unknown)] });
        Refused(CommandStatus.InvalidArgument, Dial("bob") with { Diversions = [.. Enumerable.Repeat(new CallDiversion("+1", DiversionReason.Unknown), ControlLimits.MaxDiversions + 1)] });
        Do(new RejectCommand { CommandId = World.NextCommandId(), CallId = CallId, SipStatus = 480 });
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Fact]
    public void Release_ToAnApplication_OffersTheCall_AndGoesOnBehindItWhereNobodyClaims()
    {
        PeerDialog caller = Claimed("+5000");
        Refused(CommandStatus.InvalidArgument, ToApplication("no name"));
        Refused(CommandStatus.InvalidArgument, ToApplication("bot") with { Policy = ReleasePolicy.HangUp });
        Do(ToApplication("bot"));
        Assert.Equal("bot", World.EventsOf<CallOffered>()[^1].Application);
        World.Advance(5);
        PeerDialog bob = PeerDialog.Answering(Bob);
        bob.Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Fact]
    public void Release_ToAnApplication_IsClaimedByItsController()
    {
        PeerDialog caller = Claimed("+5000");
        Do(ToApplication("bot"));
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "bot-1", Epoch = 1 });
        Do(new RejectCommand { CommandId = World.NextCommandId(), CallId = CallId, SipStatus = 603 });
        caller.Ack(Alice.Take("603 INVITE"));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("Privacy: id\r\n", true)]
    public void Offer_SaysWhetherTheCallerWantsToStayUnknown(string header, bool isPrivate)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+5001", PeerSdp.Audio(Alice), header);
        Alice.Take("100 INVITE");
        Assert.Equal(isPrivate, World.EventsOf<CallOffered>()[^1].IsPrivate);
        Do(new ClaimCommand { CommandId = World.NextCommandId(), CallId = CallId, Controller = "app-1", Epoch = Epoch });
        Do(new RejectCommand { CommandId = World.NextCommandId(), CallId = CallId, SipStatus = 480 });
        caller.Ack(Alice.Take("480 INVITE"));
    }

    private static Trunk ToldOf(Peer peer, DiversionHeader header) => new() { Name = "to-" + peer.Name, Targets = World.TrunkTo(peer).Targets, Identity = new TrunkIdentity { Diversion = header } };

    private DialCommand ByRoutes() => new() { CommandId = World.NextCommandId(), CallId = CallId, Targets = [new NumberDestination("+49301234")] };

    private ReleaseCommand ToApplication(string name) => new() { CommandId = World.NextCommandId(), CallId = CallId, Policy = ReleasePolicy.NextStep, Application = name };
}
