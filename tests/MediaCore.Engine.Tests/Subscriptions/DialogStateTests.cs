using System.Xml.Linq;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Tests.Registrar;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Subscriptions;

/// <summary>The dialog package (RFC 4235): what a subscriber hears of an account's calls.</summary>
public sealed class DialogStateTests : RegistrarTest
{
    private static readonly XNamespace s_names = "urn:ietf:params:xml:ns:dialog-info";

    private Subscriber? _phone;

    public DialogStateTests()
    {
        World.Route("+2002", new DialStep([new AccountTarget("bob")], Parallel: false, TimeSpan.FromSeconds(60)));
    }

    /// <summary>A second phone of bob's, which watches bob.</summary>
    private Subscriber Phone => _phone ??= new Subscriber(Carol, "bob", "secret", "dialog");

    [Fact]
    public void CallOfAnAccountThatIsCalled_IsToldFromRingingToItsEnd()
    {
        Register(Bob);
        Assert.Equal("0 full ", Read(Phone.Begin()));
        World.Advance(1);
        PeerDialog caller = PeerDialog.Call(Alice, "+2002");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(100);
        Assert.Equal("1 full recipient trying sip:+12025550123@192.0.2.1", Read(Phone.TakeNotify()));
        World.Advance(1);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        Assert.Equal("2 full recipient early sip:+12025550123@192.0.2.1", Read(Phone.TakeNotify()));
        World.Advance(1);
        Answer(caller, callee);
        Assert.Equal("3 full recipient confirmed sip:+12025550123@192.0.2.1", Read(Phone.TakeNotify()));
        World.Advance(1);
        HangUp(caller, callee);
        Assert.Equal("4 full recipient terminated sip:+12025550123@192.0.2.1", Read(Phone.TakeNotify()));
        World.Advance(1);
        Assert.Equal(200, Phone.Subscribe().Status);
        Assert.Equal("5 full ", Read(Phone.TakeNotify()));
        Phone.End();
    }

    [Fact]
    public void CallOfAnAccountThatCalls_IsToldAsItsInitiators()
    {
        World.Policy.Admission = CallerAdmission.Challenge;
        Phone.Begin();
        World.Advance(1);
        Invite(Dave, "bob", null);
        SipText provisional = Invite(Dave, "bob", Authorize(Dave.History[^1].Message["WWW-Authenticate"], method: "INVITE"));
        Assert.Equal(100, provisional.Status);
        Assert.Equal("1 full initiator trying sip:+1001@192.0.2.1", Read(Phone.TakeNotify()));
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(100);
        World.Advance(1);
        callee.Respond(486);
        Bob.Take("ACK");
        Assert.Equal("2 full initiator terminated sip:+1001@192.0.2.1", Read(Phone.TakeNotify()));
        Dave.TakeAll();
        Phone.End();
    }

    [Fact]
    public void ChangesOfOneMoment_AreToldTogether()
    {
        Register(Bob);
        Phone.Begin();
        World.Advance(5);
        PeerDialog caller = PeerDialog.Call(Alice, "+2002");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        Answer(caller, callee);
        Assert.StartsWith("1 full recipient confirmed", Read(Phone.TakeNotify()));
        HangUp(caller, callee);
        World.Advance(0.9);
        Carol.TakeNothing();
        Assert.StartsWith("2 full recipient terminated", Read(Phone.TakeNotify()));
        Phone.End();
    }

    [Fact]
    public void CallerWhoWithholdsTheNumber_WithholdsItHereToo()
    {
        Register(Bob);
        Phone.Begin();
        World.Advance(1);
        PeerDialog caller = PeerDialog.Dial(Alice, "+2002", PeerSdp.Audio(Alice), "Privacy: id\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        SipText notify = Phone.TakeNotify();
        Assert.DoesNotContain("12025550123", notify.Body);
        Assert.DoesNotContain("Caller", notify.Body);
        Answer(caller, callee);
        Phone.TakeNotify();
        HangUp(caller, callee);
        Phone.TakeNotify();
        Phone.End();
    }

    [Fact]
    public void CallOnAnotherShard_IsTold_FromBeforeAndAfterTheSubscription()
    {
        World.ShardCount = 3;
        World.EntryShard = 1;
        Register(Bob);
        PeerDialog caller = PeerDialog.Call(Alice, "+2002");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(1, World.Call.Handle.Shard);
        World.EntryShard = 2;
        Assert.Equal("0 full recipient trying sip:+12025550123@192.0.2.1", Read(Phone.Begin()));
        World.EntryShard = 0;
        Answer(caller, callee);
        World.EntryShard = 1;
        Assert.Equal("1 full recipient confirmed sip:+12025550123@192.0.2.1", Read(Phone.TakeNotify()));
        HangUp(caller, callee);
        Assert.Equal("2 full recipient terminated sip:+12025550123@192.0.2.1", Read(Phone.TakeNotify()));
        Phone.End();
        Assert.Equal(0, World.Shards[2].Core.Notifier!.Count);
    }

    [Fact]
    public void NewsThatAFullMailboxLost_IsMadeUpForByTheNextRefresh()
    {
        World.ShardCount = 2;
        World.EntryShard = 1;
        Register(Bob);
        PeerDialog caller = PeerDialog.Call(Alice, "+2002");
        PeerDialog callee = PeerDialog.Answering(Bob);
        World.EntryShard = 0;
        Phone.Begin();
        Answer(caller, callee);
        Phone.TakeNotify();
        World.Mail.IsFull = true;
        HangUp(caller, callee);
        World.Advance(31);
        Carol.TakeNothing();
        Assert.True(World.Shards[1].Context.Statistics.HandOverDropped > 0);
        World.Mail.IsFull = false;
        Phone.Subscribe();
        Phone.TakeNotify();
        Assert.StartsWith("3 full recipient terminated", Read(Phone.TakeNotify()));
        Phone.End();
    }

    [Fact]
    public void FirstNotification_DoesNotWaitForAShardThatDoesNotAnswer()
    {
        World.ShardCount = 2;
        World.Mail.IsFull = true;
        Assert.Equal("0 full ", Read(Phone.Begin()));
        Phone.End();
    }

    [Fact]
    public void Dialogs_OfAnAccount_AreBounded()
    {
        var watched = new WatchedAccount(EventPackage.Dialog, "bob");
        for (int i = 0; i < 2 * SubscriptionLimits.MaxDialogs; i++)
        {
            Assert.Equal(i < SubscriptionLimits.MaxDialogs, watched.Take(View(i, DialogPhase.Early)));
        }

        Assert.True(watched.Take(View(0, DialogPhase.Terminated)));
        Assert.False(watched.Take(View(1, DialogPhase.Trying)));
        Assert.True(watched.Take(View(100, DialogPhase.Early)));
        Assert.Equal(SubscriptionLimits.MaxDialogs, watched.GetDialogs(0).Count());
    }

    private static DialogView View(int id, DialogPhase phase) => new() { Account = "bob", Id = "d" + id, Shard = 0, IsInitiator = true, Phase = phase };

    /// <summary>Version, state, and each dialog's direction, state and remote identity.</summary>
    private static string Read(SipText notify)
    {
        Assert.Equal("application/dialog-info+xml", notify["Content-Type"]);
        XElement root = XDocument.Parse(notify.Body).Root!;
        Assert.Equal(s_names + "dialog-info", root.Name);
        return $"{root.Attribute("version")!.Value} {root.Attribute("state")!.Value} " + string.Join("; ", root.Elements(s_names + "dialog").Select(static d =>
            $"{d.Attribute("direction")!.Value} {d.Element(s_names + "state")!.Value} {d.Element(s_names + "remote")!.Element(s_names + "identity")!.Value}"));
    }
}
