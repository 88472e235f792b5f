using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Questions;

/// <summary>Calls that a control plane is asked about.</summary>
public sealed class RouteQuestionTests : QuestionTest
{
    [Fact]
    public void INVITE_IsAskedAbout_WithAllThatIsKnownOfIt()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "carrier", Identity = new() { IsTrusted = true } };
        PeerDialog caller = PeerDialog.Dial(Alice, "+6000", PeerSdp.Audio(Alice), "X-Account: 4711\r\nP-Asserted-Identity: <sip:+12025550199@198.51.100.10>\r\n");
        Alice.Take("100 INVITE");
        RouteQuestion question = Assert.IsType<RouteQuestion>(Assert.Single(Plane.Questions).Question);
        Assert.Equal(("+12025550123", "+6000", "carrier", "+12025550199", "ask"), (question.Caller, question.Called, question.InboundTrunk, question.AssertedCaller, question.Route));
        Assert.Equal((World.Call.Id, null, "udp:198.51.100.10:5060"), (question.CallId, question.Account, question.Source));
        Assert.Equal([new KeyValuePair<string, string>("X-Account", "4711")], question.Headers);
        Plane.Last.Answer(new RejectDecision(486));
        caller.Ack(Alice.Take("486 INVITE"));
        Assert.Equal((CallEndReason.Busy, CallEndSide.Server), (World.Record.Reason, World.Record.EndedBy));
    }

    [Fact]
    public void Answer_Dials_WithItsVariables()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6001");
        World.Advance(2.9);
        Carol.TakeNothing();
        Plane.Last.Answer(DialTo("carol") with { Variables = new Dictionary<string, string> { ["tariff"] = "gold" } });
        PeerDialog callee = PeerDialog.Answering(Carol);
        Assert.StartsWith("sip:+49301234@", callee.Invite!.Uri, StringComparison.Ordinal);
        VariableChanged variable = Assert.Single(World.EventsOf<VariableChanged>());
        Assert.Equal(("tariff", "gold"), (variable.Name, variable.Value));
        CallSnapshot snapshot = World.Answer(World.Control.GetCallAsync(World.Call.Id))!;
        Assert.Equal("gold", snapshot.Variables["tariff"]);
        Answer(caller, callee);
        World.Advance(5);
        HangUp(caller, callee);
        Assert.Equal("gold", World.Record.Variables!["tariff"]);
        Assert.Equal((0, 0), (World.Statistics.AnswerDefaults, World.Statistics.LateAnswers));
    }

    [Fact]
    public void Answer_OfANumber_ARoute_OrNext_GoesOnThere()
    {
        World.Policy.Routes["night"] = new RoutePlan { Route = "night", Steps = [new DialStep([new TrunkTarget(World.TrunkTo(Carol))], Parallel: false, TimeSpan.FromSeconds(20))] };
        foreach ((RouteDecision decision, Peer peer) in new (RouteDecision, Peer)[] { (new NumberDecision("+1001"), Bob), (new NamedRouteDecision("night"), Carol), (new NextStepDecision(), Bob) })
        {
            PeerDialog caller = PeerDialog.Call(Alice, "+6000");
            Plane.Last.Answer(decision);
            PeerDialog callee = PeerDialog.Answering(peer);
            Answer(caller, callee);
            HangUp(caller, callee);
        }
    }

    [Fact]
    public void Answer_OfAnApplication_OffersTheCall_AndGoesOnWhenNobodyClaimsIt()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6000");
        Plane.Last.Answer(new ApplicationDecision("ivr"));
        Assert.Equal("ivr", Assert.Single(World.EventsOf<CallOffered>()).Application);
        World.Advance(ControlLimits.DefaultOfferTime.TotalSeconds + 0.1);
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void NoAnswer_TakesTheDefault_AtTheDeadline_AndNotBefore_ALateOneIsDropped()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6001");
        World.Advance(2.99);
        Alice.TakeNothing();
        World.Advance(0.02);
        caller.Ack(Alice.Take("503 INVITE"));
        Plane.Last.Answer(DialTo("carol"));
        World.Advance(10);
        Carol.TakeNothing();
        Assert.Equal((1, 1), (World.Statistics.AnswerDefaults, World.Statistics.LateAnswers));
        Assert.Equal(503, World.Record.SipStatus);
    }

    [Fact]
    public void NoAnswerFromTheClient_TakesTheDefaultAtOnce()
    {
        Plane.Terms = Plane.Terms with { Route = new RouteTerms(TimeSpan.FromSeconds(3), new NextStepDecision()) };
        PeerDialog caller = PeerDialog.Call(Alice, "+6000");
        Plane.Last.Answer(null);
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        HangUp(caller, callee);
        Assert.Equal((1, 0), (World.Statistics.AnswerDefaults, World.Statistics.LateAnswers));
    }

    [Fact]
    public void Answer_ThatComesTwice_CountsOnce()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6001");
        SimulatedControlPlane.Asked asked = Plane.Last;
        asked.Answer(DialTo("carol"));
        asked.Answer(DialTo("bob"));
        asked.Answer(new RejectDecision(486));
        PeerDialog callee = PeerDialog.Answering(Carol);
        Bob.TakeNothing();
        Answer(caller, callee);
        HangUp(caller, callee);
        Assert.Equal(2, World.Statistics.LateAnswers);
    }

    [Fact]
    public void CANCEL_WhileItWaits_EndsIt_AndTheQuestionIsAbandoned()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6000");
        World.Advance(1);
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        Assert.True(Plane.Last.IsAbandoned);
        Plane.Last.Answer(DialTo("carol"));
        World.Advance(10);
        Carol.TakeNothing();
        Assert.Equal((CallEndReason.Cancelled, 1), (World.Record.Reason, World.Statistics.LateAnswers));
    }

    [Fact]
    public void INVITE_Repeated_WhileItWaits_IsAbsorbed()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6000");
        caller.Repeat(PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        Assert.Single(Plane.Questions);
        Plane.Last.Answer(new RejectDecision(404));
        caller.Ack(Alice.Take("404 INVITE"));
    }

    [Fact]
    public void Command_ThatHangsUp_WhileItWaits_EndsIt()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6000");
        Assert.True(World.Execute(new HangupCommand { CommandId = World.NextCommandId(), CallId = World.Call.Id, Q850Cause = 17 }).IsAccepted);
        caller.Ack(Alice.Take("486 INVITE"));
        Assert.True(Plane.Last.IsAbandoned);
    }

    [Theory]
    [InlineData("trunk")]
    [InlineData("route")]
    [InlineData("account")]
    [InlineData("uri")]
    [InlineData("number")]
    public void Answer_ThatCannotBeCarriedOut_TakesTheDefault(string what)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6000");
        Plane.Last.Answer(what switch
        {
            "trunk" => DialTo("nobody"),
            "route" => new NamedRouteDecision("nowhere"),
            "number" => new NumberDecision("+9999"),
            "uri" => new DialDecision([new AccountDestination("alice"), new UriDestination("tel:+12025550100")], IsSequential: false, TimeSpan.FromSeconds(20)),
            _ => new DialDecision([new AccountDestination("zoe")], IsSequential: false, TimeSpan.FromSeconds(20)),
        });
        caller.Ack(Alice.Take("503 INVITE"));
        Assert.Equal((1, 1), (World.Statistics.UnusableAnswers, World.Statistics.AnswerDefaults));
        string warning = Assert.Single(World.Warnings);
        Assert.Contains("cannot be carried out", warning, StringComparison.Ordinal);

        // Who was meant is no business of the log.
        Assert.DoesNotContain("zoe", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("2025550100", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Default_ThatIsARouteWhichIsGone_Is503()
    {
        Plane.Terms = Plane.Terms with { Route = new RouteTerms(TimeSpan.FromSeconds(3), new NamedRouteDecision("gone")) };
        PeerDialog caller = PeerDialog.Call(Alice, "+6000");
        World.Advance(3.1);
        caller.Ack(Alice.Take("503 INVITE"));
    }

    [Fact]
    public void Answers_ThatLeadToTheQuestionAgain_DoNotForEver()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6001");
        for (int i = 0; i < QuestionLimits.MaxPerCall; i++)
        {
            Assert.Equal(i + 1, Plane.Questions.Count);
            Assert.Equal(i == 0 ? "+6001" : "+6000", Assert.IsType<RouteQuestion>(Plane.Last.Question).Called);
            Plane.Last.Answer(new NumberDecision("+6000"));
        }

        Assert.Equal(QuestionLimits.MaxPerCall, Plane.Questions.Count);
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void Application_OfThatName_IsOffered_WhereNothingIsAsked()
    {
        Plane.Terms = Plane.Terms with { Route = null };
        PeerDialog caller = PeerDialog.Call(Alice, "+6001");
        Assert.Equal("policy", Assert.Single(World.EventsOf<CallOffered>()).Application);
        World.Advance(5.1);
        caller.Ack(Alice.Take("480 INVITE"));
        Assert.Empty(Plane.Questions);
    }

    [Fact]
    public void UriAnswer_IsDialledByItsAddress()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+6001");
        Plane.Last.Answer(new DialDecision([new UriDestination("sip:desk@203.0.113.102:5070")], IsSequential: false, TimeSpan.FromSeconds(20)));
        PeerDialog callee = PeerDialog.Answering(Carol);
        Assert.Equal("sip:desk@203.0.113.102:5070", callee.Invite!.Uri);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void HundredCallsThatWait_DoNotDelayAnother_AndEndAtTheirDeadlines()
    {
        World.Options = World.Options with { MaxCalls = 200 };
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "carrier" };
        PeerDialog[] waiting = [.. Enumerable.Range(0, 100).Select(_ => PeerDialog.Call(Alice, "+6001"))];
        World.Advance(1);

        // Not a tick of virtual time goes by between the INVITE and its answer.
        (PeerDialog caller, PeerDialog callee) = Establish();
        HangUp(caller, callee);
        World.Advance(1.9);
        Alice.TakeNothing();
        World.Advance(0.2);
        foreach (PeerDialog one in waiting)
        {
            one.Ack(Alice.Take("503 INVITE"));
        }

        Assert.Equal(100, World.Statistics.AnswerDefaults);
    }

    [Fact]
    public void REFER_ToANumberThatIsAskedAbout_IsCarriedOutByTheAnswer_OrFailsWithIt()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Transfers = TransferPolicy.Terminate };
        Plane.Terms = Plane.Terms with { Transfers = null };
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("REFER", $"Refer-To: <sip:+6001@{World.ServerHost}>\r\n");
        Alice.Take("202 REFER");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        Assert.Equal("+6001", Assert.IsType<RouteQuestion>(Plane.Last.Question).Called);
        Plane.Last.Answer(new RejectDecision(486));
        SipText failed = Alice.Take("NOTIFY");
        Assert.Contains("486", failed.Body, StringComparison.Ordinal);
        Alice.Respond(failed, 200);
        caller.Send("REFER", $"Refer-To: <sip:+6001@{World.ServerHost}>\r\n");
        Alice.Take("202 REFER");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        Plane.Last.Answer(DialTo("carol"));
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
}
