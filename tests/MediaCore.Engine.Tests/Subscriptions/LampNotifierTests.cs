using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Subscriptions;

/// <summary>Phones that are told of waiting messages although they have not subscribed.</summary>
public sealed class LampNotifierTests : ShardTest
{
    private readonly Peer _phone;

    public LampNotifierTests()
    {
        World.Options = World.Options with { MessageNotifications = MessageNotifications.Phones };
        World.Accounts.Add("bob", "secret");
        World.Messages["bob"] = new MessageSummary(2, 8, 0, 1);
        _phone = World.AddPeer("bob", "203.0.113.101");
    }

    [Fact]
    public void Phone_IsToldAfterEachRegistration()
    {
        World.Register(_phone, "bob", "secret");
        SipText notify = _phone.Take("NOTIFY");
        Assert.Equal(("message-summary", "terminated", "application/simple-message-summary"), (notify["Event"], notify["Subscription-State"], notify["Content-Type"]));
        Assert.Equal(("sip:c-bob@203.0.113.101:5060", "", "<sip:bob@192.0.2.1>"), (notify.Uri, notify.ToTag, notify["To"]));
        Assert.Equal("Messages-Waiting: yes\r\nMessage-Account: sip:bob@192.0.2.1\r\nVoice-Message: 2/8 (0/1)\r\n", notify.Body);
        _phone.Respond(notify, 200);
        World.Advance(30);
        _phone.TakeNothing();
        World.Register(_phone, "bob", "secret");
        SipText again = _phone.Take("NOTIFY");
        Assert.NotEqual(notify.CallId, again.CallId);
        _phone.Respond(again, 200);
        World.Advance(2);
        Assert.Equal(0, World.Shard.Core.Lamps.Count);
    }

    [Fact]
    public void Changes_AreTold_OneAtATime_AndNotMoreThanOnceASecond()
    {
        World.Register(_phone, "bob", "secret");
        SipText first = _phone.Take("NOTIFY");
        World.NoteMessages("bob", new MessageSummary(3, 8));
        World.NoteMessages("bob", new MessageSummary(4, 8));
        _phone.TakeNothing();
        _phone.Respond(first, 200);
        _phone.TakeNothing();
        World.Advance(1);
        SipText second = _phone.Take("NOTIFY");
        Assert.Contains("4/8", second.Body);
        _phone.Respond(second, 200);
        World.Advance(2);
        World.NoteMessages("bob", default);
        SipText last = _phone.Take("NOTIFY");
        Assert.StartsWith("Messages-Waiting: no\r\n", last.Body);
        _phone.Respond(last, 481);
        World.Advance(2);
        _phone.TakeNothing();
        Assert.Equal(0, World.Shard.Core.Lamps.Count);
    }

    [Fact]
    public void PhoneThatSubscribes_IsToldByItsSubscriptionAlone()
    {
        World.Register(_phone, "bob", "secret");
        _phone.Respond(_phone.Take("NOTIFY"), 200);
        var subscriber = new Subscriber(_phone, "bob", "secret", "message-summary");
        subscriber.Begin();
        Peer other = World.AddPeer("bob", "203.0.113.102");
        World.Register(other, "bob", "secret");
        other.Respond(other.Take("NOTIFY"), 200);
        World.Advance(5);
        World.NoteMessages("bob", new MessageSummary(1, 0));
        SipText unasked = other.Take("NOTIFY");
        Assert.Contains("1/0", unasked.Body);
        other.Respond(unasked, 200);
        Assert.Contains("1/0", subscriber.TakeNotify().Body);
        _phone.TakeNothing();
        World.Register(_phone, "bob", "secret");
        _phone.TakeNothing();

        // Its subscription over, it is a phone like others.
        subscriber.End();
        World.Register(_phone, "bob", "secret");
        _phone.Respond(_phone.Take("NOTIFY"), 200);
        World.Advance(2);
        Assert.Equal(0, World.Shard.Core.Lamps.Count);
    }

    [Fact]
    public void PhoneThatDoesNotAnswer_IsForgotten_UntilItRegistersAgain()
    {
        World.Register(_phone, "bob", "secret");
        World.Advance(40);
        Assert.Equal(0, World.Shard.Core.Lamps.Count);
        Assert.All(_phone.TakeAll(), static kind => Assert.Equal("NOTIFY", kind));
        World.Advance(40);
        _phone.TakeNothing();
        World.Register(_phone, "bob", "secret");
        _phone.Respond(_phone.Take("NOTIFY"), 200);
    }

    [Fact]
    public void AccountWithoutABox_AndAPhoneThatHasLeft_AreToldNothing()
    {
        World.Accounts.Add("eve", "secret");
        Peer eve = World.AddPeer("eve", "203.0.113.103");
        World.Register(eve, "eve", "secret");
        eve.TakeNothing();
        World.NoteMessages("bob", new MessageSummary(1, 0));
        _phone.TakeNothing();
        Assert.Equal(0, World.Shard.Core.Lamps.Count);
    }
}
