using System.Collections.Concurrent;
using System.Collections.Frozen;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Queues.Matching;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Calls;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Numbers.Tests.Queues;

namespace MediaCore.Numbers.Tests.Scenarios;

/// <summary>Scenarios of queues, by their numbers in docs/features.md.</summary>
public sealed class QueueScenarioTests
{
    /// <summary>
    /// 9: a caller every 5 s, talks of 30 s, a bound of 20 s. Three agents answer 0 1 2 at once and 3 4 5 after 15 s; the third agent's phone is gone at 41 s, and the two that are left take a caller each every 30 s, so that waits are 30 30 50 50 70 70
    /// and so on to 150 150. By hand: 6 of 20 in time, 1305 s of waiting, the longest 150 s.
    /// </summary>
    [Fact]
    public void Scenario9_TwentyCallers_ThreeAgents_OneCrashes_NobodyIsStuck_AndTheFiguresAreThoseOfTheHand()
    {
        var world = new QueueWorld();
        world.Queue("q", static rules => rules with { ServiceLevel = TimeSpan.FromSeconds(20) });
        world.Agents("q", "a", "b", "c");
        var waiting = new List<string>();
        var talks = new Dictionary<string, (string Caller, int Until)>(StringComparer.Ordinal);
        var answered = new List<string>();
        for (int second = 0; second < 300; second++)
        {
            foreach ((string agent, (string caller, int until)) in talks.ToArray())
            {
                if (until == second || (agent == "c" && second == 41))
                {
                    talks.Remove(agent);
                    if (second == 41)
                    {
                        // With the phone the talk is over, and neither comes back.
                        world.Core.SetReachable(world.Id("c"), false, world.Now);
                    }

                    world.EndTalk(caller);
                }
            }

            if (second % 5 == 0 && second / 5 < 20)
            {
                string caller = $"caller{second / 5}";
                Assert.Equal(JoinAnswer.Joined, world.Join("q", caller));
                waiting.Add(caller);
            }

            foreach (string caller in waiting.ToArray())
            {
                if (world.Ringing(caller) is { Length: > 0 } agent)
                {
                    world.Answer(caller, agent);
                    waiting.Remove(caller);
                    answered.Add(caller);
                    talks.Add(agent, (caller, second + 30));
                }
            }

            world.Advance(1);
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"caller{i}"), answered);
        Assert.Empty(talks);
        QueueCounters figures = world.Core.Find("q")!.Counters;
        Assert.Equal((20L, 20L, 6L, 0L), (figures.Offered, figures.Answered, figures.AnsweredInTime, figures.Abandoned));
        Assert.Equal((1_305_000L, 150_000L), (figures.WaitMs, figures.MaxWaitMs));
        var report = new QueueReport { Queue = "q", Offered = figures.Offered, Answered = figures.Answered, AnsweredInTime = figures.AnsweredInTime };
        Assert.Equal((0.3, 0.3), (report.ServiceLevelOfAnswered, report.ServiceLevelOfOffered));
    }

    /// <summary>10: whoever has asked to be called back is called before those who came after him, also when the server was started anew meanwhile, in order or not.</summary>
    [Theory]
    [InlineData(StoreProvider.Sqlite, true)]
    [InlineData(StoreProvider.Sqlite, false)]
    [InlineData(StoreProvider.Postgres, false)]
    public async Task Scenario10_Callback_KeepsItsPosition_AcrossARestart(StoreProvider provider, bool isOrderly)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("acme");
        CallQueue queue = new() { TenantId = tenant.TenantId, Name = "sales", Settings = """{ "callback": { "offerAboveSeconds": 0 } }""" };
        User user = new() { TenantId = tenant.TenantId, Name = "alice", Account = "alice" };
        Agent agent = new() { TenantId = tenant.TenantId, UserId = user.Id, Presence = AgentPresence.NotReady };
        await database.Store.ChangeAsync<CallQueue>(tenant, new ChangeOrigin("test", "queue.create"), context =>
        {
            context.AddRange(queue, user, agent, new QueueMembership { TenantId = tenant.TenantId, QueueId = queue.Id, AgentId = agent.Id });
            return Task.FromResult<StoreResult<CallQueue>>(queue);
        });
        TenantConfiguration configuration = new() { Tenant = new Tenant { Id = tenant.TenantId }, Queues = new[] { queue }.ToFrozenDictionary(static row => row.Name) };
        QueueDesks before = await QueueDesks.StartAsync(database.Store, "n1", null, isPumped: true);
        var customer = new Line("customer");
        QueueTicket ticket = before.Join(new JoinRequest { Queue = queue.Id, CallId = "customer", Caller = "+12025550101" }, tenant.TenantId, customer)!;
        before.Pump();
        ticket.AskCallback(new CallbackOrigin(configuration, "+12025550100", "en"), customer);
        database.Clock.Advance(TimeSpan.FromSeconds(5));
        Line waits = new("waits");
        before.Join(new JoinRequest { Queue = queue.Id, CallId = "waits", Caller = "+12025550102" }, tenant.TenantId, waits);
        before.Pump();
        Assert.True(Assert.IsType<QueueCallbackAnswer>(customer.Messages.Last()).IsTaken);
        if (isOrderly)
        {
            // The calls end with the server, and say so.
            await before.KeepPlacesAsync();
            ticket.Leave(byKey: false);
            await before.DisposeAsync();
        }
        else
        {
            await before.FlushAsync();
        }

        database.Clock.Advance(TimeSpan.FromSeconds(30));
        await using QueueDesks after = await QueueDesks.StartAsync(database.Store, "n1", null, isPumped: true);
        var starter = new Starter();
        after.Connect(new CallServices { Time = database.Clock, Control = new RecordedControl(), Calls = starter });
        Line late = new("late");
        after.Join(new JoinRequest { Queue = queue.Id, CallId = "late", Caller = "+12025550103" }, tenant.TenantId, late);
        Line again = new("again");
        after.Join(new JoinRequest { Queue = queue.Id, CallId = "again", Caller = "+12025550102" }, tenant.TenantId, again);
        after.Pump();

        // Who waited on the line is before who came later, and behind the callback: both were second when they came.
        Assert.Equal((2, 2), (late.Messages.OfType<QueueJoined>().Single().Position, again.Messages.OfType<QueueJoined>().Single().Position));
        await after.SetPresenceAsync(tenant, agent.Id, AgentPresence.Ready, "", "test");
        CallBeginning begun = await starter.BegunAsync(after);
        Assert.Equal(("+12025550101", "callback"), (begun.Facts.Caller, begun.Root.Kind));
        Assert.Empty(late.Messages.OfType<QueueOffers>());
        Assert.Empty(again.Messages.OfType<QueueOffers>());
        if (!isOrderly)
        {
            await before.DisposeAsync();
        }
    }

    /// <summary>Those who waited when the server ended, in order or not, come back as it falls out: their order is that of before, and before all who came meanwhile.</summary>
    [Theory]
    [InlineData(StoreProvider.Sqlite, true)]
    [InlineData(StoreProvider.Sqlite, false)]
    [InlineData(StoreProvider.Postgres, true)]
    [InlineData(StoreProvider.Postgres, false)]
    public async Task Restart_KeepsTheOrderOfAllWhoWait(StoreProvider provider, bool isOrderly)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("acme");
        CallQueue queue = new() { TenantId = tenant.TenantId, Name = "sales" };
        await database.Store.ChangeAsync<CallQueue>(tenant, new ChangeOrigin("test", "queue.create"), context =>
        {
            context.Add(queue);
            return Task.FromResult<StoreResult<CallQueue>>(queue);
        });
        QueueDesks before = await QueueDesks.StartAsync(database.Store, "n1", null, isPumped: true);
        List<QueueTicket> tickets = [];
        foreach (string caller in (string[])["a", "b", "c", "d", "e"])
        {
            tickets.Add(Join(before, caller).Ticket);
            database.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        // The last one has given up: his place is nobody's.
        tickets[4].Leave(byKey: false);
        before.Pump();
        if (isOrderly)
        {
            await before.KeepPlacesAsync();
            tickets.ForEach(static ticket => ticket.Leave(byKey: false));
            await before.DisposeAsync();
        }
        else
        {
            await before.FlushAsync();
        }

        database.Clock.Advance(TimeSpan.FromSeconds(30));
        await using QueueDesks after = await QueueDesks.StartAsync(database.Store, "n1", null, isPumped: true);
        Assert.Equal(
            [("new", 1), ("c", 1), ("a", 1), ("d", 3), ("b", 2), ("e", 6), ("late", 7)],
            ((string[])["new", "c", "a", "d", "b", "e", "late"]).Select(caller => (caller, Join(after, caller).Position)));
        if (!isOrderly)
        {
            await before.DisposeAsync();
        }

        (QueueTicket Ticket, int Position) Join(QueueDesks desks, string caller)
        {
            Line line = new(caller);
            QueueTicket ticket = desks.Join(new JoinRequest { Queue = queue.Id, CallId = caller, Caller = caller }, tenant.TenantId, line)!;
            desks.Pump();
            return (ticket, line.Messages.OfType<QueueJoined>().Single().Position);
        }
    }

    private sealed class Line(string callId) : ICallLine
    {
        public ConcurrentQueue<object> Messages { get; } = [];

        public string CallId { get; } = callId;

        public bool Post(object message)
        {
            Messages.Enqueue(message);
            return true;
        }
    }

    private sealed class Starter : ICallStarter
    {
        private volatile CallBeginning? _begun;

        public bool Begin(CallBeginning beginning)
        {
            _begun = beginning;
            return true;
        }

        /// <summary>On PostgreSQL the agent is reserved first, on another thread.</summary>
        public async Task<CallBeginning> BegunAsync(QueueDesks desks)
        {
            for (long began = Environment.TickCount64; _begun is null; await Task.Yield())
            {
                Assert.True(Environment.TickCount64 - began < 60_000, "No call was begun.");
                desks.Pump();
            }

            return _begun;
        }
    }
}
