using System.Collections.Frozen;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Calls;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Tests.Queues;

public sealed class QueueActivityTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Caller_IsAnswered_RungFor_AndTalks_AndTheRowsSaySo(StoreProvider provider)
    {
        await using Hall hall = await Hall.OpenAsync(provider, "{}", "alice", "bob");
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        Assert.IsType<CountryToneMedia>(Assert.Single(probe.Expect<PlayCommand>().Media));
        DialCommand first = await hall.ExpectDialAsync(probe);
        Assert.Equal([new AccountDestination("alice")], first.Targets);
        probe.CompleteDial(first, 480, 19);
        probe.Expect<PlayCommand>();
        DialCommand second = await hall.ExpectDialAsync(probe);
        Assert.Equal([new AccountDestination("bob")], second.Targets);
        Leg(probe, 2, "bob", LegPhase.Ringing);
        probe.Tell(new DialEnded { CommandId = second.CommandId, LegId = CallProbe.CallId + "-2", Outcome = CommandOutcome.Completed, SipStatus = 200 });
        QueueReport report = await hall.ReportAsync(probe);
        Assert.Equal((0, 1, 1L, 1L, 1d), (report.Waiting, report.Talking, report.Answered, report.RingNoAnswer, report.ServiceLevelOfOffered));
        Leg(probe, 2, "bob", LegPhase.Ended);
        Assert.Equal(ActivityOutcome.Talked, probe.Result?.Outcome);
        hall.Pump(probe);
        await hall.Desks.FlushAsync();
        QueueEntry row = Assert.Single(await hall.RowsAsync());
        Assert.Equal((QueueEntryState.Connected, (Guid?)hall.Agents["bob"], "n1", 1), (row.State, row.AgentId, row.Node, row.Position));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Position_IsThatOfTheMomentInWhichACallerLeft(StoreProvider provider)
    {
        await using Hall hall = await Hall.OpenAsync(provider, "{}");
        string[] numbers = ["+12025550101", "+12025550102", "+12025550103"];
        List<CallProbe> callers = [];
        foreach (string number in numbers)
        {
            callers.Add(hall.Call(number));
            await hall.AnswerAsync(callers[^1]);
            hall.Database.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await hall.Desks.FlushAsync();
        Assert.All(await hall.RowsAsync(), static row => Assert.Null(row.Position));

        // The second gives up, then the last, who has come up by then.
        foreach (CallProbe caller in (CallProbe[])[callers[1], callers[2], callers[0]])
        {
            caller.Tell(new CallEnded { Record = null! });
            hall.Pump(caller);
            await caller.DisposeAsync();
        }

        await hall.Desks.FlushAsync();
        Assert.Equal([1, 2, 2], (await hall.RowsAsync()).OrderBy(static row => row.EnqueuedAtMs).Select(static row => row.Position ?? 0));
    }

    [Fact]
    public async Task Timer_ThatFiresABitTooEarly_IsSetAgain_AndTheOnlyAgentIsRungAfterHisRest()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, "{}", "alice");
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        probe.Expect<PlayCommand>();
        probe.CompleteDial(await hall.ExpectDialAsync(probe), 603);
        hall.Pump(probe);
        probe.Expect<PlayCommand>();
        hall.Database.Clock.FireEarly(TimeSpan.FromMilliseconds(1));
        hall.Pump(probe);
        probe.ExpectNothing();
        hall.Database.Clock.Advance(TimeSpan.FromMilliseconds(1), () => hall.Pump(probe));
        Assert.Equal([new AccountDestination("alice")], probe.Expect<DialCommand>().Targets);
    }

    [Fact]
    public async Task Music_ThatBeginsAgainAsTheAgentAnswers_IsStopped()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, "{}", "alice");
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        PlayCommand music = probe.Expect<PlayCommand>();
        DialCommand dial = await hall.ExpectDialAsync(probe);

        // Something else has ended it just before.
        probe.CompletePlay(music, CommandOutcome.Stopped);
        PlayCommand again = probe.Expect<PlayCommand>();
        probe.Tell(new DialEnded { CommandId = dial.CommandId, LegId = CallProbe.CallId + "-2", Outcome = CommandOutcome.Completed, SipStatus = 200 });
        Assert.Equal(again.CommandId, probe.Expect<StopPlaybackCommand>().Playback);
        probe.CompletePlay(again, CommandOutcome.Stopped);
        probe.ExpectNothing();
    }

    [Fact]
    public async Task Music_ThatTheAnswerEnds_DoesNotBeginAgain()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, "{}", "alice");
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        PlayCommand music = probe.Expect<PlayCommand>();
        DialCommand dial = await hall.ExpectDialAsync(probe);

        // In the order in which a call tells of them.
        probe.Tell(new DialEnded { CommandId = dial.CommandId, LegId = CallProbe.CallId + "-2", Outcome = CommandOutcome.Completed, SipStatus = 200 });
        Assert.Equal(music.CommandId, probe.Expect<StopPlaybackCommand>().Playback);
        probe.CompletePlay(music, CommandOutcome.Stopped);
        probe.ExpectNothing();
    }

    [Fact]
    public async Task Caller_WhoHangsUpWhileItRings_HasAbandoned_AndTheAgentIsFree()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, "{}", "alice");
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        hall.Database.Clock.Advance(TimeSpan.FromSeconds(6));
        probe.Tell(new CallEnded { Record = null! });
        QueueReport report = await hall.ReportAsync(probe);
        Assert.Equal((0, 1L, 1), (report.Waiting, report.Abandoned, report.Ready));
    }

    [Fact]
    public async Task ExitKey_LeavesTheQueue_WithTheKey()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, """{"exitKey":"0"}""");
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        probe.Expect<PlayCommand>();
        GatherCommand wrong = probe.Expect<GatherCommand>();
        probe.CompleteGather(wrong, "7", GatherEnd.MaxDigits);
        probe.CompleteGather(probe.Expect<GatherCommand>(), "0", GatherEnd.MaxDigits);
        Assert.Equal(new ActivityResult(ActivityOutcome.Exited, "0"), probe.Result);
        Assert.Equal(1, (await hall.ReportAsync(probe)).Exited);
    }

    [Theory]
    [InlineData("""{"announce":{"position":true}}""", false)]
    [InlineData("""{"announce":{"position":true,"welcome":"Welcome."}}""", true)]
    public async Task Position_IsSaidAtTheStart_BehindTheWelcome_ThenThereIsMusic(string settings, bool welcomes)
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, settings);
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        PlayCommand said = probe.Expect<PlayCommand>();
        if (welcomes)
        {
            Assert.Equal("Welcome.", Assert.IsType<TextMedia>(Assert.Single(said.Media)).Text);
            probe.CompletePlay(said);
            said = probe.Expect<PlayCommand>();
        }

        Assert.Equal("You are next.", Assert.IsType<TextMedia>(Assert.Single(said.Media)).Text);
        probe.CompletePlay(said);
        Assert.IsType<CountryToneMedia>(Assert.Single(probe.Expect<PlayCommand>().Media));
    }

    [Fact]
    public async Task Overflow_RunsItsActions_AndAFullQueueLetsNobodyIn()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, """{"overflow":[{"afterSeconds":30,"then":[{"do":"hangup","cause":31}]}]}""", maxEntries: 1);
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        await using CallProbe late = hall.Call("+12025550111");
        hall.Pump(late);
        Assert.Equal(ActivityOutcome.Full, late.Result?.Outcome);
        probe.Expect<PlayCommand>();
        hall.Database.Clock.Advance(TimeSpan.FromSeconds(31), () => hall.Pump(probe));
        hall.Pump(probe);
        probe.Expect<StopPlaybackCommand>();
        Assert.Equal(31, probe.Expect<HangupCommand>().Q850Cause);
    }

    [Fact]
    public async Task Restart_KeepsThePlaceOfACallerWhoComesBack()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, "{}");
        await using (CallProbe before = hall.Call())
        {
            await hall.AnswerAsync(before);
            await hall.Desks.FlushAsync();
        }

        await hall.Desks.DisposeAsync();
        hall.Database.Clock.Advance(TimeSpan.FromSeconds(20));
        hall.Desks = await QueueDesks.StartAsync(hall.Database.Store, "n1", null, isPumped: true);
        await using CallProbe other = hall.Call("+12025550111");
        await hall.AnswerAsync(other);
        await using CallProbe again = hall.Call();
        await hall.AnswerAsync(again);
        await hall.Desks.FlushAsync();
        QueueEntry[] rows = [.. (await hall.RowsAsync()).OrderBy(static row => row.EnqueuedAtMs)];
        Assert.Equal(["+12025550199", "+12025550111"], rows.Select(static row => row.Caller));
        Assert.Contains(again.Stage.Activities, static activity => activity.Kind == "queue");
    }

    [Fact]
    public async Task OrderlyStop_KeepsThePlaceOfACallerWhoComesBack()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, "{}");
        await using (CallProbe before = hall.Call())
        {
            await hall.AnswerAsync(before);
            await hall.Desks.KeepPlacesAsync();
            before.Tell(new CallEnded { Record = null! });
        }

        await hall.Desks.DisposeAsync();
        Assert.Equal(QueueEntryState.Waiting, Assert.Single(await hall.RowsAsync()).State);
        hall.Desks = await QueueDesks.StartAsync(hall.Database.Store, "n1", null, isPumped: true);
        await using CallProbe other = hall.Call("+12025550111");
        await hall.AnswerAsync(other);
        await using CallProbe again = hall.Call();
        await hall.AnswerAsync(again);
        await hall.Desks.FlushAsync();
        Assert.Equal(["+12025550199", "+12025550111"], (await hall.RowsAsync()).OrderBy(static row => row.EnqueuedAtMs).Select(static row => row.Caller));
    }

    [Theory]
    [InlineData("serve", false)]
    [InlineData("leave", true)]
    public async Task Closing_WhileSomebodyWaits_ServesHimOrLeadsHimOut_AndLetsNobodyElseIn(string closing, bool isLedOut)
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, $$"""{ "schedule": "office", "closing": "{{closing}}" }""");
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        probe.Expect<PlayCommand>();

        // Monday, 12:00 when it begins; it closes at 17.
        hall.Database.Clock.Advance(TimeSpan.FromHours(5), () => hall.Pump(probe));
        hall.Pump(probe);
        Assert.Equal(isLedOut ? ActivityOutcome.Unreachable : null, probe.Result?.Outcome);
        await using CallProbe late = hall.Call("+12025550111");
        hall.Pump(late);
        Assert.Equal(ActivityOutcome.Unreachable, late.Result?.Outcome);
        QueueReport report = await hall.ReportAsync(probe);
        Assert.Equal((isLedOut ? 0 : 1, isLedOut ? 1L : 0L, 0L), (report.Waiting, report.Closed, report.Abandoned));
    }

    [Theory]
    [InlineData("leave", ScheduleOverride.Closed, true)]
    [InlineData("leave", ScheduleOverride.Open, false)]
    [InlineData("serve", ScheduleOverride.Closed, false)]
    public async Task Override_ThatIsSetWhileSomebodyWaits_HoldsForHim(string closing, ScheduleOverride set, bool isLedOut)
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, $$"""{ "schedule": "office", "closing": "{{closing}}" }""");
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        probe.Expect<PlayCommand>();
        await hall.Database.Store.ChangeAsync<Schedule>(hall.Tenant, new ChangeOrigin("test", "schedule.override"), context =>
        {
            var office = new Schedule { TenantId = hall.Tenant.TenantId, Name = "office", TimeZone = "UTC", Hours = """{ "week": { "mon": ["09:00-17:00"] } }""", Override = set };
            context.Schedules.Add(office);
            return Task.FromResult<StoreResult<Schedule>>(office);
        });
        await hall.Desks.RefreshAsync();
        hall.Pump(probe);
        Assert.Equal(isLedOut ? ActivityOutcome.Unreachable : null, probe.Result?.Outcome);

        // Whom the override keeps in stays beyond the week's end as well.
        hall.Database.Clock.Advance(TimeSpan.FromHours(6), () => hall.Pump(probe));
        hall.Pump(probe);
        QueueReport report = await hall.ReportAsync(probe);
        Assert.Equal((isLedOut ? 0 : 1, isLedOut ? 1L : 0L), (report.Waiting, report.Closed));
    }

    /// <summary>A caller who is led to the queue from a menu: its hours are those of now, not of when the call came.</summary>
    [Theory]
    [InlineData(ScheduleOverride.Closed, 0, true)]
    [InlineData(ScheduleOverride.None, 0, false)]
    [InlineData(ScheduleOverride.None, 6, true)]
    [InlineData(ScheduleOverride.Open, 6, false)]
    public async Task Override_ThatIsSetAfterTheCallCame_HoldsAtTheDoor(ScheduleOverride set, int hours, bool isRefused)
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, """{ "schedule": "office", "closing": "serve" }""");
        hall.Database.Clock.Advance(TimeSpan.FromHours(hours));
        hall.Now = new Schedule { Name = "office", Hours = """{ "week": { "mon": ["09:00-17:00"] } }""", Override = set };
        await using CallProbe probe = hall.Call();
        hall.Pump(probe);
        Assert.Equal(isRefused ? ActivityOutcome.Unreachable : null, probe.Result?.Outcome);
        Assert.Equal(isRefused ? 0 : 1, (await hall.ReportAsync(probe)).Waiting);
    }

    [Fact]
    public async Task Presence_StandsInTheDatabase_AndHoldsAtOnce()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Sqlite, "{}", "alice");
        Assert.True((await hall.Desks.SetPresenceAsync(hall.Tenant, hall.Agents["alice"], AgentPresence.NotReady, "lunch", "test")).IsDone);
        await using CallProbe probe = hall.Call();
        await hall.AnswerAsync(probe);
        Assert.Equal(0, (await hall.ReportAsync(probe)).Ready);
        Assert.Equal(StoreStatus.NotFound, (await hall.Desks.SetPresenceAsync(hall.Tenant, Guid.NewGuid(), AgentPresence.Ready, "", "test")).Status);
        await hall.Desks.SetPresenceAsync(hall.Tenant, hall.Agents["alice"], AgentPresence.Ready, "", "test");
        probe.Expect<PlayCommand>();
        Assert.Equal([new AccountDestination("alice")], (await hall.ExpectDialAsync(probe)).Targets);
    }

    [Fact]
    public async Task Reservation_IsOneNodesAtATime()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Postgres, "{}", "alice");
        Guid agent = hall.Agents["alice"];
        var one = new PostgresReservations(hall.Database.Store.Postgres!, "one");
        var two = new PostgresReservations(hall.Database.Store.Postgres!, "two");
        Assert.True(await one.TryTakeAsync(agent, default));
        Assert.True(await one.TryTakeAsync(agent, default));
        Assert.False(await two.TryTakeAsync(agent, default));
        await two.ReleaseAsync(agent, default);
        await one.KeepAsync([agent], default);
        Assert.False(await two.TryTakeAsync(agent, default));
        await one.ReleaseAsync(agent, default);
        Assert.True(await two.TryTakeAsync(agent, default));
    }

    [Fact]
    public async Task Reservation_ThatANodeDoesNotKnowOfAnyMore_IsGivenBack()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Postgres, "{}", "alice", "bob");
        var killed = new PostgresReservations(hall.Database.Store.Postgres!, "one");
        var two = new PostgresReservations(hall.Database.Store.Postgres!, "two");
        Assert.True(await killed.TryTakeAsync(hall.Agents["alice"], default));
        Assert.True(await two.TryTakeAsync(hall.Agents["bob"], default));

        // The node is there again under its name, and has no call: its agents are free at once, another node's are not.
        await using (ReservationLine line = new(new PostgresReservations(hall.Database.Store.Postgres!, "one"), hall.Database.Clock, NullLogger.Instance))
        {
            Assert.False(await line.TakeAsync(hall.Agents["bob"]));
            Assert.True(await two.TryTakeAsync(hall.Agents["alice"], default));
        }
    }

    [Fact]
    public async Task Reservation_WhileTheDatabaseIsAway_StopsNoCall_AndIsMadeGoodAfterwards()
    {
        await using PostgresCluster cluster = await PostgresCluster.StartAsync();
        await using TestDatabase database = await TestDatabase.CreateAsync(StoreProvider.Postgres, cluster);
        TenantScope tenant = await database.AddTenantAsync("acme");
        var agent = new Agent { TenantId = tenant.TenantId };
        Assert.True((await database.Store.ChangeAsync(tenant, new ChangeOrigin("test", "agent.create"), context =>
        {
            var user = new User { TenantId = tenant.TenantId, Name = "alice" };
            agent.UserId = user.Id;
            context.Users.Add(user);
            context.Agents.Add(agent);
            return Task.FromResult<StoreResult<Agent>>(agent);
        })).IsDone);
        await using (ReservationLine line = new(new PostgresReservations(database.Store.Postgres!, "one"), database.Clock, NullLogger.Instance))
        {
            await cluster.StopAsync();
            Assert.True(await line.TakeAsync(agent.Id));
            await cluster.ResumeAsync();
            database.Clock.Advance(PostgresReservations.Lease);
        }

        Assert.False(await new PostgresReservations(database.Store.Postgres!, "two").TryTakeAsync(agent.Id, default));
    }

    [Fact]
    public async Task Reservations_ThatStand_AreKept_AndTheOthersNot()
    {
        await using Hall hall = await Hall.OpenAsync(StoreProvider.Postgres, "{}", "alice", "bob");
        var reservations = new PostgresReservations(hall.Database.Store.Postgres!, "one");
        await using (ReservationLine line = new(reservations, hall.Database.Clock, NullLogger.Instance))
        {
            Assert.True(await line.TakeAsync(hall.Agents["alice"]));
            Assert.True(await line.TakeAsync(hall.Agents["bob"]));
            line.Release(hall.Agents["bob"]);
            hall.Database.Clock.Advance(PostgresReservations.Lease);
        }

        var two = new PostgresReservations(hall.Database.Store.Postgres!, "two");
        Assert.False(await two.TryTakeAsync(hall.Agents["alice"], default));
        Assert.True(await two.TryTakeAsync(hall.Agents["bob"], default));
    }

    [Fact]
    public void Settings_SayAllThatIsWrong_WithTheirPaths()
    {
        var queue = new CallQueue
        {
            Name = "q",
            Strategy = "best",
            Settings = """{"skills":"english >","relax":[{"afterSeconds":60},{"afterSeconds":30}],"exitKey":"1","callback":{"key":"1","attempts":9},"overflow":[{"queue":"Q"},{},{"then":[{"do":"voicemail"},{"do":"dance"},{"do":"hangup","cause":16,"loudly":true}]}]}""",
        };
        string[] paths = [.. QueueSettings.Parse(queue, out _).Select(static error => error.Path)];
        Assert.Equal(["$.callback.attempts", "$.callback.key", "$.overflow[0].queue", "$.overflow[1]", "$.overflow[2].then[0].box", "$.overflow[2].then[1].do", "$.overflow[2].then[2].loudly", "$.relax[1].afterSeconds", "$.skills", "$strategy"], paths.Order(StringComparer.Ordinal));
        Assert.Equal("$.nonsense", Assert.Single(QueueSettings.Parse(new CallQueue { Settings = """{"nonsense":1}""" }, out _)).Path);
    }

    private static void Leg(CallProbe probe, int leg, string account, LegPhase phase)
        => probe.Tell(new LegChanged { LegId = $"{CallProbe.CallId}-{leg}", IsInbound = false, Peer = account, Phase = phase });

    /// <summary>A tenant with a queue and agents, and the desks that serve it.</summary>
    private sealed class Hall : IAsyncDisposable
    {
        private CallQueue _queue = null!;

        public required TestDatabase Database { get; init; }

        public required TenantScope Tenant { get; init; }

        public QueueDesks Desks { get; set; } = null!;

        /// <summary>The schedule as it is now; null for one that is as it was when calls came.</summary>
        public Schedule? Now { get; set; }

        public Dictionary<string, Guid> Agents { get; } = new(StringComparer.Ordinal);

        public static Task<Hall> OpenAsync(StoreProvider provider, string settings, params string[] agents) => OpenAsync(provider, settings, 100, agents);

        public static async Task<Hall> OpenAsync(StoreProvider provider, string settings, int maxEntries, params string[] agents)
        {
            TestDatabase database = await TestDatabase.CreateAsync(provider);
            var hall = new Hall { Database = database, Tenant = await database.AddTenantAsync("acme") };
            Guid tenant = hall.Tenant.TenantId;
            await database.Store.ChangeAsync(hall.Tenant, new ChangeOrigin("test", "queue.create"), context =>
            {
                hall._queue = new CallQueue { TenantId = tenant, Name = "sales", Settings = settings, MaxEntries = maxEntries };
                context.Queues.Add(hall._queue);
                foreach (string name in agents)
                {
                    var user = new User { TenantId = tenant, Name = name, Account = name };
                    var agent = new Agent { TenantId = tenant, UserId = user.Id, Presence = AgentPresence.Ready };
                    context.Users.Add(user);
                    context.Agents.Add(agent);
                    context.QueueMemberships.Add(new QueueMembership { TenantId = tenant, QueueId = hall._queue.Id, AgentId = agent.Id, Penalty = hall.Agents.Count });
                    hall.Agents[name] = agent.Id;
                }

                return Task.FromResult<StoreResult<CallQueue>>(hall._queue);
            });
            hall.Desks = await QueueDesks.StartAsync(database.Store, "n1", null, isPumped: true);
            return hall;
        }

        public CallProbe Call(string caller = "+12025550199") => CallProbe.Start(
            new QueueActivity(new QueueAction { Queue = "sales" }),
            new CallFacts { CallId = CallProbe.CallId, TenantId = Tenant.TenantId, Number = "+12025550100", Caller = caller, At = Database.Clock.GetUtcNow() },
            new TenantConfiguration { Tenant = new Tenant { Name = "acme" }, Schedules = new[] { new Schedule { Name = "office", Hours = """{ "week": { "mon": ["09:00-17:00"] } }""" } }.ToFrozenDictionary(static one => one.Name), Queues = new Dictionary<string, CallQueue> { ["sales"] = _queue }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase) },
            time: Database.Clock,
            services: shared => shared with { Queues = Desks, Schedules = (tenant, name) => tenant == Tenant.TenantId && name == Now?.Name ? Now : null });

        public void Pump(CallProbe probe)
        {
            for (int i = 0; i < 4; i++)
            {
                Desks.Pump();
                probe.Pump();
            }
        }

        public Task AnswerAsync(CallProbe probe)
        {
            Pump(probe);
            AnswerCommand answer = probe.Expect<AnswerCommand>();
            probe.Tell(new LegChanged { LegId = CallProbe.CallId + "-0", IsInbound = true, Phase = LegPhase.Answered });
            probe.Complete(answer);
            Pump(probe);
            return Task.CompletedTask;
        }

        /// <summary>The next dial; on PostgreSQL the agent is reserved first.</summary>
        public async Task<DialCommand> ExpectDialAsync(CallProbe probe)
        {
            int had = probe.Control.Commands.Count(static command => command is DialCommand);
            int seen = _dials;
            await probe.PumpUntilAsync(() =>
            {
                Desks.Pump();
                return probe.Control.Commands.Count(static command => command is DialCommand) > seen;
            });
            _dials = Math.Max(had, seen + 1);
            return probe.Expect<DialCommand>();
        }

        private int _dials;

        public async Task<QueueReport> ReportAsync(CallProbe probe)
        {
            Pump(probe);
            Task<QueueReport?> report = Desks.GetReportAsync(Tenant.TenantId, "sales");
            Pump(probe);
            return (await report)!;
        }

        public async Task<List<QueueEntry>> RowsAsync()
        {
            await using ServiceContext context = Database.Store.Open(TenantScope.Platform);
            return await context.QueueEntries.AsNoTracking().ToListAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Desks.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
