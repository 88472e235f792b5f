using MediaCore.Engine.Policies;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Questions;

/// <summary>Transfers that a control plane is asked about: alice, a trunk, refers bob to carol.</summary>
public sealed class TransferQuestionTests : QuestionTest
{
    public TransferQuestionTests()
    {
        World.RouteToTrunks("+2001", TimeSpan.FromSeconds(30), Carol);
        Allow(TransferPolicy.Terminate);
    }

    [Fact]
    public void REFER_IsAnsweredWhenItIsAllowed_AndCarriedOut()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(caller);
        Alice.TakeNothing();
        TransferQuestion question = Assert.IsType<TransferQuestion>(Assert.Single(Plane.Questions).Question);
        Assert.Equal(new TransferQuestion(World.Call.Id, World.Call.Id + "-0", "+2001", IsAttended: false), question);

        // Its repetition is absorbed while it waits.
        Alice.Send(Alice.Sent[^1]);
        Alice.TakeNothing();
        Plane.Last.Answer(true);
        Alice.Take("202 REFER");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        caller.AcceptBye();
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 50002));
        Bob.Take("ACK");
        HangUp(callee, party);
    }

    [Fact]
    public void REFER_ThatIsRefused_Gets403_AndTheTwoTalkOn()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(caller);
        Plane.Last.Answer(false);
        Alice.Take("403 REFER");
        Plane.Last.Answer(true);
        Carol.TakeNothing();
        HangUp(caller, callee);
        Assert.Equal(1, World.Statistics.LateAnswers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void REFER_WithoutAnAnswer_FollowsTheDefault_AtTheDeadline(bool isAllowed)
    {
        Plane.Terms = Plane.Terms with { Transfers = new TransferTerms(TimeSpan.FromSeconds(2), isAllowed) };
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(caller);
        World.Advance(1.9);
        Alice.TakeNothing();
        World.Advance(0.2);
        if (!isAllowed)
        {
            Alice.Take("403 REFER");
            HangUp(caller, callee);
            return;
        }

        Alice.Take("202 REFER");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        SipText invite = Carol.Take("INVITE");
        Carol.Respond(invite, 486, "t-carol");
        Carol.Take("ACK");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        HangUp(caller, callee);
    }

    [Fact]
    public void BYE_WhileItWaits_EndsTheQuestion()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(caller);
        callee.HangUp();
        Assert.True(Plane.Last.IsAbandoned);
        Assert.Equal(["480 REFER", "BYE"], Alice.TakeAll());
        Plane.Last.Answer(true);
        Carol.TakeNothing();
        World.Advance(40);
    }

    [Fact]
    public void REFER_WhileAnotherWaits_Gets491()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(caller);
        Refer(caller);
        Alice.Take("491 REFER");
        Plane.Last.Answer(false);
        Alice.Take("403 REFER");
        HangUp(caller, callee);
    }

    [Fact]
    public void REFER_ThatIsNotAllowedHere_IsNotAskedAbout()
    {
        Allow(TransferPolicy.Refuse);
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(caller);
        Alice.Take("403 REFER");
        Assert.Empty(Plane.Questions);
        HangUp(caller, callee);
    }

    [Fact]
    public void REFER_ThatIsPassed_IsPassedOnceItIsAllowed()
    {
        Allow(TransferPolicy.Pass);
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(caller);
        Bob.TakeNothing();
        Plane.Last.Answer(true);
        Bob.Respond(Bob.Take("REFER"), 202);
        Alice.Take("202 REFER");
        HangUp(caller, callee);
    }

    private void Allow(TransferPolicy policy) => World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Transfers = policy };

    private static void Refer(PeerDialog by) => by.Send("REFER", $"Refer-To: <sip:+2001@{World.ServerHost}>\r\n");
}
