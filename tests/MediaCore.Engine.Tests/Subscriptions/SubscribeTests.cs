using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Tests.Registrar;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Subscriptions;

public sealed class SubscribeTests : RegistrarTest
{
    private Subscriber Summaries => new(Bob, "bob", "secret", "message-summary");

    [Fact]
    public void SUBSCRIBE_Proved_IsAccepted_AndToldAtOnce()
    {
        World.Messages["bob"] = new MessageSummary(2, 8, 0, 1);
        Subscriber phone = Summaries;
        phone.Event = "message-summary;id=7";
        SipText answer = phone.Subscribe(null, "Record-Route: <sip:203.0.113.101;lr>\r\n");
        Assert.Equal((200, "3600", "<sip:203.0.113.101;lr>"), (answer.Status, answer["Expires"], answer["Record-Route"]));
        SipText notify = phone.TakeNotify();
        Assert.Equal("active;expires=3600", notify["Subscription-State"]);
        Assert.Equal("message-summary;id=7", notify["Event"]);
        Assert.Equal("application/simple-message-summary", notify["Content-Type"]);
        Assert.Equal("<sip:203.0.113.101;lr>", notify["Route"]);
        Assert.Equal("sip:c-bob@203.0.113.101:5060", notify.Uri);
        Assert.Equal(answer.ToTag, notify.FromTag);
        Assert.Equal("Messages-Waiting: yes\r\nMessage-Account: sip:bob@192.0.2.1\r\nVoice-Message: 2/8 (0/1)\r\n", notify.Body);
        phone.End();
    }

    [Fact]
    public void SUBSCRIBE_OfAnAccountWithoutMessages_IsToldSo()
    {
        Subscriber phone = Summaries;
        Assert.StartsWith("Messages-Waiting: no\r\n", phone.Begin().Body);
        phone.End();
    }

    [Theory]
    [InlineData("presence", "", 489)]
    [InlineData("", "", 489)]
    [InlineData("Dialog", "", 489)]
    [InlineData("refer", "", 489)]
    [InlineData("dialog", "Accept: application/sdp\r\n", 406)]
    [InlineData("dialog", "Accept: application/sdp, */*\r\n", 200)]
    [InlineData("message-summary", "Accept: application/dialog-info+xml\r\n", 406)]
    [InlineData("dialog;id=0123456789012345678901234567890123456789012345678901234567890123456789", "", 400)]
    public void SUBSCRIBE_ThatWeCannotServe_IsRefused(string package, string extra, int status)
    {
        var phone = new Subscriber(Bob, "bob", "secret", package);
        SipText answer = phone.Subscribe(0, extra);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 489 ? "message-summary, dialog" : "", answer["Allow-Events"]);
        if (status == 200)
        {
            phone.TakeNotify();
        }
    }

    [Fact]
    public void SUBSCRIBE_WithHugeHeaders_IsRefusedWithoutState()
    {
        Assert.Equal(489, new Subscriber(Bob, "bob", "secret", "dialog;id=" + new string('x', 2_000)).Subscribe().Status);
        Assert.Equal(406, new Subscriber(Bob, "bob", "secret", "dialog").Subscribe(60, $"Accept: {string.Join(",", Enumerable.Repeat("a/b", 500))},*/*\r\n").Status);
        Assert.Equal(0, World.Statistics.ServerTransactions);
    }

    [Theory]
    [InlineData(1, 423)]
    [InlineData(59, 423)]
    [InlineData(60, 200)]
    public void Expires_TooShort_Gets423(int seconds, int status)
    {
        Subscriber phone = Summaries;
        SipText answer = phone.Subscribe(seconds);
        Assert.Equal((status, status == 423 ? "60" : ""), (answer.Status, answer["Min-Expires"]));
        if (status == 200)
        {
            phone.TakeNotify();
            phone.End();
        }
    }

    [Fact]
    public void Expires_TooLong_IsShortened()
    {
        Subscriber phone = Summaries;
        Assert.Equal("3600", phone.Subscribe(86_400)["Expires"]);
        phone.TakeNotify();
        phone.End();
    }

    [Theory]
    [InlineData("message-summary", "alice", "bob", 403)]
    [InlineData("dialog", "alice", "bob", 403)]
    [InlineData("dialog", "nobody", "bob", 403)]
    [InlineData("dialog", "bob", "alice", 403)]
    public void SUBSCRIBE_ToAnother_OrInAnothersName_Gets403(string package, string target, string from, int status) =>
        Assert.Equal(status, new Subscriber(Bob, "bob", "secret", package, target) { From = $"<sip:{from}@192.0.2.1>" }.Subscribe().Status);

    [Theory]
    [InlineData("dialog", "alice", 200)]
    [InlineData("dialog", "nobody", 404)]
    [InlineData("message-summary", "alice", 403)]
    public void SUBSCRIBE_ToAnother_WhereAllMay_IsAccepted(string package, string target, int status)
    {
        World.Options = World.Options with { DialogSubscriptions = DialogSubscriptions.All };
        var phone = new Subscriber(Bob, "bob", "secret", package, target);
        Assert.Equal(status, phone.Subscribe(0).Status);
        if (status == 200)
        {
            Assert.Contains("entity=\"sip:alice@192.0.2.1\"", phone.TakeNotify().Body);
        }
    }

    [Fact]
    public void SUBSCRIBE_WithAWrongPassword_Gets403()
    {
        Subscriber phone = Summaries;
        phone.Password = "guessed";
        Assert.Equal(403, phone.Subscribe().Status);
    }

    [Fact]
    public void SUBSCRIBE_OfATrunk_Gets403_AndOfAnUnknownPackage489()
    {
        World.Policy.InboundTrunks[Bob.Endpoint] = new Trunk { Name = "carrier", Targets = [World.Hop(Bob)] };
        Assert.Equal(403, Summaries.Subscribe().Status);
        Assert.Equal(489, new Subscriber(Bob, "bob", "secret", "presence").Subscribe().Status);
    }

    [Fact]
    public void SUBSCRIBE_WithoutAccounts_Gets405_AsPUBLISHDoesAlways()
    {
        World.IsSbc = true;
        SipText answer = Summaries.Subscribe();
        Assert.Equal(405, answer.Status);
        Bob.Send(Bob.Request("PUBLISH", "sip:bob@192.0.2.1", "<sip:bob@192.0.2.1>;tag=1", "<sip:bob@192.0.2.1>", Bob.NextId("pub"), 1, Bob.NextBranch(), "Event: presence\r\n"));
        Assert.Contains("INVITE", Bob.Take("405 PUBLISH")["Allow"]);
    }

    [Fact]
    public void SUBSCRIBE_WithoutContact_Gets400()
    {
        Subscriber phone = Summaries;
        phone.Contact = "*";
        Assert.Equal(400, phone.Subscribe().Status);
    }

    [Fact]
    public void Fetch_IsToldOnce_AndNothingIsKept()
    {
        Subscriber phone = Summaries;
        SipText notify = phone.Begin(0);
        Assert.Equal("terminated;reason=timeout", notify["Subscription-State"]);
        Assert.Equal(0, World.Shard.Core.Notifier!.Count);
        World.NoteMessages("bob", new MessageSummary(1, 0));
        World.Advance(5);
        Bob.TakeNothing();
    }

    [Fact]
    public void Subscription_ThatIsNotRefreshed_RunsOut()
    {
        Subscriber phone = Summaries;
        phone.Begin(60);
        World.Advance(59);
        Bob.TakeNothing();
        Assert.Equal("terminated;reason=timeout", phone.TakeNotify()["Subscription-State"]);
        Assert.Equal(0, World.Shard.Core.Notifier!.Count);
        Assert.Equal(481, phone.Subscribe().Status);
    }

    [Fact]
    public void Subscription_Refreshed_GoesOn_AndIsToldTheStateAgain()
    {
        Subscriber phone = Summaries;
        phone.Begin(60);
        World.Advance(50);
        Assert.Equal(200, phone.Subscribe(60).Status);
        Assert.Equal("active;expires=60", phone.TakeNotify()["Subscription-State"]);
        World.Advance(50);
        Bob.TakeNothing();
        phone.End();
    }

    [Fact]
    public void Refresh_ThatIsNotTheSubscribers_ChangesNothing()
    {
        Subscriber phone = Summaries;
        phone.Begin();
        phone.Event = "dialog";
        Assert.Equal(481, phone.Subscribe(0).Status);
        phone.Event = "message-summary;id=1";
        Assert.Equal(481, phone.Subscribe(0).Status);
        phone.Event = "message-summary";
        (phone.User, phone.Password) = ("alice", "hidden");
        Assert.Equal(403, phone.Subscribe(0).Status);
        (phone.User, phone.Password) = ("bob", "secret");
        string tag = phone.RemoteTag;
        phone.RemoteTag = tag + "0";
        Assert.Equal(481, phone.Subscribe(0).Status);
        phone.RemoteTag = tag;
        uint cseq = phone.CSeq;
        phone.CSeq = 0;
        Assert.Equal(500, phone.Subscribe(0).Status);
        phone.CSeq = cseq;
        Bob.TakeNothing();
        phone.End();
    }

    [Theory]
    [InlineData(481, true)]
    [InlineData(489, true)]
    [InlineData(404, true)]
    [InlineData(400, false)]
    [InlineData(500, false)]
    public void NOTIFY_Refused_EndsTheSubscription_WhereItSaysSo(int status, bool ends)
    {
        Subscriber phone = Summaries;
        phone.Subscribe();
        phone.TakeNotify(status);
        Assert.Equal(ends ? 0 : 1, World.Shard.Core.Notifier!.Count);
        Assert.Equal(ends ? 0 : 1, World.Statistics.Subscriptions[(int)EventPackage.MessageSummary]);
        Assert.Equal(1, World.Statistics.Notifications[(int)NotificationResult.Refused]);
        if (!ends)
        {
            phone.End();
        }
    }

    [Fact]
    public void NOTIFY_Unanswered_EndsTheSubscription()
    {
        Summaries.Subscribe();
        World.Advance(33);
        Assert.Equal(0, World.Shard.Core.Notifier!.Count);
        Assert.Equal(1, World.Statistics.Notifications[(int)NotificationResult.TimedOut]);
    }

    [Fact]
    public void NOTIFY_ThatCannotBeSent_EndsTheSubscription()
    {
        Subscriber phone = Summaries;
        phone.Begin();
        World.Unreachable.Add(Bob);
        World.NoteMessages("bob", new MessageSummary(1, 0));
        World.Advance(2);
        Assert.Equal(0, World.Shard.Core.Notifier!.Count);
    }

    [Fact]
    public void Changes_AreToldOneAtATime_AndNotMoreThanOncePerSecond()
    {
        Subscriber phone = Summaries;
        phone.Subscribe();
        SipText first = Bob.Take("NOTIFY");
        for (int i = 1; i <= 5; i++)
        {
            World.NoteMessages("bob", new MessageSummary(i, 0));
        }

        Bob.TakeNothing();
        Bob.Respond(first, 200);
        Bob.TakeNothing();
        World.Advance(0.99);
        Bob.TakeNothing();
        World.Advance(0.05);
        SipText second = phone.TakeNotify();
        Assert.Contains("Voice-Message: 5/0", second.Body);
        Assert.Equal(first.CSeq + 1, second.CSeq);
        World.Advance(5);
        Bob.TakeNothing();
        phone.End();
    }

    [Fact]
    public void Drain_TellsSubscribersToLookElsewhere_AndTakesNoNewOnes()
    {
        Subscriber phone = Summaries;
        phone.Begin();
        World.Shard.Core.BeginDrain();
        Assert.Equal("terminated;reason=deactivated", phone.TakeNotify()["Subscription-State"]);
        SipText refusal = Summaries.Subscribe();
        Assert.Equal(503, refusal.Status);
        Assert.True(refusal.Has("Retry-After"));
    }

    [Fact]
    public void Account_ThatIsGone_EndsTheSubscriptionsToIt()
    {
        World.Options = World.Options with { DialogSubscriptions = DialogSubscriptions.All };
        var phone = new Subscriber(Bob, "bob", "secret", "dialog", "alice");
        phone.Begin();
        World.Accounts.Remove("alice");
        World.Advance(1);
        Assert.Equal(404, phone.Subscribe().Status);
        Assert.Equal("terminated;reason=noresource", phone.TakeNotify()["Subscription-State"]);
    }

    [Fact]
    public void Subscriptions_OfAnAccount_AreBounded()
    {
        var phones = new List<Subscriber>();
        for (int i = 0; i < SubscriptionLimits.MaxPerAccount; i++)
        {
            Subscriber phone = Summaries;
            phone.Begin();
            phones.Add(phone);
        }

        Assert.Equal(403, Summaries.Subscribe().Status);
        phones.ForEach(static p => p.End());
        Subscriber again = Summaries;
        again.Begin(0);
    }

    [Fact]
    public void Subscriptions_OfASource_AreBounded()
    {
        var registry = new SubscriptionRegistry();
        for (int i = 0; i < SubscriptionLimits.MaxPerSource; i++)
        {
            Assert.Equal(0, registry.TryEnter("a" + i, World.Endpoint("203.0.113.9", (ushort)(1024 + i))));
        }

        Assert.Equal(503, registry.TryEnter("b", World.Endpoint("203.0.113.9", 9)));
        Assert.Equal(0, registry.TryEnter("b", World.Endpoint("203.0.113.8", 9)));
        Assert.Equal(SubscriptionLimits.MaxPerSource + 1, registry.Total);
    }
}
