using System.Xml.Linq;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Tests.Registrar;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Tests.Subscriptions;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>A ringing call of bob's that another phone takes by its lamp field: it has seen it in a notification and sends an INVITE with Replaces.</summary>
public sealed class PickUpTests : RegistrarTest
{
    private readonly Subscriber _lamp;

    public PickUpTests()
    {
        World.Options = World.Options with { DialogSubscriptions = DialogSubscriptions.All };
        World.Accounts.Add("carol", "third");
        World.Route("+2002", new DialStep([new AccountTarget("bob")], Parallel: true, TimeSpan.FromSeconds(60)));
        _lamp = new Subscriber(Carol, "carol", "third", "dialog", target: "bob");
    }

    [Theory]
    [InlineData("", 1, 0)]
    [InlineData(";early-only", 1, 0)]
    [InlineData(";early-only", 3, 2)]
    public void RingingCall_IsTakenByAPhoneThatSeesItRing(string flag, int shards, int entry)
    {
        World.ShardCount = shards;
        (PeerDialog caller, PeerDialog called, string replaces) = Ring();
        World.EntryShard = entry;
        PeerDialog picking = PickUp("carol", "third", replaces + flag);
        Carol.Take("100 INVITE");
        Assert.Equal("audio", picking.Learn(Carol.Take("200 INVITE")).Sdp("m=").Split(' ')[0]);
        picking.Ack();
        TakeCancelled(called);
        SipText answer = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal("IN IP4 192.0.2.1", answer.Sdp("c="));
        caller.Ack();
        Alice.TakeNothing();
        Assert.Equal(51000, World.Call.Connected!.Media.Latch.Destination.Port);
        Assert.Same(World.Call.Caller.Media, World.Call.Connected.Media.Peer);
        HangUp(picking, caller);
        Assert.Equal((CallEndReason.Completed, "carol"), (World.Record.Reason, World.Record.Legs[2].Peer));
        Assert.Equal([true, false, true], World.Record.Legs.Select(static l => l.Inbound));
        Assert.Equal((TransferKind.Replaced, $"{World.Record.CallId}-1"), (World.Record.Transfers[0].Kind, World.Record.Transfers[0].By));
        EndLamp();
    }

    /// <summary>What a watcher sees is no dialog: with it nothing can be done but pick the call up.</summary>
    [Fact]
    public void Name_OfARingingCall_IsNoneOfItsDialogs_AndGoneOnceItIsAnswered()
    {
        (PeerDialog caller, PeerDialog called, string replaces) = Ring();
        Assert.DoesNotContain(called.CallId, replaces);
        Assert.DoesNotContain(called.RemoteTag, replaces);
        Assert.DoesNotContain(called.LocalTag, replaces);
        Answer(caller, called);
        Assert.DoesNotContain("call-id", TakeState("confirmed").ToString());
        PeerDialog picking = PickUp("carol", "third", replaces);
        picking.Ack(Carol.Take("486 INVITE"));
        HangUp(caller, called);
        picking = PickUp("carol", "third", replaces);
        picking.Ack(Carol.Take("481 INVITE"));
        EndLamp();
    }

    [Fact]
    public void Name_OfACallThatIsBeingCancelled_Gets603()
    {
        (PeerDialog caller, PeerDialog called, string replaces) = Ring();
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        PeerDialog picking = PickUp("carol", "third", replaces);
        picking.Ack(Carol.Take("603 INVITE"));
        TakeCancelled(called);
        EndLamp();
    }

    [Theory]
    [InlineData(DialogSubscriptions.Own, TransferPolicy.Terminate)]
    [InlineData(DialogSubscriptions.All, TransferPolicy.Refuse)]
    public void Account_ThatMayNot_Gets403(DialogSubscriptions watch, TransferPolicy transfers)
    {
        World.Options = World.Options with { DialogSubscriptions = watch, AccountTransfers = transfers };
        (PeerDialog caller, PeerDialog called) = RingUnseen();
        PeerDialog picking = PickUp("carol", "third", Name());
        picking.Ack(Carol.Take("403 INVITE"));
        Answer(caller, called);
        HangUp(caller, called);
    }

    /// <summary>An account's own phones may always, and no password means no pick-up, wherever calls need none.</summary>
    [Fact]
    public void OwnPhone_MayPickUp_WhoeverMayWatch_ButOnlyWithThePassword()
    {
        World.Options = World.Options with { DialogSubscriptions = DialogSubscriptions.Own };
        (PeerDialog caller, PeerDialog called) = RingUnseen();
        string name = Name();
        PeerDialog stranger = PeerDialog.Dial(Dave, "+2002", PeerSdp.Audio(Dave), $"Replaces: {name}\r\n");
        stranger.Ack(Dave.Take("401 INVITE"));
        PeerDialog picking = PickUp("bob", "secret", name);
        Carol.Take("100 INVITE");
        picking.Learn(Carol.Take("200 INVITE"));
        picking.Ack();
        TakeCancelled(called);
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        HangUp(caller, picking);
    }

    /// <summary>Both tags are our own keyed hash.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(30)]
    [InlineData(60)]
    public void Name_WithAnotherDigit_Gets481(int position)
    {
        (PeerDialog caller, PeerDialog called) = RingUnseen();
        char[] name = Name().ToCharArray();
        name[position] = name[position] == '1' ? '2' : '1';
        PeerDialog picking = PickUp("carol", "third", new string(name));
        picking.Ack(Carol.Take("481 INVITE"));
        Answer(caller, called);
        HangUp(caller, called);
    }

    [Fact]
    public void Phone_WithoutACommonCodec_Gets488_AndTheCallRingsOn()
    {
        (PeerDialog caller, PeerDialog called) = RingUnseen();
        PeerDialog picking = PickUp("carol", "third", Name(), PeerSdp.Audio(Carol, 51000, formats: "18"));
        Carol.Take("100 INVITE");
        picking.Ack(Carol.Take("488 INVITE"));
        Bob.TakeNothing();
        Answer(caller, called);
        HangUp(caller, called);
    }

    /// <summary>A caller without SDP is offered what the picking phone speaks, and the phone is told afterwards what the caller chose.</summary>
    [Fact]
    public void CallWithoutOffer_IsTakenToo()
    {
        Register(Bob);
        PeerDialog caller = PeerDialog.Dial(Alice, "+2002", null);
        Alice.Take("100 INVITE");
        PeerDialog called = PeerDialog.Answering(Bob);
        called.Respond(180);
        Alice.Take("180 INVITE");
        PeerDialog picking = PickUp("carol", "third", Name());
        Carol.Take("100 INVITE");
        picking.Learn(Carol.Take("200 INVITE"));
        picking.Ack();
        TakeCancelled(called);
        Assert.Equal("0 8 101", caller.Learn(Alice.Take("200 INVITE")).Sdp("m=audio ").Split(' ', 3)[2]);
        caller.Ack(PeerSdp.Audio(Alice, 40000, formats: "8 101"));
        Assert.Equal("8 101", picking.TakeReInvite().Sdp("m=audio ").Split(' ', 3)[2]);
        picking.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "8 101"));
        Carol.Take("ACK");
        HangUp(caller, picking);
    }

    /// <summary>A phone that picks up without SDP is offered what the caller offered; the caller is answered once it has chosen.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PhoneWithoutSdp_IsOfferedWhatTheCallerSpeaks_AndTheCallerAnsweredAfterItsAck(bool callerOffersNothing)
    {
        Register(Bob);
        PeerDialog caller = PeerDialog.Dial(Alice, "+2002", callerOffersNothing ? null : PeerSdp.Audio(Alice, 40000, formats: "8 101"));
        Alice.Take("100 INVITE");
        PeerDialog called = PeerDialog.Answering(Bob);
        called.Respond(180);
        Alice.Take("180 INVITE");
        PeerDialog picking = PickUp("carol", "third", Name(), offers: false);
        Carol.Take("100 INVITE");
        SipText offer = picking.Learn(Carol.Take("200 INVITE"));
        Assert.Contains("8 101", offer.Sdp("m=audio "), StringComparison.Ordinal);
        TakeCancelled(called);
        Alice.TakeNothing();
        picking.Ack(PeerSdp.Audio(Carol, 51000, formats: "8 101"));
        Assert.Equal("8 101", caller.Learn(Alice.Take("200 INVITE")).Sdp("m=audio ").Split(' ', 3)[2]);
        caller.Ack(callerOffersNothing ? PeerSdp.Audio(Alice, 40000, formats: "8 101") : null);
        if (callerOffersNothing)
        {
            // It was offered what we speak, before the caller had said anything.
            picking.TakeReInvite();
            picking.Respond(200, PeerSdp.Audio(Carol, 51000, formats: "8 101"));
            Carol.Take("ACK");
        }

        Assert.Equal(51000, World.Call.Connected!.Media.Latch.Destination.Port);
        Assert.Equal(40000, World.Call.Caller.Media.Latch.Destination.Port);
        Assert.Same(World.Call.Caller.Media, World.Call.Connected.Media.Peer);
        HangUp(picking, caller);
        Assert.Equal(CallEndReason.Completed, World.Record.Reason);
    }

    [Fact]
    public void PhoneWithoutSdp_ThatNeverAcknowledges_EndsTheCall()
    {
        (PeerDialog caller, PeerDialog called) = RingUnseen();
        PeerDialog picking = PickUp("carol", "third", Name(), offers: false);
        Carol.Take("100 INVITE");
        picking.Learn(Carol.Take("200 INVITE"));
        TakeCancelled(called);
        World.Advance(33);
        Carol.TakeAll();
        caller.Ack(Alice.Take("480 INVITE"));
        Assert.Equal(CallEndReason.NoAck, World.Record.Reason);
    }

    [Fact]
    public void CallerWhoGivesUp_WhileAPhoneThatPickedUpOwesItsAnswer_GetsItsCancel()
    {
        (PeerDialog caller, PeerDialog called) = RingUnseen();
        PeerDialog picking = PickUp("carol", "third", Name(), offers: false);
        Carol.Take("100 INVITE");
        picking.Learn(Carol.Take("200 INVITE"));
        TakeCancelled(called);
        caller.Cancel();
        Alice.Take("200 CANCEL");
        caller.Ack(Alice.Take("487 INVITE"));
        picking.Ack(PeerSdp.Audio(Carol, 51000));
        picking.AcceptBye();
    }

    [Fact]
    public void CallWhoseEarlyMediaWaitsForAPrack_IsAnsweredAfterIt()
    {
        Register(Bob);
        PeerDialog caller = PeerDialog.Dial(Alice, "+2002", PeerSdp.Audio(Alice), "Supported: 100rel\r\n");
        Alice.Take("100 INVITE");
        PeerDialog called = PeerDialog.Answering(Bob);
        called.Respond(183, PeerSdp.Audio(Bob, 50000, formats: "8 101"));
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        PeerDialog picking = PickUp("carol", "third", Name());
        Carol.Take("100 INVITE");
        picking.Learn(Carol.Take("200 INVITE"));
        picking.Ack();
        TakeCancelled(called);
        Alice.TakeNothing();
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n");
        Alice.Take("200 PRACK");
        Assert.Equal("", caller.Learn(Alice.Take("200 INVITE")).Body);
        caller.Ack();

        // It was told what bob speaks; it is offered what carol does.
        Assert.Equal("0 8 101", caller.TakeReInvite().Sdp("m=audio ").Split(' ', 3)[2]);
        caller.Respond(200, PeerSdp.Audio(Alice));
        Alice.Take("ACK");
        HangUp(caller, picking);
    }

    /// <summary>The target of a transfer rings: whoever picks it up is who the call is transferred to.</summary>
    [Fact]
    public void TargetOfATransfer_IsTakenToo()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Engine.Trunks.Trunk { Name = "in", Transfers = TransferPolicy.Terminate };
        World.RouteToTrunks("+1001", Dave);
        Register(Bob);
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Dave);
        Answer(caller, callee);
        caller.Send("REFER", "Refer-To: <sip:+2002@192.0.2.1>\r\nRefer-Sub: false\r\n");
        Alice.Take("202 REFER");
        PeerDialog called = PeerDialog.Answering(Bob);
        called.Respond(180);
        PeerDialog picking = PickUp("carol", "third", Name());
        Carol.Take("100 INVITE");
        picking.Learn(Carol.Take("200 INVITE"));
        picking.Ack();
        TakeCancelled(called);
        caller.AcceptBye();
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Dave));
        Dave.Take("ACK");
        HangUp(callee, picking);
    }

    /// <summary>A call that rings at bob's, and what carol's lamp is told to pick it up by.</summary>
    private (PeerDialog Caller, PeerDialog Called, string Replaces) Ring()
    {
        _lamp.Begin();
        World.Advance(1);
        (PeerDialog caller, PeerDialog called) = RingUnseen();
        XElement dialog = TakeState("early");
        return (caller, called, $"{dialog.Attribute("call-id")!.Value};to-tag={dialog.Attribute("remote-tag")!.Value};from-tag={dialog.Attribute("local-tag")!.Value}");
    }

    private (PeerDialog Caller, PeerDialog Called) RingUnseen()
    {
        Register(Bob);
        PeerDialog caller = PeerDialog.Call(Alice, "+2002");
        PeerDialog called = PeerDialog.Answering(Bob);
        called.Respond(180);
        Alice.Take("180 INVITE");
        return (caller, called);
    }

    /// <summary>The name of the leg that rings, as if it had been seen.</summary>
    private string Name()
    {
        string name = Engine.Calls.PickUpName.Create(World.Call.Callees.Single(static l => l.State == Engine.Calls.LegState.Inviting), World.Shard.Context.HashKey);
        return $"{name[..18]};to-tag={name[18..]};from-tag={name[18..]}";
    }

    private XElement TakeState(string state)
    {
        XElement dialog;
        do
        {
            dialog = Assert.Single(XDocument.Parse(_lamp.TakeNotify().Body).Root!.Elements());
        }
        while (dialog.Elements().First().Value != state);
        return dialog;
    }

    /// <summary>Carol's INVITE, proved with a password.</summary>
    private PeerDialog PickUp(string user, string password, string replaces, string? sdp = null, bool offers = true)
    {
        sdp = offers ? sdp ?? PeerSdp.Audio(Carol, 51000) : null;
        PeerDialog challenged = PeerDialog.Dial(Carol, "+2002", sdp, $"Replaces: {replaces}\r\n", user: user);
        SipText challenge = Carol.Take("401 INVITE");
        challenged.Ack(challenge);
        return PeerDialog.Dial(
            Carol, "+2002", sdp,
            $"Replaces: {replaces}\r\n{World.Authorize(challenge["WWW-Authenticate"], user, password, "INVITE", $"sip:+2002@{World.ServerHost}")}", user: user);
    }

    private void TakeCancelled(PeerDialog called)
    {
        SipText cancel = Bob.Take("CANCEL");
        Bob.Respond(cancel, 200, called.LocalTag);
        called.Respond(487);
        Bob.Take("ACK");
    }

    private void EndLamp()
    {
        World.Advance(2);
        while (Carol.TakeAny() is { } notify)
        {
            Assert.Equal("NOTIFY", notify.Kind);
            Carol.Respond(notify, 200);
        }

        _lamp.End();
    }
}
