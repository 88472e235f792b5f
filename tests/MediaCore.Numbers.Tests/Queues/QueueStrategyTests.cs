using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Queues.Matching;

namespace MediaCore.Numbers.Tests.Queues;

public sealed class QueueStrategyTests
{
    private int _callers;

    [Theory]
    [InlineData(QueueStrategy.LongestIdle, "a b c a b c")]
    [InlineData(QueueStrategy.RoundRobin, "a b c a b c")]
    [InlineData(QueueStrategy.FewestCalls, "a b c a b c")]
    [InlineData(QueueStrategy.TopDown, "a a a a a a")]
    [InlineData(QueueStrategy.Sequential, "a a a a a a")]
    public void Strategy_WithEqualCalls_AsksInItsOrder(QueueStrategy strategy, string order)
    {
        QueueWorld world = Create(strategy);
        Assert.Equal(order, string.Join(' ', Enumerable.Range(0, 6).Select(_ => Talk(world, 10))));
    }

    [Fact]
    public void LongestIdle_WhoIsBusyOnAnotherServer_IsNotIdle()
    {
        QueueWorld world = Create(QueueStrategy.LongestIdle);
        world.Advance(60);
        world.Join("q", "x");
        Assert.Equal("a", world.Ringing("x"));
        world.EndOffer("x", "a", OfferEnd.Elsewhere);
        Assert.Equal("b", world.Ringing("x"));
        world.Answer("x", "b");
        world.Advance(5);
        world.EndTalk("x");
        Assert.Equal("c a b", $"{Talk(world, 10)} {Talk(world, 10)} {Talk(world, 10)}");
    }

    [Fact]
    public void RoundRobin_GoesOnAfterWhoWasAskedLast_EvenWhenOthersAreIdleLonger()
    {
        QueueWorld world = Create(QueueStrategy.RoundRobin);
        Assert.Equal("a", Talk(world, 10));
        world.Presence("b", AgentPresence.NotReady);
        Assert.Equal("c", Talk(world, 10));
        world.Presence("b", AgentPresence.Ready);
        Assert.Equal("a", Talk(world, 10));
        Assert.Equal("b", Talk(world, 10));
    }

    [Fact]
    public void Sequential_CallerGoesDownTheList_AndBeginsAgainAfterTheLast()
    {
        QueueWorld world = Create(QueueStrategy.Sequential, rules => rules with { DelayNoAnswer = TimeSpan.Zero });
        world.Join("q", "x");
        string asked = "";
        for (int i = 0; i < 5; i++)
        {
            string agent = world.Ringing("x");
            asked += agent;
            world.EndOffer("x", agent);
        }

        Assert.Equal("abcab", asked);
    }

    [Fact]
    public void TopDown_AsksTheFirstWhoIsReady_LowerTierAndPenaltyFirst()
    {
        var world = new QueueWorld();
        world.Queue("q", rules => rules with { Strategy = QueueStrategy.TopDown });
        foreach ((string name, int tier, int penalty) in new[] { ("far", 2, 0), ("late", 1, 5), ("first", 1, 1) })
        {
            world.Agent(name);
            world.Member("q", name, tier, penalty);
        }

        world.Join("q", "x");
        world.Join("q", "y");
        world.Join("q", "z");
        Assert.Equal("first late far", $"{world.Ringing("x")} {world.Ringing("y")} {world.Ringing("z")}");
    }

    [Fact]
    public void LeastTalkTime_PrefersWhoHasTalkedLess()
    {
        QueueWorld world = Create(QueueStrategy.LeastTalkTime);
        Assert.Equal("a", Talk(world, 100));
        Assert.Equal("b", Talk(world, 20));
        Assert.Equal("c", Talk(world, 50));
        Assert.Equal("b", Talk(world, 20));
        Assert.Equal("b", Talk(world, 20));
        Assert.Equal("c", Talk(world, 1));
    }

    [Fact]
    public void LeastOccupied_PrefersTheLowerShareOfTheShift()
    {
        QueueWorld world = Create(QueueStrategy.LeastOccupied);
        Assert.Equal("a", Talk(world, 60));
        Assert.Equal("b", Talk(world, 10));
        world.Advance(300);
        Assert.Equal("c", Talk(world, 60));

        // a: 60 of its 60 s; b: 10 of 70; c: 60 of 430, as of the end of each one's last call.
        Assert.Equal("c", Talk(world, 1));
    }

    [Fact]
    public void RingAll_RingsEverybody_AndTheOthersAreFreeAtTheAnswer()
    {
        QueueWorld world = Create(QueueStrategy.RingAll);
        world.Join("q", "x");
        Assert.Equal("a b c", world.Ringing("x"));
        world.Join("q", "y");
        Assert.Equal(WaiterState.Waiting, world.StateOf("y"));
        world.Answer("x", "b");
        Assert.Equal(["a", "c"], world.Last.Where(static effect => effect.Kind == QueueEffectKind.Cancel).Select(static effect => effect.Seat!.Account).Order());

        // The next caller has them in the same moment.
        Assert.Equal(["a", "c"], world.Ringing("y").Split(' ').Order());
    }

    [Fact]
    public void RingAll_IsBounded_ByWhatADialMayHave()
    {
        QueueWorld world = Create(QueueStrategy.RingAll);
        world.Agents("q", [.. Enumerable.Range(0, 20).Select(static i => $"n{i}")]);
        world.Join("q", "x");
        Assert.Equal(QueueLimits.MaxRingAtOnce, world.Ringing("x").Split(' ').Length);
    }

    [Fact]
    public void RingProgressive_AddsOneAfterTheOther_AndEndsNone()
    {
        QueueWorld world = Create(QueueStrategy.RingProgressive, rules => rules with { ProgressEvery = TimeSpan.FromSeconds(4) });
        world.Join("q", "x");
        Assert.Equal("a", world.Ringing("x"));
        world.Advance(4);
        Assert.Equal("a b", world.Ringing("x"));
        world.Advance(4.1);
        Assert.Equal("a b c", world.Ringing("x"));
        world.EndOffer("x", "a");
        Assert.Equal("b c", world.Ringing("x"));
    }

    [Fact]
    public void SkillsBest_PrefersTheHighestLevels_OfWhatIsAsked()
    {
        var world = new QueueWorld();
        world.Queue("q", rules => rules with { Strategy = QueueStrategy.SkillsBest, Skills = Expression("french > 0") });
        world.Agent("low", "french=10,sales=100");
        world.Agent("best", "french=90");
        world.Agent("none", "sales=100");
        foreach (string agent in new[] { "low", "best", "none" })
        {
            world.Member("q", agent);
        }

        world.Join("q", "x");
        world.Join("q", "y");
        world.Join("q", "z");
        Assert.Equal(("best", "low", WaiterState.Waiting), (world.Ringing("x"), world.Ringing("y"), world.StateOf("z")));
    }

    [Theory]
    [InlineData(QueueStrategy.Random, 0.5)]
    [InlineData(QueueStrategy.WeightedRandom, 0.8)]
    public void Random_DrawsByWeight(QueueStrategy strategy, double expected)
    {
        var world = new QueueWorld(seed: 7);
        world.Queue("q", rules => rules with { Strategy = strategy });
        world.Agent("often");
        world.Member("q", "often", penalty: 0);
        world.Agent("rarely");
        world.Member("q", "rarely", penalty: 3);
        int often = Enumerable.Range(0, 4_000).Count(_ => Talk(world, 1) == "often");

        // Four standard deviations of 4,000 draws; the seed is fixed.
        Assert.InRange(often / 4_000d, expected - 0.032, expected + 0.032);
    }

    [Fact]
    public void Strategy_ChangedWhileCallersWait_HoldsFromThenOn()
    {
        QueueWorld world = Create(QueueStrategy.LongestIdle);
        Assert.Equal("a", Talk(world, 10));
        world.Queue("q", rules => rules with { Strategy = QueueStrategy.TopDown });
        Assert.Equal("a", Talk(world, 10));
        Assert.Equal("a", Talk(world, 10));
    }

    /// <summary>Ready agents in lists of every size: what is put in is found, in its order, and nothing else.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4_097)]
    public void ReadyIndexes_OfAnySize_GiveWhatWasPutIn(int size)
    {
        var queue = new QueueState(new QueueRules { Id = Guid.NewGuid() });
        for (int i = 0; i < size; i++)
        {
            var seat = new AgentSeat(Guid.NewGuid()) { IdleSinceMs = (i * 7_919L) % size };
            var member = new Member(queue, seat, i);
            seat.Members.Add(member);
            queue.Add(member);
        }

        queue.Build();
        var demand = new Demand(SkillExpression.None);
        var waiter = new Waiter(Guid.NewGuid(), queue);
        foreach (QueueStrategy strategy in new[] { QueueStrategy.LongestIdle, QueueStrategy.TopDown, QueueStrategy.Random })
        {
            var random = new Random(size);
            var lot = new Lot(1);
            ReadyIndex index = ReadyIndex.Create(strategy, demand, queue.Members, 0, size);
            var there = new SortedSet<int>();
            for (int step = 0; step < 2_000; step++)
            {
                int slot = random.Next(size);
                Member member = queue.Members[slot];
                if (there.Remove(slot))
                {
                    index.Remove(member);
                }
                else
                {
                    there.Add(slot);
                    index.Add(member);
                }

                Assert.Equal(there.Count, index.Count);
                if (there.Count == 0)
                {
                    continue;
                }

                int chosen = index.Choose(waiter, queue.Members, lot).Slot;
                Assert.Contains(chosen, there);
                if (strategy == QueueStrategy.TopDown)
                {
                    Assert.Equal(there.Min, chosen);
                }
                else if (strategy == QueueStrategy.LongestIdle && step % 50 == 0)
                {
                    Assert.Equal(there.Min(at => (at * 7_919L) % size), queue.Members[chosen].Seat.IdleSinceMs);
                }
            }
        }
    }

    private static QueueWorld Create(QueueStrategy strategy, Func<QueueRules, QueueRules>? more = null)
    {
        var world = new QueueWorld();
        world.Queue("q", rules => (more ?? (static plain => plain))(rules with { Strategy = strategy }));
        world.Agents("q", "a", "b", "c");
        return world;
    }

    /// <summary>One caller is answered and talks; who it was.</summary>
    private string Talk(QueueWorld world, double seconds)
    {
        string caller = $"caller{_callers++}";
        world.Join("q", caller);
        string agent = world.Ringing(caller);
        world.Answer(caller, agent);
        world.Advance(seconds);
        world.EndTalk(caller);
        return agent;
    }

    private static SkillExpression Expression(string text)
    {
        Assert.True(SkillExpression.TryParse(text, out SkillExpression? expression, out _));
        return expression;
    }
}
