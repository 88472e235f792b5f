using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Two calls that become one: REFER with Replaces in Refer-To, and INVITE with Replaces.</summary>
public sealed class ReplacesTests : CallTest
{
    public ReplacesTests()
    {
        var bobs = new Trunk { Name = "bobs", Targets = [World.Hop(Bob)], Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "alices", Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Bob.Endpoint] = bobs;
        World.Route("+1001", new DialStep([new TrunkTarget(bobs)], Parallel: false, TimeSpan.FromSeconds(60)));
        World.RouteToTrunks("+2001", Carol);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void AttendedTransfer_JoinsTheTwoCalls_AlsoOnDifferentShards(int shards, int entry)
    {
        World.ShardCount = shards;
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.EntryShard = entry;
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        Assert.Equal(shards, World.Shards.Count(static s => s.Core.Calls.ActiveCalls > 0));

        callee.Send("REFER", $"Refer-To: <sip:+2001@192.0.2.1?Replaces={Escape(consulting)}>\r\n");
        Bob.Take("202 REFER");
        AssertNotify(100);
        consulted.TakeReInvite();
        consulted.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        consulting.AcceptBye();
        AssertNotify(200);
        callee.AcceptBye();
        caller.TakeReInvite();
        caller.Respond(200, PeerSdp.Audio(Alice));
        Alice.Take("ACK");

        // One party's key press reaches the other through both calls.
        caller.Send("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=1\r\n");
        SipText info = Carol.Take("INFO");
        Assert.Equal("Signal=1\r\n", info.Body);
        Carol.Respond(info, 200);
        Alice.Take("200 INFO");

        HangUp(caller, consulted);
        Assert.Equal(2, World.Records.Count);
        Assert.Equal([TransferKind.Replaced, TransferKind.Attended], World.Records.SelectMany(static r => r.Transfers).Select(static t => t.Kind).OrderDescending());
        Assert.All(World.Records, static r => Assert.Equal(CallEndReason.Completed, r.Reason));
    }

    [Fact]
    public void Supported_NamesReplaces_OnlyToWhomAPolicyAllowsTransfers()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Assert.Contains("replaces", callee.Invite!["Supported"], StringComparison.Ordinal);
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        Assert.DoesNotContain("replaces", consulted.Invite!["Supported"], StringComparison.Ordinal);
        HangUp(caller, callee);
        HangUp(consulting, consulted);
    }

    [Fact]
    public void AttendedTransfer_WhoseTargetRefuses_LeavesBothCalls()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        callee.Send("REFER", $"Refer-To: <sip:+2001@192.0.2.1?Replaces={Escape(consulting)}>\r\n");
        Bob.Take("202 REFER");
        AssertNotify(100);
        consulted.TakeReInvite();
        consulted.Respond(488);
        Carol.Take("ACK");
        AssertNotify(488);
        HangUp(caller, callee);
        HangUp(consulting, consulted);
    }

    [Fact]
    public void AttendedTransfer_ToADialogThatIsNotThere_IsTold481()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1?Replaces=x%3Bto-tag%3Dy%3Bfrom-tag%3Dz>\r\n");
        Bob.Take("202 REFER");
        AssertNotify(100);
        AssertNotify(481);
        HangUp(caller, callee);
    }

    [Fact]
    public void AttendedTransfer_ToTheCallOfSomebodyElse_IsForbidden()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        (PeerDialog consulting, PeerDialog consulted) = Consult();
        caller.Send("REFER", $"Refer-To: <sip:+2001@192.0.2.1?Replaces={Escape(consulting)}>\r\n");
        Alice.Take("202 REFER");
        Alice.Respond(Alice.Take("NOTIFY"), 200);
        SipText notify = Alice.Take("NOTIFY");
        Assert.StartsWith("SIP/2.0 403 ", notify.Body, StringComparison.Ordinal);
        Alice.Respond(notify, 200);
        Carol.TakeNothing();
        HangUp(caller, callee);
        HangUp(consulting, consulted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void INVITE_WithReplaces_OfTheSameParty_TakesItsPlace(int shards)
    {
        World.ShardCount = shards;
        (PeerDialog old, PeerDialog callee) = Consult();
        World.EntryShard = shards - 1;
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Require: replaces\r\nReplaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        replacing.Learn(Bob.Take("200 INVITE"));
        old.AcceptBye();
        replacing.Ack();
        HangUp(callee, replacing);
        Assert.Equal([true, false, true], World.Record.Legs.Select(static l => l.Inbound));
    }

    [Fact]
    public void ReplacedParty_ThatOwesAnAck_HasNoPartInTheCallAnyMore()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        old.SendInvite(PeerSdp.Audio(Bob, 50002));
        Bob.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        Bob.Take("200 INVITE");
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        replacing.Learn(Bob.Take("200 INVITE"));
        replacing.Ack();
        old.Send("UPDATE", "", PeerSdp.Audio(Bob, 50004));
        Bob.Take("481 UPDATE");
        old.Ack();
        SipText bye = Bob.Take("BYE");
        Assert.Equal(old.CallId, bye.CallId);
        Bob.Respond(bye, 200);
        HangUp(callee, replacing);
    }

    /// <summary>Who joined by Replaces is a party of its trunk like any other, with its policy, rules and credentials.</summary>
    [Fact]
    public void PartyThatJoined_MayTransfer_AsItsTrunkMay()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Carol, 51000));
        Carol.Take("ACK");
        replacing.Learn(Bob.Take("200 INVITE"));
        old.AcceptBye();
        replacing.Ack();
        replacing.Send("REFER", "Refer-To: <sip:+9999@192.0.2.1>\r\n");
        Bob.Take("202 REFER");
        SipText trying = Bob.Take("NOTIFY");
        SipText failed = Bob.Take("NOTIFY");
        Assert.StartsWith("SIP/2.0 404 ", failed.Body, StringComparison.Ordinal);
        Bob.Respond(trying, 200);
        Bob.Respond(failed, 200);
        HangUp(callee, replacing);
    }

    [Fact]
    public void INVITE_WithReplaces_Cancelled_ChangesNothing()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        SipText reInvite = callee.TakeReInvite();
        Carol.Respond(reInvite, 100);
        replacing.Cancel();
        Bob.Take("200 CANCEL");
        Carol.Respond(Carol.Take("CANCEL"), 200);
        callee.Respond(487);
        Carol.Take("ACK");
        replacing.Ack(Bob.Take("487 INVITE"));
        HangUp(old, callee);
    }

    [Fact]
    public void INVITE_WithReplaces_WhileTheCallEnds_Gets487()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob, 50100), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        Bob.Take("100 INVITE");
        SipText reInvite = callee.TakeReInvite();
        callee.Bye();
        replacing.Ack(Bob.Take("487 INVITE"));
        old.AcceptBye();
        Carol.Take("200 BYE");
        Carol.Respond(reInvite, 487);
        Carol.Take("ACK");
    }

    [Theory]
    [InlineData("gone", "", 481)]
    [InlineData("", ";early-only", 486)]
    [InlineData("malformed", "", 400)]
    public void INVITE_WithReplaces_ThatCannotBe_IsRefused(string what, string extra, int status)
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        string value = what == "malformed" ? "x" : $"{old.CallId};to-tag={old.RemoteTag}{what};from-tag={old.LocalTag}{extra}";
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob), $"Replaces: {value}\r\n");
        replacing.Ack(Bob.Take($"{status} INVITE"));
        Carol.TakeNothing();
        HangUp(old, callee);
    }

    [Fact]
    public void INVITE_WithReplaces_OfAnotherParty_IsForbidden()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        PeerDialog replacing = PeerDialog.Dial(Alice, "+2001", PeerSdp.Audio(Alice), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        replacing.Ack(Alice.Take("403 INVITE"));
        Carol.TakeNothing();
        HangUp(old, callee);
    }

    [Fact]
    public void INVITE_WithReplaces_OfACallThatIsOver_Gets481()
    {
        (PeerDialog old, PeerDialog callee) = Consult();
        HangUp(old, callee);
        World.Advance(40);
        PeerDialog replacing = PeerDialog.Dial(Bob, "+2001", PeerSdp.Audio(Bob), $"Replaces: {old.CallId};to-tag={old.RemoteTag};from-tag={old.LocalTag}\r\n");
        replacing.Ack(Bob.Take("481 INVITE"));
    }

    private (PeerDialog Consulting, PeerDialog Consulted) Consult()
    {
        PeerDialog consulting = PeerDialog.Call(Bob, "+2001");
        PeerDialog consulted = PeerDialog.Answering(Carol);
        Answer(consulting, consulted);
        return (consulting, consulted);
    }

    private static string Escape(PeerDialog dialog) =>
        Uri.EscapeDataString($"{dialog.CallId};to-tag={dialog.RemoteTag};from-tag={dialog.LocalTag}");

    private void AssertNotify(int status)
    {
        SipText notify = Bob.Take("NOTIFY");
        Assert.StartsWith($"SIP/2.0 {status} ", notify.Body, StringComparison.Ordinal);
        Bob.Respond(notify, 200);
    }
}
