using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>RFC 4028, on each side by itself.</summary>
public sealed class SessionTimerTests : CallTest
{
    private const string Timer = "Supported: timer\r\n";
    private const string Allow = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE\r\n";

    [Theory]
    [InlineData(SessionRefresherChoice.Auto, "", "1800;refresher=uas")]
    [InlineData(SessionRefresherChoice.Local, "", "1800;refresher=uas")]
    [InlineData(SessionRefresherChoice.Remote, "", "1800;refresher=uac")]
    [InlineData(SessionRefresherChoice.Local, "Session-Expires: 600;refresher=uac\r\n", "600;refresher=uac")]
    [InlineData(SessionRefresherChoice.Remote, "Session-Expires: 600;refresher=uas\r\n", "600;refresher=uas")]
    [InlineData(SessionRefresherChoice.Auto, "Session-Expires: 4000\r\nMin-SE: 100\r\n", "1800;refresher=uas")]
    [InlineData(SessionRefresherChoice.Auto, "Session-Expires: 4000\r\nMin-SE: 3000\r\n", "3000;refresher=uas")]
    [InlineData(SessionRefresherChoice.Auto, "x: 90;Refresher=UAC;other=1\r\n", "90;refresher=uac")]
    public void Caller_GetsAnIntervalAndARefresher(SessionRefresherChoice choice, string headers, string agreed)
    {
        World.Options = World.Options with { SessionTimers = new SessionTimerOptions { Refresher = choice } };
        (PeerDialog caller, PeerDialog callee, SipText ok) = Establish(Timer + headers, "");
        Assert.Equal(agreed, ok["Session-Expires"]);
        Assert.Equal(agreed.EndsWith("uac", StringComparison.Ordinal) ? "timer" : "", ok["Require"]);
        Assert.Contains("timer", ok["Supported"], StringComparison.Ordinal);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Session-Expires: 300\r\n", "300;refresher=uas")]
    [InlineData("Session-Expires: nonsense\r\n", "")]
    public void Caller_WithoutTheExtension_IsNotAskedToRefresh(string headers, string agreed)
    {
        (PeerDialog caller, PeerDialog callee, SipText ok) = Establish(headers, "");
        Assert.Equal(agreed, ok["Session-Expires"]);
        Assert.False(ok.Has("Require"));
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("UPDATE")]
    public void Interval_ThatIsTooShort_Gets422(string method)
    {
        if (method == "INVITE")
        {
            PeerDialog refused = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Timer + "Session-Expires: 89\r\n");
            SipText refusal = Alice.Take("422 INVITE");
            Assert.Equal("90", refusal["Min-SE"]);
            refused.Ack(refusal);
            return;
        }

        (PeerDialog caller, PeerDialog callee, _) = Establish(Timer, "");
        caller.Send("UPDATE", Timer + "Session-Expires: 10\r\n");
        Assert.Equal("90", Alice.Take("422 UPDATE")["Min-SE"]);
        caller.SendInvite(PeerSdp.Audio(Alice), Timer + "Session-Expires: 10\r\n");
        caller.Ack(Alice.Take("422 INVITE"));
        HangUp(caller, callee);
    }

    [Fact]
    public void Target_ThatWantsALongerInterval_IsAskedAgain()
    {
        World.Options = World.Options with { SessionTimers = new SessionTimerOptions { Expires = TimeSpan.FromSeconds(300), Refresher = SessionRefresherChoice.Local } };
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog first = PeerDialog.Answering(Bob);
        Assert.Equal("300;refresher=uac", first.Invite!["Session-Expires"]);
        Assert.False(first.Invite.Has("Min-SE"));
        first.Respond(422, extra: "Min-SE: 900\r\n");
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Bob);
        Assert.Equal((first.Invite.CallId, 2u, "900;refresher=uac", "900"), (second.Invite!.CallId, second.Invite.CSeq, second.Invite["Session-Expires"], second.Invite["Min-SE"]));
        Assert.Equal(first.Invite.Body, second.Invite.Body);

        // One that asks for no more than it has, or for nothing that can be had, is a failure.
        second.Respond(422, extra: "Min-SE: 900\r\n");
        Bob.Take("ACK");
        caller.Ack(Alice.Take("500 INVITE"));
    }

    [Fact]
    public void Target_ThatRaisesWithoutEnd_IsGivenUp()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        for (int i = 1; i <= 5; i++)
        {
            PeerDialog.Answering(Bob).Respond(422, extra: $"Min-SE: {2000 * i}\r\n");
            Bob.Take("ACK");
        }

        caller.Ack(Alice.Take("500 INVITE"));
        Bob.TakeNothing();
    }

    [Fact]
    public void Refresh_OfOurs_IsAnUpdateWithoutSdp_AtHalfTime_AgainAndAgain()
    {
        (PeerDialog caller, PeerDialog callee, _) = Establish("", Timer + Allow + "Session-Expires: 200;refresher=uac\r\nRequire: timer\r\n");
        for (int i = 0; i < 3; i++)
        {
            World.Advance(99.9);
            Bob.TakeNothing();
            World.Advance(0.1);
            SipText refresh = Bob.Take("UPDATE");
            Assert.Equal(("", "200;refresher=uac"), (refresh.Body, refresh["Session-Expires"]));
            Bob.Respond(refresh, 200, extra: "Session-Expires: 200;refresher=uac\r\n");
        }

        Alice.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void Refresh_OfOurs_IsAnUnchangedReInvite_WhereThePeerTakesNoUpdate()
    {
        (PeerDialog caller, PeerDialog callee, SipText ok) = Establish(Timer + "Session-Expires: 100;refresher=uas\r\n", "");
        World.Advance(50);
        SipText refresh = caller.TakeReInvite();
        Assert.Equal("100;refresher=uac", refresh["Session-Expires"]);
        Assert.Equal(ok.Sdp("o="), refresh.Sdp("o="));
        Assert.Equal(ok.Body, refresh.Body);
        Bob.TakeNothing();
        caller.Respond(200, PeerSdp.Audio(Alice), "Session-Expires: 100;refresher=uac\r\n");
        SipText ack = Alice.Take("ACK");
        Assert.Equal(refresh.CSeq, ack.CSeq);

        // Repeated, it is acknowledged again.
        caller.Respond(200, PeerSdp.Audio(Alice), "Session-Expires: 100;refresher=uac\r\n");
        Assert.Equal(refresh.CSeq, Alice.Take("ACK").CSeq);
        World.Advance(49);
        Alice.TakeNothing();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(90, 30)]
    [InlineData(1800, 32)]
    public void PeerThatDoesNotRefresh_EndsTheCall_ShortlyBeforeTheEnd(int interval, double before)
    {
        (PeerDialog caller, PeerDialog callee, _) = Establish(Timer + $"Session-Expires: {interval};refresher=uac\r\n", "");
        World.Advance(interval - before - 0.1);
        Alice.TakeNothing();
        World.Advance(0.2);
        caller.AcceptBye();
        callee.AcceptBye();
        Assert.Equal((CallEndReason.SignallingTimeout, CallEndSide.Server, 102), (World.Record.Reason, World.Record.EndedBy, World.Record.Q850Cause));
    }

    [Theory]
    [InlineData("UPDATE")]
    [InlineData("INVITE")]
    public void Refresh_OfThePeer_KeepsTheCall_AndTroublesNobodyElse(string method)
    {
        (PeerDialog caller, PeerDialog callee, SipText first) = Establish(Timer + "Session-Expires: 100;refresher=uac\r\n", "");
        for (int i = 0; i < 3; i++)
        {
            World.Advance(50);
            if (method == "UPDATE")
            {
                caller.Send("UPDATE", Timer + "Session-Expires: 100;refresher=uac\r\n");
            }
            else
            {
                caller.SendInvite(PeerSdp.Audio(Alice), Timer + "Session-Expires: 100;refresher=uac\r\n");
            }

            SipText ok = Alice.Take($"200 {method}");
            Assert.Equal(("100;refresher=uac", "timer"), (ok["Session-Expires"], ok["Require"]));
            if (method == "INVITE")
            {
                Assert.Equal(first.Body, ok.Body);
                caller.Ack();
            }
        }

        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void RefreshThatChangesTheSession_ReachesTheOtherSide()
    {
        (PeerDialog caller, PeerDialog callee, _) = Establish(Timer + "Session-Expires: 100;refresher=uac\r\n", "");
        caller.SendInvite(PeerSdp.Audio(Alice, 40000, "sendonly"), Timer + "Session-Expires: 100;refresher=uac\r\n");
        Alice.Take("100 INVITE");
        Assert.Equal("sendonly", callee.TakeReInvite().SdpDirection);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, "recvonly"));
        Bob.Take("ACK");
        Assert.Equal("100;refresher=uac", Alice.Take("200 INVITE")["Session-Expires"]);
        caller.Ack();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(481)]
    [InlineData(408)]
    [InlineData(0)]
    public void RefreshOfADialogThatIsGone_EndsTheCall(int status)
    {
        (PeerDialog caller, PeerDialog callee, _) = Establish("", Timer + Allow + "Session-Expires: 200;refresher=uac\r\n");
        World.Advance(100);
        SipText refresh = Bob.Take("UPDATE");
        if (status == 0)
        {
            World.Advance(32.1);
            Bob.TakeAll();
        }
        else
        {
            Bob.Respond(refresh, status);
            callee.AcceptBye();
        }

        caller.AcceptBye();
        Assert.Equal(CallEndReason.SignallingTimeout, World.Record.Reason);
    }

    [Fact]
    public void Refresh_RefusedForNow_IsTriedAgain_UntilTheSessionEnds()
    {
        (PeerDialog caller, PeerDialog callee, _) = Establish("", Timer + Allow + "Session-Expires: 200;refresher=uac\r\n");
        World.Advance(100);
        Bob.Respond(Bob.Take("UPDATE"), 500);
        World.Advance(10);
        Bob.Respond(Bob.Take("UPDATE"), 405);

        // It takes no UPDATE after all.
        World.Advance(0.01);
        callee.TakeReInvite();
        callee.Respond(488);
        Bob.Take("ACK");
        for (int i = 0; i < 5; i++)
        {
            World.Advance(10);
            callee.TakeReInvite();
            callee.Respond(500);
            Bob.Take("ACK");
        }

        World.Advance(9);
        callee.AcceptBye();
        caller.AcceptBye();
    }

    [Theory]
    [InlineData(true, 0, 2.0)]
    [InlineData(false, 2.1, 4.0)]
    public void Glare_OfARefresh_WaitsAsTheOwnerOfTheCallIdHasTo(bool isCaller, double least, double most)
    {
        string agreed = "Session-Expires: 200;refresher=" + (isCaller ? "uas" : "uac") + "\r\n";
        (PeerDialog caller, PeerDialog callee, _) = Establish(isCaller ? Timer + agreed : "", isCaller ? "" : Timer + agreed);
        PeerDialog dialog = isCaller ? caller : callee;
        World.Advance(100);
        dialog.TakeReInvite();
        dialog.Respond(491);
        dialog.Peer.Take("ACK");
        double waited = 0;
        SipText? again;
        while ((again = dialog.Peer.TakeAny()) is null && waited < 10)
        {
            World.Advance(0.01);
            waited += 0.01;
        }

        Assert.NotNull(again);
        Assert.InRange(waited, least, most + 0.03);
        dialog.TakeReInvite(again);
        dialog.Respond(200, PeerSdp.Audio(dialog.Peer, isCaller ? (ushort)40000 : (ushort)50000), agreed.Replace("uas", "uac", StringComparison.Ordinal));
        dialog.Peer.Take("ACK");
        HangUp(caller, callee);
    }

    [Fact]
    public void Refresh_ThatMeetsAReInviteOfThePeer_WaitsForItsEnd()
    {
        (PeerDialog caller, PeerDialog callee, _) = Establish(Timer + "Session-Expires: 200;refresher=uas\r\n" + Allow, "");
        World.Advance(99);
        caller.SendInvite(PeerSdp.Audio(Alice, 41000));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(100);
        World.Advance(2);
        Alice.TakeNothing();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        Alice.Respond(Alice.Take("UPDATE"), 200, extra: "Session-Expires: 200;refresher=uac\r\n");
        HangUp(caller, callee);
    }

    [Fact]
    public void TurnedOff_ForATrunk_NothingIsSaid_AndItCannotBeRequired()
    {
        var off = new SessionTimerOptions { Enabled = false };
        World.Route("+1009", new DialStep([new TrunkTarget(new Trunk { Name = "t", Targets = [World.Hop(Bob)], SessionTimers = off })], Parallel: false, TimeSpan.FromSeconds(60)));
        World.Policy.InboundTrunks[Carol.Endpoint] = new Trunk { Name = "c", SessionTimers = off };
        PeerDialog caller = PeerDialog.Dial(Carol, "+1009", PeerSdp.Audio(Carol), Timer + "Session-Expires: 100\r\n");
        Carol.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.False(callee.Invite!.Has("Session-Expires"));
        Assert.DoesNotContain("timer", callee.Invite["Supported"], StringComparison.Ordinal);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000), "Session-Expires: 100;refresher=uac\r\n");
        Bob.Take("ACK");
        Assert.False(caller.Learn(Carol.Take("200 INVITE")).Has("Session-Expires"));
        caller.Ack();
        World.Advance(200);
        Bob.TakeNothing();
        HangUp(caller, callee);
        PeerDialog refused = PeerDialog.Dial(Carol, "+1009", PeerSdp.Audio(Carol), "Require: timer\r\n");
        SipText refusal = Carol.Take("420 INVITE");
        Assert.Equal("timer", refusal["Unsupported"]);
        refused.Ack(refusal);
    }

    private (PeerDialog Caller, PeerDialog Callee, SipText Ok) Establish(string caller, string callee)
    {
        PeerDialog from = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), caller);
        Alice.Take("100 INVITE");
        PeerDialog to = PeerDialog.Answering(Bob);
        to.Respond(200, PeerSdp.Audio(Bob, 50000), callee);
        Bob.Take("ACK");
        SipText ok = from.Learn(Alice.Take("200 INVITE"));
        from.Ack();
        return (from, to, ok);
    }
}
