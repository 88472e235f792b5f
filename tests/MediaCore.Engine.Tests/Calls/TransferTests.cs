using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>REFER within a call. Alice calls as a trusted trunk, bob's side is a trunk too; carol and dave are who calls are transferred to.</summary>
public sealed class TransferTests : CallTest
{
    private readonly Trunk _bobs;

    public TransferTests()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Transfers = TransferPolicy.Terminate };
        _bobs = new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Bob.Endpoint] = _bobs;
        World.Route("+1001", new DialStep([new TrunkTarget(_bobs)], Parallel: false, TimeSpan.FromSeconds(60)));
        World.RouteToTrunks("+2001", TimeSpan.FromSeconds(30), Carol);
        World.RouteToTrunks("+2002", TimeSpan.FromSeconds(30), Dave);
    }

    [Fact]
    public void REFER_OfTheCallee_ConnectsTheCallerWithTheNewParty_AndLetsTheCalleeGo()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        Assert.Equal("sip:+2001@203.0.113.102:5070", party.Invite!.Uri);
        Assert.Contains("+12025550123", party.Invite["From"], StringComparison.Ordinal);
        Assert.Contains("<sip:+1001@", party.Invite["Referred-By"], StringComparison.Ordinal);
        Assert.Equal("sendrecv", party.Invite.SdpDirection);
        party.Respond(180);
        AssertNotify(callee, 180, isFinal: false);
        Alice.TakeNothing();

        party.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "8 101"));
        Carol.Take("ACK");
        AssertLetGo(callee);
        SipText offer = caller.TakeReInvite();
        Assert.Equal("8 101", offer.Sdp("m=audio ").Split(' ', 3)[2]);
        caller.Respond(200, PeerSdp.Audio(Alice, 40002, formats: "8 101"));
        Alice.Take("ACK");

        HangUp(caller, party);
        TransferRecord transfer = Assert.Single(World.Record.Transfers);
        Assert.Equal((TransferKind.Blind, "+2001", 200, World.Record.CallId + "-1"), (transfer.Kind, transfer.To, transfer.Status, transfer.By));
        Assert.Equal([0, 1, 2], World.Record.Legs.Select(static l => int.Parse(l.LegId.Split('-')[1])));
        Assert.Equal([true, false, false], World.Record.Legs.Select(static l => l.Inbound));
    }

    [Fact]
    public void REFER_OfTheCaller_ConnectsTheCalleeWithTheNewParty()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(caller, "+2001");
        PeerDialog party = PeerDialog.Answering(Carol);
        Assert.Contains("+1001", party.Invite!["From"], StringComparison.Ordinal);
        Accept(party);
        AssertLetGo(caller);
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 50002));
        Bob.Take("ACK");
        party.HangUp();
        callee.AcceptBye();
        Assert.Equal(CallEndSide.Callee, World.Record.EndedBy);
        Assert.Equal([true, false, false], World.Record.Legs.Select(static l => l.Inbound));
    }

    [Theory]
    [InlineData(486, 486)]
    [InlineData(603, 603)]
    [InlineData(401, 403)]
    public void NewParty_ThatDeclines_LeavesTheTwoTogether(int answered, int told)
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        Decline(party, answered);
        AssertNotify(callee, told, isFinal: true);
        Alice.TakeNothing();
        caller.Send("INFO");
        Bob.Respond(Bob.Take("INFO"), 200);
        Alice.Take("200 INFO");
        HangUp(caller, callee);
        Assert.Equal(told, Assert.Single(World.Record.Transfers).Status);
    }

    [Fact]
    public void NewParty_ThatDoesNotAnswer_IsCancelled_AndTheTwoTalkOn()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        party.Respond(180);
        AssertNotify(callee, 180, isFinal: false);
        World.Advance(30.1);
        Carol.Respond(Carol.Take("CANCEL"), 200);
        Decline(party, 487);
        AssertNotify(callee, 480, isFinal: true);
        HangUp(caller, callee);
    }

    [Fact]
    public void UnknownNumber_IsToldAsNotFound_AndNobodyIsDialled()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(callee, "+9999");
        AssertNotify(callee, 404, isFinal: true);
        HangUp(caller, callee);
    }

    [Fact]
    public void Transferor_ThatHangsUpAtOnce_DoesNotEndTheTransfer()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        callee.HangUp();
        Alice.TakeNothing();
        Accept(party);
        AssertNotify(callee, 200, isFinal: true);
        Agree(caller);
        HangUp(caller, party);
    }

    [Fact]
    public void Transferor_ThatHungUp_AndANewPartyThatDeclines_EndTheCall()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        callee.HangUp();
        Decline(party, 486);
        AssertNotify(callee, 486, isFinal: true);
        caller.AcceptBye();
        Assert.Equal(CallEndReason.Busy, World.Record.Reason);
    }

    [Fact]
    public void StayingParty_ThatHangsUp_EndsAll()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        party.Respond(180);
        AssertNotify(callee, 180, isFinal: false);
        caller.HangUp();
        AssertNotify(callee, 487, isFinal: true);
        callee.AcceptBye();
        Carol.Respond(Carol.Take("CANCEL"), 200);
        Decline(party, 487);
    }

    [Theory]
    [InlineData("sip:+2001@192.0.2.1;method=BYE", 603)]
    [InlineData("http://example.com/", 416)]
    [InlineData("sip:192.0.2.1", 404)]
    [InlineData("sip:x@192.0.2.1?Replaces=a", 400)]
    [InlineData("sip:x@192.0.2.1?Replaces=a%0d%3Bto-tag%3Db%3Bfrom-tag%3Dc", 400)]
    [InlineData(null, 400)]
    public void ReferTo_ThatWeWillNotFollow_IsRefused(string? target, int status)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Send("REFER", target is null ? "" : $"Refer-To: <{target}>\r\n");
        Bob.Take($"{status} REFER");
        HangUp(caller, callee);
        Assert.Empty(World.Record.Transfers);
    }

    [Fact]
    public void REFER_OfATrunkThatMayNot_Gets403_AndNobodyIsDialled()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "untrusted" };
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1>\r\n");
        Alice.Take("403 REFER");
        Carol.TakeNothing();
        HangUp(caller, callee);
        Assert.Equal(1, World.Statistics.Transfers.Sum());
    }

    [Fact]
    public void REFER_OfAStranger_Gets403()
    {
        World.Policy.InboundTrunks.Remove(Alice.Endpoint);
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1>\r\n");
        Alice.Take("403 REFER");
        HangUp(caller, callee);
    }

    [Fact]
    public void REFER_WithoutSubscription_IsToldNothing()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1>\r\nRefer-Sub: false\r\nRequire: norefersub\r\n");
        Assert.Equal("false", Bob.Take("202 REFER")["Refer-Sub"]);
        PeerDialog party = PeerDialog.Answering(Carol);
        Decline(party, 486);
        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void REFER_WhileOneIsUnderWay_Gets491()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        callee.Send("REFER", "Refer-To: <sip:+2002@192.0.2.1>\r\n");
        Bob.Take("491 REFER");
        Decline(party, 486);
        AssertNotify(callee, 486, isFinal: true);
        HangUp(caller, callee);
    }

    [Fact]
    public void REFER_BeforeTheCallIsAnswered_Gets480()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        caller.Learn(Alice.Take("180 INVITE"));
        caller.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1>\r\n");
        Alice.Take("480 REFER");
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void Notifies_ThatTheTransferorDoesNotWant_Stop()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.Send("REFER", "Refer-To: <sip:+2001@192.0.2.1>\r\n");
        Bob.Take("202 REFER");
        Bob.Respond(Bob.Take("NOTIFY"), 481);
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(180);
        Decline(party, 486);
        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void StayingParty_ThatIsBusyWithAReInvite_IsAskedAgain()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        Accept(party);
        AssertLetGo(callee);
        caller.TakeReInvite();
        caller.Respond(491);
        Alice.Take("ACK");
        int before = Alice.History.Count;
        for (int i = 0; i < 41 && Alice.History.Count == before; i++)
        {
            World.Advance(0.1);
        }

        Assert.InRange((Alice.History[^1].At - Alice.History[^2].At).TotalSeconds, 2.1, 4.1);
        Agree(caller);
        HangUp(caller, party);
    }

    [Theory]
    [InlineData(488, "0 8 101", true)]
    [InlineData(488, "8", false)]
    [InlineData(481, "0 8 101", false)]
    public void StayingParty_ThatRefusesToChange_KeepsTheCall_WhereItSpeaksTheSame(int status, string formats, bool goesOn)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "0"));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Refer(callee, "+2001");
        PeerDialog party = PeerDialog.Answering(Carol);
        party.Respond(200, PeerSdp.Audio(Carol, 51000, formats: formats));
        Carol.Take("ACK");
        AssertLetGo(callee);
        caller.TakeReInvite();
        caller.Respond(status);
        Alice.Take("ACK");
        if (goesOn)
        {
            HangUp(caller, party);
            return;
        }

        caller.AcceptBye();
        party.AcceptBye();
    }

    [Fact]
    public void Hold_BeforeTheTransfer_IsNotPassedToTheNewParty()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        callee.SendInvite(PeerSdp.Audio(Bob, 50000, "sendonly"));
        Bob.Take("100 INVITE");
        caller.TakeReInvite();
        caller.Respond(200, PeerSdp.Audio(Alice, direction: "recvonly"));
        Alice.Take("ACK");
        callee.Learn(Bob.Take("200 INVITE"));
        callee.Ack();
        Refer(callee, "+2001");
        PeerDialog party = PeerDialog.Answering(Carol);
        Assert.Equal("sendrecv", party.Invite!.SdpDirection);
        Accept(party);
        AssertLetGo(callee);
        Assert.Equal("sendrecv", caller.TakeReInvite().SdpDirection);
        caller.Respond(200, PeerSdp.Audio(Alice));
        Alice.Take("ACK");
        HangUp(caller, party);
    }

    [Fact]
    public void TransferredCall_CanBeTransferredAgain()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        Accept(party);
        AssertLetGo(callee);
        Agree(caller);

        Refer(caller, "+2002");
        PeerDialog last = PeerDialog.Answering(Dave);
        last.Respond(200, PeerSdp.Audio(Dave, 52000));
        Dave.Take("ACK");
        AssertLetGo(caller);
        Agree(party);
        HangUp(last, party);
        Assert.Equal(["+2001", "+2002"], World.Record.Transfers.Select(static t => t.To));
    }

    [Fact]
    public void REFER_ThatIsPassed_NamesTheNewPartyAtOurAddress()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Transfers = TransferPolicy.Pass };
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("REFER", $"Refer-To: <sip:+2001@{Alice.Host}>\r\n");
        SipText passed = Bob.Take("REFER");
        Assert.Equal("<sip:+2001@192.0.2.1:5060>", passed["Refer-To"]);
        Bob.Respond(passed, 202);
        Alice.Take("202 REFER");
        callee.Send("NOTIFY", "Event: refer;id=7\r\nSubscription-State: active;expires=60\r\nContent-Type: message/sipfrag\r\n", "SIP/2.0 100 Trying\r\n");
        SipText notify = Alice.Take("NOTIFY");
        Assert.Equal("refer", notify["Event"]);
        Alice.Respond(notify, 200);
        Bob.Take("200 NOTIFY");
        HangUp(caller, callee);
    }

    /// <summary>An UPDATE of the one who stays, on its way to the one who leaves, must not stay open: no later offer would be taken or made.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StayingParty_WithAnUpdateUnderWay_IsAnswered_WhenTheTransferorLeaves(bool hangsUp)
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000), "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, REFER\r\n");
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Refer(callee, "+2001");
        PeerDialog party = PeerDialog.Answering(Carol);
        caller.Send("UPDATE", "", PeerSdp.Audio(Alice, 40004));
        SipText passed = Bob.Take("UPDATE");
        if (hangsUp)
        {
            callee.HangUp();
            Alice.Take("491 UPDATE");
        }

        Accept(party);
        AssertNotify(callee, 200, isFinal: true);
        if (!hangsUp)
        {
            callee.AcceptBye();
            Alice.Take("491 UPDATE");
        }

        Bob.Respond(passed, 481);
        Agree(caller);
        caller.Send("UPDATE", "", PeerSdp.Audio(Alice, 40006));
        Agree(party);
        Alice.Take("200 UPDATE");
        HangUp(caller, party);
    }

    /// <summary>A transferor that owes a final response and hangs up must not keep the call's memory for ever: World.Dispose finds it.</summary>
    [Fact]
    public void Transferor_ThatHangsUp_AndNeverAnswersTheReInvite_KeepsNothing()
    {
        (PeerDialog caller, PeerDialog callee, PeerDialog party) = Transfer();
        caller.SendInvite(PeerSdp.Audio(Alice, 40004));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(100);
        callee.HangUp();
        caller.Ack(Alice.Take("491 INVITE"));
        Accept(party);
        AssertNotify(callee, 200, isFinal: true);
        Agree(caller);
        HangUp(caller, party);
    }

    /// <summary>The re-INVITE of a transfer refreshes the session for the peer (RFC 4028 §10), so it has to do that for us too.</summary>
    [Fact]
    public void SessionTimer_IsRefreshed_ByTheReInviteOfATransfer()
    {
        const string Wish = "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n";
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), Wish);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        World.Advance(40);
        Refer(callee, "+2001");
        PeerDialog party = PeerDialog.Answering(Carol);
        Accept(party);
        AssertLetGo(callee);
        SipText offer = caller.TakeReInvite();
        Assert.Equal("90;refresher=uas", offer["Session-Expires"]);
        caller.Respond(200, PeerSdp.Audio(Alice), "Require: timer\r\nSession-Expires: 90;refresher=uas\r\n");
        Alice.Take("ACK");

        // Half of 90 s from then: the peer's next refresh, which comes after the first interval's last moment (60 s).
        World.Advance(43);
        Alice.TakeNothing();
        caller.Send("UPDATE", Wish);
        Alice.Take("200 UPDATE");
        HangUp(caller, party);
    }

    /// <summary>An answered call that its called side transfers to carol, whose INVITE has come.</summary>
    private (PeerDialog Caller, PeerDialog Callee, PeerDialog Party) Transfer()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Refer(callee, "+2001");
        return (caller, callee, PeerDialog.Answering(Carol));
    }

    private static void Accept(PeerDialog party)
    {
        party.Respond(200, PeerSdp.Audio(party.Peer, 51000));
        party.Peer.Take("ACK");
    }

    private static void Decline(PeerDialog party, int status)
    {
        party.Respond(status);
        party.Peer.Take("ACK");
    }

    /// <summary>The one who stays is asked to talk with the new party, and does.</summary>
    private static void Agree(PeerDialog staying)
    {
        staying.TakeReInvite();
        staying.Respond(200, PeerSdp.Audio(staying.Peer));
        staying.Peer.Take("ACK");
    }

    /// <summary>The one who transfers is told that it is done, and hung up.</summary>
    private static void AssertLetGo(PeerDialog referrer)
    {
        AssertNotify(referrer, 200, isFinal: true);
        referrer.AcceptBye();
    }

    private static void Refer(PeerDialog by, string number)
    {
        by.Send("REFER", $"Refer-To: <sip:{number}@192.0.2.1>\r\n");
        SipText accepted = by.Peer.Take("202 REFER");
        Assert.False(accepted.Has("Refer-Sub"));
        AssertNotify(by, 100, isFinal: false);
    }

    private static void AssertNotify(PeerDialog to, int status, bool isFinal)
    {
        SipText notify = to.Peer.Take("NOTIFY");
        Assert.Equal(to.CallId, notify.CallId);
        Assert.StartsWith("refer", notify["Event"], StringComparison.Ordinal);
        Assert.StartsWith($"SIP/2.0 {status} ", notify.Body, StringComparison.Ordinal);
        Assert.StartsWith(isFinal ? "terminated;reason=noresource" : "active;expires=", notify["Subscription-State"], StringComparison.Ordinal);
        to.Peer.Respond(notify, 200);
    }
}
