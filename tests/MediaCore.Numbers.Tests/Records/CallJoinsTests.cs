using System.Text.Json.Nodes;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Records;

public sealed class CallJoinsTests
{
    private const string Number = "+12025550123";
    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Call_IsJoinedOnceAllIsKnown_AndAgainWhenMoreComes_WithAGreaterNumber(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        (TenantScope tenant, _) = await FillAsync(database);
        await database.Store.ImportCallsAsync([Record("call-1"), Record("call-2")]);
        CallJoins joins = CallJoins.Open(database.Store);
        Assert.Equal(0, await joins.JoinOnceAsync());
        database.Clock.Advance(CallJoinLimits.Settling);
        Assert.Equal(2, await joins.JoinOnceAsync());
        Assert.Equal(0, await joins.JoinOnceAsync());
        JoinedCall first = await ReadAsync(database, tenant, "call-1");
        Assert.Equal(("answered", Number, ""), (first.Disposition, first.Number, first.Tags));

        // Its decisions come late, a message still later.
        await using (var traces = new CallTraceStore(database.Store))
        {
            traces.Add(Completed(tenant, "call-1"));
        }

        database.Clock.Advance(CallJoinLimits.Settling);
        Assert.Equal(1, await joins.JoinOnceAsync());
        JoinedCall second = await ReadAsync(database, tenant, "call-1");
        Assert.Equal(("\nvip\n", true), (second.Tags, second.Seq > (await ReadAsync(database, tenant, "call-2")).Seq));
        JsonNode document = JsonNode.Parse(second.Document)!;
        Assert.Equal(("main", 3, "ivr@2/welcome", "rule \"hours\""), ((string)document["plan"]!["name"]!, (int)document["plan"]!["revision"]!, (string)document["menu_path"]![0]!, (string)document["steps"]![0]!["text"]!));
        await joins.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Call_ThatAnotherLedTo_IsPartOfItsRecord_WhicheverComesFirst(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        (TenantScope tenant, QueueEntry entry) = await FillAsync(database);
        CallJoins joins = CallJoins.Open(database.Store);
        await database.Store.ImportCallsAsync([Record("callback") with { OriginatedBy = "numbers", Number = null }]);
        database.Clock.Advance(CallJoinLimits.Settling);
        Assert.Equal(1, await joins.JoinOnceAsync());

        await using (ServiceContext context = database.Store.Open(TenantScope.Platform))
        {
            entry.CallId = "callback";
            context.QueueEntries.Add(entry);
            await context.SaveChangesAsync();
        }

        await using (var traces = new CallTraceStore(database.Store))
        {
            CompletedCall made = Completed(tenant, "callback");
            traces.Add(made with { Facts = made.Facts with { LinkedFrom = "call-1", Link = CallLinkKind.Callback, IsMade = true } });
        }

        await database.Store.ImportCallsAsync([Record("call-1")]);
        database.Clock.Advance(CallJoinLimits.Settling);
        Assert.Equal(1, await joins.JoinOnceAsync());
        await using ServiceContext all = database.Store.Open(TenantScope.Platform);
        JoinedCall joined = await all.JoinedCalls.SingleAsync();
        JsonNode document = JsonNode.Parse(joined.Document)!;
        Assert.Equal(("call-1", tenant.TenantId, "\nsales\n", "\nanna\n"), (joined.CallId, joined.TenantId, joined.Queues, joined.Agents));
        Assert.Equal(("callback", "callback", 20_000L), ((string)document["calls"]![0]!["call_id"]!, (string)document["calls"]![0]!["kind"]!, (long)document["queues"]![0]!["wait_ms"]!));
        await joins.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task CallsThatATransferJoined_AreOne_ByTheDialogBetweenThem_AcrossServers(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        (TenantScope tenant, _) = await FillAsync(database);
        CallRecord transferred = Record("call-1") with { Transfers = [Transfer(TransferKind.Attended, "call-1-1", "+2001")] };
        CallRecord consult = Record("call-2") with { Number = null, Transfers = [Transfer(TransferKind.Replaced, "call-2-0", "call-2-2")] };
        consult = consult with { Legs = [consult.Legs[0] with { SipCallId = transferred.Legs[1].SipCallId }, consult.Legs[1]] };
        await database.Store.ImportCallsAsync([consult]);
        CallJoins joins = CallJoins.Open(await database.OpenNodeAsync());
        database.Clock.Advance(CallJoinLimits.Settling);
        Assert.Equal(1, await joins.JoinOnceAsync());
        await database.Store.ImportCallsAsync([transferred]);
        database.Clock.Advance(CallJoinLimits.Settling);
        Assert.Equal(1, await joins.JoinOnceAsync());
        await using ServiceContext all = database.Store.Open(TenantScope.Platform);
        JoinedCall joined = await all.JoinedCalls.SingleAsync();
        Assert.Equal(("call-1", tenant.TenantId), (joined.CallId, joined.TenantId));
        Assert.Equal(["a", "b", "consult", "consult"], JsonNode.Parse(joined.Document)!["legs"]!.AsArray().Select(static leg => (string)leg!["role"]!));
        await joins.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task TenantThatACallWasLedOnTo_SeesItsOwnDecisions_AndNobodysLegs(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        (TenantScope tenant, _) = await FillAsync(database);
        TenantScope other = await database.AddTenantAsync("other");
        await database.Store.ImportCallsAsync([Record("call-1")]);
        await using (var traces = new CallTraceStore(database.Store))
        {
            traces.Add(Completed(tenant, "call-1"));
            traces.Add(Completed(other, "call-1"));
        }

        CallJoins joins = CallJoins.Open(database.Store);
        database.Clock.Advance(CallJoinLimits.Settling);
        Assert.Equal(2, await joins.JoinOnceAsync());
        await using ServiceContext theirs = database.Store.Open(other);
        JsonObject document = (JsonObject)JsonNode.Parse((await theirs.JoinedCalls.SingleAsync()).Document)!;
        Assert.False(document.ContainsKey("legs") || document.ContainsKey("calls") || document.ContainsKey("inbound_trunk"));
        Assert.NotNull(document["steps"]);
        Assert.NotNull(JsonNode.Parse((await ReadAsync(database, tenant, "call-1")).Document)!["legs"]);
        await joins.DisposeAsync();
    }

    private static async Task<(TenantScope Tenant, QueueEntry Entry)> FillAsync(TestDatabase database)
    {
        await database.AddNumbersAsync(Number);
        TenantScope tenant = await database.AddTenantAsync("one");
        Assert.True((await new NumberInventory(database.Store).BuyAsync(tenant, Number, "t")).IsDone);
        var queue = new CallQueue { TenantId = tenant.TenantId, Name = "sales" };
        var user = new User { TenantId = tenant.TenantId, Name = "anna", Account = "anna-desk" };
        var agent = new Agent { TenantId = tenant.TenantId, UserId = user.Id };
        Assert.True((await database.Store.ChangeAsync<CallQueue>(tenant, new ChangeOrigin("test", "test"), context =>
        {
            context.AddRange(queue, user, agent);
            return Task.FromResult<StoreResult<CallQueue>>(queue);
        })).IsDone);
        long came = s_start.ToUnixTimeMilliseconds();
        return (tenant, new QueueEntry { TenantId = tenant.TenantId, QueueId = queue.Id, EnqueuedAtMs = came, LeftAtMs = came + 20_000, State = QueueEntryState.Connected, AgentId = agent.Id });
    }

    private static async Task<JoinedCall> ReadAsync(TestDatabase database, TenantScope tenant, string callId)
    {
        await using ServiceContext context = database.Store.Open(tenant);
        return await context.JoinedCalls.SingleAsync(row => row.CallId == callId);
    }

    private static CompletedCall Completed(TenantScope tenant, string callId) => new(
        new CallFacts { CallId = callId, TenantId = tenant.TenantId, Number = Number, At = s_start },
        [new CallTraceLine(s_start, "plan", "rule \"hours\"")],
        new Dictionary<string, string>(StringComparer.Ordinal) { ["tier"] = "gold" },
        new ActivityResult(ActivityOutcome.Talked),
        null)
    {
        Tags = ["vip"],
        Configuration = 7,
        Path = [new CallWaypoint(s_start, WaypointKinds.Plan, "main@3"), new CallWaypoint(s_start, WaypointKinds.Menu, "ivr@2"), new CallWaypoint(s_start, WaypointKinds.Node, "welcome")],
    };

    private static TransferRecord Transfer(TransferKind kind, string by, string to) => new() { At = s_start.AddSeconds(5), Kind = kind, By = by, To = to, Status = 200 };

    private static CallRecord Record(string callId) => new()
    {
        CallId = callId,
        StartedAt = s_start,
        AnsweredAt = s_start.AddSeconds(1),
        EndedAt = s_start.AddSeconds(9),
        Caller = "+12025550199",
        Called = Number,
        Number = Number,
        InboundTrunk = "carrier",
        EndedBy = CallEndSide.Caller,
        Reason = CallEndReason.Completed,
        SipStatus = 200,
        Q850Cause = 16,
        Legs =
        [
            new LegRecord { LegId = callId + "-0", Inbound = true, SipCallId = callId + "-in", InvitedAt = s_start, AnsweredAt = s_start.AddSeconds(1), EndedAt = s_start.AddSeconds(9), SipStatus = 200, Q850Cause = 16 },
            new LegRecord { LegId = callId + "-1", SipCallId = callId + "-out", Peer = "anna-desk", InvitedAt = s_start, AnsweredAt = s_start.AddSeconds(1), EndedAt = s_start.AddSeconds(9), SipStatus = 200, Q850Cause = 16 },
        ],
    };
}
