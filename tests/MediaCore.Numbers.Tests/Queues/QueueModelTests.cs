using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Queues.Matching;

namespace MediaCore.Numbers.Tests.Queues;

public sealed class QueueModelTests
{
    private static readonly QueueStrategy[] Strategies = Enum.GetValues<QueueStrategy>();

    /// <summary>A hundred thousand inputs at random; <see cref="QueueWorld.Check"/> holds after each.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Inputs_AtRandom_KeepInvariantsAndLiveness(int seed)
    {
        var random = new Random(seed);
        var world = new QueueWorld((ulong)seed);
        string[] queues = ["q0", "q1", "q2", "q3"];
        string[] agents = [.. Enumerable.Range(0, 9).Select(static i => $"a{i}")];
        foreach (string queue in queues)
        {
            world.Queue(queue, rules => Vary(rules, random, queues));
        }

        foreach (string agent in agents)
        {
            world.Agent(agent, $"en={random.Next(101)},de={random.Next(101)}", maxNoAnswer: 1, isReady: false);
            foreach (string queue in queues.Where(_ => random.Next(2) == 0))
            {
                world.Member(queue, agent, random.Next(1, 4), random.Next(4));
            }
        }

        int[] seen = new int[20];
        int callers = 0;
        for (int step = 0; step < 25_000; step++)
        {
            Waiter[] all = [.. world.Core.Waiters.Values];
            Waiter? any = all.Length == 0 ? null : all[random.Next(all.Length)];
            string agent = agents[random.Next(agents.Length)];
            Guid seat = world.Id(agent);
            string queue = queues[random.Next(queues.Length)];
            int input = random.Next(100);
            switch (input)
            {
                case < 18:
                    world.Join(queue, $"c{callers++ % 40}-{callers}", random.Next(8) == 0 ? random.Next(3) : null, random.Next(6) == 0 ? [("en", random.Next(101))] : []);
                    break;
                case < 22 when any is not null:
                    world.Core.Leave(any.Id, random.Next(3) == 0, world.Now);
                    break;
                case < 40 when any is { Offers.Count: > 0 }:
                    Assert.True(world.Core.Answer(any.Id, any.Offers[random.Next(any.Offers.Count)].Id, world.Now));
                    break;
                case < 50 when any is { Offers.Count: > 0 }:
                    world.Core.EndOffer(any.Id, any.Offers[random.Next(any.Offers.Count)].Id, (OfferEnd)random.Next(5), world.Now);
                    break;
                case < 64 when any is { State: WaiterState.Connected }:
                    world.Core.EndTalk(any.Id, world.Now);
                    break;
                case < 72:
                    world.Core.SetPresence(seat, random.Next(4) == 0 ? (AgentPresence)random.Next(3) : AgentPresence.Ready, "", world.Now);
                    break;
                case < 75:
                    world.Core.SetReachable(seat, random.Next(4) > 0, world.Now);
                    break;
                case < 78:
                    world.Core.EndWrapUp(seat, world.Now);
                    break;
                case < 80:
                    world.Core.SetMember(world.Id(queue), seat, random.Next(1, 4), random.Next(4), random.Next(4) == 0);
                    world.Core.Review(world.Now);
                    break;
                case 80:
                    world.Core.RemoveMember(world.Id(queue), seat);
                    world.Core.Review(world.Now);
                    break;
                case 81:
                    world.Queue(queue, rules => Vary(rules, random, queues));
                    break;
                case 82:
                    world.Agent(agent, $"en={random.Next(101)},de={random.Next(101)}", maxNoAnswer: 1, isReady: random.Next(2) == 0);
                    break;
                case < 86 when any is not null:
                    world.Core.BecomeCallback(any.Id, world.Now);
                    break;
                case < 88 when any is { Callback: not null }:
                    world.Core.FailCallback(any.Id, world.Now);
                    break;
                case < 90 when any is { State: WaiterState.Calling }:
                    world.Core.Return(any.Id, "again", "line", world.Now);
                    break;
                case 90 when random.Next(10) == 0:
                    world.Core.RemoveQueue(world.Id(queue), world.Now);
                    world.Check();
                    world.Queue(queue, rules => Vary(rules, random, queues));
                    break;
                default:
                    world.Advance(random.Next(4) == 0 ? random.NextDouble() * 60 : random.NextDouble() * 3);
                    break;
            }

            List<QueueEffect> told = world.Last;
            world.Check();
            foreach (QueueEffect effect in told.Concat(world.Last))
            {
                seen[(int)effect.Kind]++;
            }

            world.Last.Clear();
        }

        // It has been everywhere.
        foreach (QueueEffectKind kind in Enum.GetValues<QueueEffectKind>())
        {
            Assert.True(seen[(int)kind] > 0 || kind == QueueEffectKind.Closed, $"No {kind} was seen.");
        }

        // Everybody is let go: nothing is left behind.
        foreach (Waiter waiter in world.Core.Waiters.Values.ToArray())
        {
            world.Core.Leave(waiter.Id, false, world.Now);
        }

        world.Check();
        Assert.Empty(world.Core.Waiters);
        Assert.All(world.Core.Queues, static queue => Assert.True(queue.Waiters.Count == 0 && queue.Callbacks.Count == 0 && queue.Demands.All(static demand => demand.Users == 0)));
        Assert.DoesNotContain(world.Core.Seats.Values, static seat => seat.State is SeatState.Offered or SeatState.Talking);
    }

    private static QueueRules Vary(QueueRules rules, Random random, string[] queues) => rules with
    {
        Strategy = Strategies[random.Next(Strategies.Length)],
        MaxEntries = random.Next(4, 10),
        MaxWait = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(10, 200)) : TimeSpan.Zero,
        WrapUp = TimeSpan.FromSeconds(random.Next(3) * 5),
        TierWait = TimeSpan.FromSeconds(random.Next(3) * 4),
        Skills = random.Next(2) == 0 ? Expression("en >= 40") : SkillExpression.None,
        Relax = random.Next(2) == 0 ? [new RelaxStep(TimeSpan.FromSeconds(5), Expression("en > 10 | de > 50"), true), new RelaxStep(TimeSpan.FromSeconds(12), SkillExpression.None, false)] : [],
        JoinEmpty = (EmptyPolicy)random.Next(3),
        LeaveEmpty = (EmptyPolicy)random.Next(3),
        Announcements = new AnnouncementRules { Position = true, Wait = true, Every = TimeSpan.FromSeconds(20) },
        Callback = random.Next(3) > 0 ? new CallbackRules { Mode = (CallbackMode)random.Next(2), Between = TimeSpan.FromSeconds(20), Expires = TimeSpan.FromSeconds(300) } : null,
        Overflow = random.Next(2) == 0
            ? []
            :
            [
                new OverflowStep { After = TimeSpan.FromSeconds(random.Next(30)), Relax = true },
                new OverflowStep { Waiting = 3, OpenTier = true },
                new OverflowStep { After = TimeSpan.FromSeconds(random.Next(60)), Queue = queues[random.Next(queues.Length)] },
                new OverflowStep { After = TimeSpan.FromSeconds(40), Waiting = 3, Then = [] },
            ],
    };

    private static SkillExpression Expression(string text)
    {
        Assert.True(SkillExpression.TryParse(text, out SkillExpression? expression, out _));
        return expression;
    }
}
