using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Queues.Matching;

namespace MediaCore.Numbers.Tests.Queues;

public sealed class QueueCoreTests
{
    [Fact]
    public void NoAnswer_CallerKeepsHisPlace_AgentRests_AndIsSetToNotReadyAtTheLast()
    {
        var world = new QueueWorld();
        world.Queue("q");
        world.Agents("q", "a");
        world.Join("q", "first");
        world.Join("q", "second");
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal("a", world.Ringing("first"));
            world.EndOffer("first", "a");
            Assert.Equal((WaiterState.Waiting, 1), (world.StateOf("first"), QueueCore.GetPosition(world.Core.Waiters[world.Id("first")])));
            world.Advance(9.9);
            Assert.Equal(WaiterState.Waiting, world.StateOf("first"));
            world.Advance(0.2);
        }

        Assert.Equal((AgentPresence.NotReady, "no-answer"), (world.Core.Seats.Values.Single().Presence, world.Core.Seats.Values.Single().Reason));
        world.Presence("a", AgentPresence.Ready);
        Assert.Equal("a", world.Ringing("first"));
    }

    [Theory]
    [InlineData(OfferEnd.NoAnswer, 10)]
    [InlineData(OfferEnd.Busy, 60)]
    [InlineData(OfferEnd.Rejected, 10)]
    [InlineData(OfferEnd.Failed, 10)]
    public void Offer_ThatEnds_LeavesTheAgentAloneForItsOwnTime(OfferEnd end, double seconds)
    {
        var world = new QueueWorld();
        world.Queue("q");
        world.Agents("q", "a");
        world.Join("q", "x");
        world.EndOffer("x", "a", end);
        world.Advance(seconds - 0.1);
        Assert.Equal("", world.Ringing("x"));
        world.Advance(0.2);
        Assert.Equal("a", world.Ringing("x"));
    }

    [Fact]
    public void Offer_ThatNobodyEnds_IsTakenBackByTheWatchdog()
    {
        var world = new QueueWorld();
        world.Queue("q");
        world.Agents("q", "a", "b");
        world.Join("q", "x");
        Assert.Equal("a", world.Ringing("x"));
        world.Advance(15 + 10 + 0.1);
        Assert.True(world.Has(QueueEffectKind.Cancel, "x"));
        Assert.Equal("b", world.Ringing("x"));
    }

    [Fact]
    public void WrapUp_OfOneQueue_KeepsTheAgentFromAllQueues_AndMayBeEnded()
    {
        var world = new QueueWorld();
        world.Queue("sales", static rules => rules with { WrapUp = TimeSpan.FromSeconds(30) });
        world.Queue("help");
        world.Agents("sales", "a");
        world.Member("help", "a");
        world.Join("sales", "x");
        world.Answer("x", "a");
        world.Advance(60);
        world.EndTalk("x");
        world.Join("help", "y");
        world.Advance(29.9);
        Assert.Equal(WaiterState.Waiting, world.StateOf("y"));
        world.Advance(0.2);
        Assert.Equal("a", world.Ringing("y"));
        world.Answer("y", "a");
        world.EndTalk("y");
        world.Join("sales", "z");
        world.Answer("z", "a");
        world.EndTalk("z");
        world.Join("help", "last");
        Assert.Equal(WaiterState.Waiting, world.StateOf("last"));
        Assert.True(world.Core.EndWrapUp(world.Id("a"), world.Now));
        world.Check();
        Assert.Equal("a", world.Ringing("last"));
    }

    [Fact]
    public void SharedAgent_GoesToTheCallerWhoIsFirstInAllQueues_PriorityAndCreditIncluded()
    {
        var world = new QueueWorld();
        world.Queue("q1");
        world.Queue("q2", static rules => rules with { Priority = 1 });
        world.Agent("a", isReady: false);
        world.Member("q1", "a");
        world.Member("q2", "a");
        world.Join("q1", "old");
        world.Advance(10);
        world.Join("q1", "young");
        world.Join("q2", "important");
        world.Presence("a", AgentPresence.Ready);
        string order = "";
        foreach (string _ in new[] { "", "", "" })
        {
            string next = new[] { "old", "young", "important" }.Single(name => world.StateOf(name) == WaiterState.Offering);
            order += next + " ";
            world.Answer(next, "a");
            world.EndTalk(next);
        }

        Assert.Equal("important old young ", order);
    }

    [Fact]
    public void Tiers_OpenWithTheWait_AndThoseWithoutAnybodyCostNone()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with { TierWait = TimeSpan.FromSeconds(20) });
        foreach ((string name, int tier) in new[] { ("one", 1), ("two", 2), ("three", 3) })
        {
            world.Agent(name);
            world.Member("q", name, tier);
        }

        world.Join("q", "x");
        Assert.Equal("one", world.Ringing("x"));
        world.Join("q", "y");
        world.Advance(10);
        Assert.Equal("", world.Ringing("y"));
        world.Advance(10.1);
        Assert.Equal("two", world.Ringing("y"));
        world.Answer("y", "two");
        world.Answer("x", "one");

        // Of tier 1 and 2 nobody is there: the third is asked at once.
        world.EndTalk("x");
        world.EndTalk("y");
        world.Presence("one", AgentPresence.SignedOut);
        world.Presence("two", AgentPresence.NotReady);
        world.Join("q", "z");
        Assert.Equal("three", world.Ringing("z"));
    }

    [Fact]
    public void Skills_AreRelaxedByTheClock_WhileASkilledAgentRings_AndAStepWithoutAnybodyIsPassedAtOnce()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with
        {
            Skills = Expression("english >= 80"),
            Relax = [new RelaxStep(TimeSpan.FromSeconds(30), Expression("english > 0"), true), new RelaxStep(TimeSpan.FromSeconds(60), SkillExpression.None, true)],
            DelayNoAnswer = TimeSpan.FromSeconds(300),
        });
        world.Agent("good", "english=90");
        world.Agent("some", "english=20");
        world.Member("q", "good");
        world.Member("q", "some");
        world.Join("q", "x");
        Assert.Equal("good", world.Ringing("x"));
        world.Advance(31);

        // Rang all the time; when that comes to nothing the wait counts.
        world.EndOffer("x", "good");
        Assert.Equal("some", world.Ringing("x"));

        // Nobody has the skill: the step that asks for it is passed over.
        world.Presence("good", AgentPresence.SignedOut);
        world.Answer("x", "some");
        world.EndTalk("x");
        world.Join("q", "y");
        Assert.Equal("some", world.Ringing("y"));
    }

    [Fact]
    public void CallSkills_AreAskedBesideTheQueues()
    {
        var world = new QueueWorld();
        world.Queue("q");
        world.Agent("plain");
        world.Agent("vip", "vip=50");
        world.Member("q", "plain");
        world.Member("q", "vip");
        world.Join("q", "x", null, ("vip", 50));
        Assert.Equal("vip", world.Ringing("x"));
        world.Join("q", "y", null, ("vip", 50));
        Assert.Equal(WaiterState.Waiting, world.StateOf("y"));
        world.Join("q", "z");
        Assert.Equal("plain", world.Ringing("z"));
    }

    [Fact]
    public void Queue_RefusesCallers_WhenFullEmptyOrTooLong()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with { MaxEntries = 3, JoinEmpty = EmptyPolicy.NobodyStaffed, MaxPerAgent = 2 });
        Assert.Equal(JoinAnswer.Empty, world.Join("q", "early"));
        world.Agents("q", "a");
        world.Presence("a", AgentPresence.NotReady, "lunch");
        Assert.Equal(JoinAnswer.Empty, world.Join("q", "lunch"));
        world.Presence("a", AgentPresence.Ready);
        Assert.Equal(JoinAnswer.Joined, world.Join("q", "one"));
        Assert.Equal(JoinAnswer.Joined, world.Join("q", "two"));
        Assert.Equal(JoinAnswer.TooLong, world.Join("q", "three"));
        world.Queue("q", static rules => rules with { MaxEntries = 2 });
        Assert.Equal(JoinAnswer.Full, world.Join("q", "four"));
        Assert.Equal(JoinAnswer.Unknown, world.Join("nowhere", "five"));
    }

    [Fact]
    public void Callers_AreLedOut_WhenTheLastAgentLeaves()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with { LeaveEmpty = EmptyPolicy.NobodySignedIn });
        world.Agents("q", "a");
        world.Join("q", "x");
        world.Join("q", "y");
        world.Presence("a", AgentPresence.NotReady);
        Assert.Equal((WaiterState.Waiting, WaiterState.Waiting), (world.StateOf("x"), world.StateOf("y")));
        world.Presence("a", AgentPresence.SignedOut);
        Assert.True(world.Has(QueueEffectKind.Emptied, "x") && world.Has(QueueEffectKind.Emptied, "y"));
    }

    [Fact]
    public void Overflow_ClimbsItsLadder_AndAnotherQueueKeepsTheWaiting()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with
        {
            Skills = Expression("rare > 0"),
            Relax = [new RelaxStep(TimeSpan.FromHours(1), SkillExpression.None, true)],
            TierWait = TimeSpan.FromHours(1),
            Overflow =
            [
                new OverflowStep { After = TimeSpan.FromSeconds(10), OpenTier = true },
                new OverflowStep { After = TimeSpan.FromSeconds(20), Relax = true },
                new OverflowStep { After = TimeSpan.FromSeconds(30), Queue = "other" },
                new OverflowStep { After = TimeSpan.FromSeconds(40), Then = [] },
            ],
        });
        world.Queue("other", static rules => rules with { Overflow = [new OverflowStep { After = TimeSpan.FromSeconds(15), Queue = "q" }, new OverflowStep { After = TimeSpan.FromSeconds(20) }] });
        world.Agent("one", "rare=1");
        world.Agent("two", "rare=1");
        world.Member("q", "one", tier: 1);
        world.Member("q", "two", tier: 2);
        world.Agent("any");
        world.Member("q", "any", tier: 1, paused: true);
        world.Join("q", "busy");
        world.Answer("busy", "one");
        world.Join("q", "x");
        world.Advance(9);
        Assert.Equal("", world.Ringing("x"));
        world.Advance(2);
        Assert.Equal("two", world.Ringing("x"));
        world.EndOffer("x", "two", OfferEnd.Busy);
        world.Advance(20);
        Assert.True(world.Has(QueueEffectKind.Moved, "x"));
        Waiter moved = world.Last.Single(static effect => effect.Kind == QueueEffectKind.Moved).Other!;
        Assert.Equal(("other", 30_000L), (moved.Queue.Rules.Name, moved.CreditMs));

        // Not back to where he was; the next step of the ladder.
        world.Advance(21);
        Assert.Contains(world.Last, effect => effect.Kind == QueueEffectKind.Overflow && effect.Value == 1 && ReferenceEquals(effect.Waiter, moved));
    }

    [Fact]
    public void MaxWait_IsNotReached_WhileSomebodyRings()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with { MaxWait = TimeSpan.FromSeconds(20) });
        world.Agents("q", "a");
        world.Join("q", "x");
        world.Advance(21);
        Assert.Equal("a", world.Ringing("x"));
        world.EndOffer("x", "a");
        Assert.True(world.Has(QueueEffectKind.TimedOut, "x"));
    }

    [Fact]
    public void PausedMember_GetsNothing_UntilThatEnds()
    {
        var world = new QueueWorld();
        world.Queue("q");
        world.Agent("a");
        world.Member("q", "a", paused: true);
        world.Join("q", "x");
        Assert.Equal("", world.Ringing("x"));
        world.Member("q", "a");
        Assert.Equal("a", world.Ringing("x"));
    }

    [Fact]
    public void UnregisteredAgent_IsNotRung_UntilHisPhoneIsBack()
    {
        var world = new QueueWorld();
        world.Queue("q");
        world.Agents("q", "a");
        world.Core.SetReachable(world.Id("a"), false, world.Now);
        world.Join("q", "x");
        Assert.Equal("", world.Ringing("x"));
        world.Core.SetReachable(world.Id("a"), true, world.Now);
        world.Check();
        Assert.Equal("a", world.Ringing("x"));
    }

    [Fact]
    public void Agent_WhoIsNotReadyWhileItRings_IsTakenBack_AndTheNextIsRung()
    {
        var world = new QueueWorld();
        world.Queue("q");
        world.Agents("q", "a", "b");
        world.Join("q", "x");
        world.Presence("a", AgentPresence.NotReady, "lunch");
        Assert.True(world.Has(QueueEffectKind.Cancel, "x"));
        Assert.Equal("b", world.Ringing("x"));
    }

    [Fact]
    public void Callback_AgentFirst_KeepsItsPlace_IsTriedAgain_AndGivenUp()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with { Callback = new CallbackRules { Attempts = 2, Between = TimeSpan.FromSeconds(60) } });
        world.Agents("q", "a");
        world.Join("q", "talking");
        world.Answer("talking", "a");
        world.Join("q", "x");
        world.Join("q", "later");
        Assert.True(world.Core.BecomeCallback(world.Id("x"), world.Now));
        world.Check();
        Assert.Equal(QueueEntryState.Callback, world.Core.Waiters[world.Id("x")].RowState);
        world.EndTalk("talking");
        Assert.Equal("a", world.Ringing("x"));
        world.Core.FailCallback(world.Id("x"), world.Now);
        world.Check();
        Assert.Equal((WaiterState.Parked, "a"), (world.StateOf("x"), world.Ringing("later")));
        world.Answer("later", "a");
        world.Advance(61);
        Assert.Equal(WaiterState.Waiting, world.StateOf("x"));
        world.EndTalk("later");
        world.Core.FailCallback(world.Id("x"), world.Now);
        world.Check();
        Assert.True(world.Has(QueueEffectKind.CallbackOver, "x"));
    }

    [Fact]
    public void Callback_CustomerFirst_ReservesNobody_AndComesBackAtItsPlace()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with { Callback = new CallbackRules { Mode = CallbackMode.CustomerFirst, Trunk = "t" } });
        world.Agents("q", "a");
        world.Join("q", "talking");
        world.Answer("talking", "a");
        world.Join("q", "x");
        world.Join("q", "later");
        world.Join("q", "last");
        Assert.True(world.Core.BecomeCallback(world.Id("x"), world.Now));
        world.EndTalk("talking");
        Assert.True(world.Has(QueueEffectKind.CallCustomer, "x"));
        Assert.Equal("a", world.Ringing("later"));
        Assert.NotNull(world.Core.Return(world.Id("x"), "again", "line", world.Now));
        world.Check();
        world.Answer("later", "a");
        world.EndTalk("later");
        Assert.Equal("a", world.Ringing("x"));
    }

    [Fact]
    public void Caller_WithACallback_WhoCallsAgain_HasHisPlace_AndNoCallbackAnyMore()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with { Callback = new CallbackRules() });
        world.Agent("a", isReady: false);
        world.Member("q", "a");
        world.Join("q", "x");
        world.Core.BecomeCallback(world.Id("x"), world.Now);
        world.Advance(30);
        world.Join("q", "y");
        world.Advance(30);
        Guid callback = world.Id("x");
        world.Join("q", "x");
        Assert.Contains(world.Last, effect => effect.Kind == QueueEffectKind.CallbackOver && effect.Waiter!.Id == callback);
        world.Presence("a", AgentPresence.Ready);
        Assert.Equal("a", world.Ringing("x"));
    }

    [Fact]
    public void Announcements_SayThePosition_AndAWaitOnlyWhenItIsLess()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with { Announcements = new AnnouncementRules { Position = true, Wait = true, Every = TimeSpan.FromSeconds(90) } });
        world.Agents("q", "a");
        world.Join("q", "first");
        world.Answer("first", "a");
        world.Advance(240);
        world.EndTalk("first");
        world.Join("q", "second");
        world.Answer("second", "a");
        world.Join("q", "x");
        world.Join("q", "y");
        QueueEffect said = world.Last.Single(static effect => effect.Kind == QueueEffectKind.Announce);
        Assert.Equal(2, said.Value);
        Assert.True(said.Minutes >= 1, $"{said.Minutes}");
        world.Advance(91);
        Assert.Equal([0, 0], world.Last.Where(static effect => effect.Kind == QueueEffectKind.Announce).Select(static effect => effect.Minutes));
        Assert.Equal([1, 2], world.Last.Where(static effect => effect.Kind == QueueEffectKind.Announce).Select(static effect => effect.Value).Order());
    }

    [Fact]
    public void KeptPlace_IsTheCallersAgain()
    {
        var world = new QueueWorld();
        world.Queue("q");
        world.Agent("a", isReady: false);
        world.Member("q", "a");
        QueueState queue = world.Core.Find("q")!;
        var row = Guid.NewGuid();
        queue.Kept.Add("x", new KeptPlace(row, world.Now - 60_000, 0, 0));
        world.Join("q", "y");
        world.Join("q", "x");
        Assert.Equal(row, world.Id("x"));
        world.Presence("a", AgentPresence.Ready);
        Assert.Equal("a", world.Ringing("x"));
    }

    private static SkillExpression Expression(string text)
    {
        Assert.True(SkillExpression.TryParse(text, out SkillExpression? expression, out _));
        return expression;
    }
}
