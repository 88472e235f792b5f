using System.Text.Json.Nodes;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Events;

public sealed class EventNumberingTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Event_ThatIsCommittedLate_IsNumberedThen_AndNoneIsMissed(StoreProvider provider)
    {
        await using EventWorld world = await EventWorld.CreateAsync(provider);
        await world.AddWebhookAsync("https://example.com/");
        Guid late = Guid.Empty;
        if (provider == StoreProvider.Postgres)
        {
            // Written first, committed last.
            await using ServiceContext open = world.Database.Store.Open(world.Tenant);
            await using var transaction = await open.Database.BeginTransactionAsync();
            ServiceEvents.Add(open, world.Tenant.TenantId, ServiceEventTypes.MessageReceived, "late", [], world.Database.Store.NowMs);
            late = open.Events.Local.Single().Id;
            await open.SaveChangesAsync();
            await world.AddEventAsync("a");
            Assert.Equal(1, await world.Numbering.RunOnceAsync());
            await transaction.CommitAsync();
        }
        else
        {
            await world.AddEventAsync("a");
            Assert.Equal(1, await world.Numbering.RunOnceAsync());
            late = await world.AddEventAsync("late");
        }

        Assert.Equal(1, await world.Numbering.RunOnceAsync());
        Assert.Equal(0, await world.Numbering.RunOnceAsync());
        List<ServiceEvent> events = await world.EventsAsync();
        Assert.Equal([(1L, "a"), (2L, "late")], events.Select(static each => (each.Number!.Value, each.Subject)));
        Assert.Equal(late, events[1].Id);
        Assert.Equal([1L, 2L], (await world.DeliveriesAsync()).Select(static each => each.Number));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Events_OfOneSubject_AreNumberedAsTheyWereWritten_ByTwoNodesAtOnce(StoreProvider provider)
    {
        await using EventWorld world = await EventWorld.CreateAsync(provider);
        await world.AddWebhookAsync("https://example.com/");
        EventNumbering other = new(await world.Database.OpenNodeAsync());
        List<Guid> written = [];
        for (int i = 0; i < 30; i++)
        {
            // All of one millisecond: neither the time nor the identifier says which was first.
            written.Add(await world.AddEventAsync($"call-{i % 3}", data: new JsonObject { ["i"] = i }));
            if (i % 7 == 0)
            {
                await Task.WhenAll(world.Numbering.RunOnceAsync(), other.RunOnceAsync());
            }
        }

        await Task.WhenAll(world.Numbering.RunOnceAsync(), other.RunOnceAsync());
        List<ServiceEvent> events = await world.EventsAsync();
        Assert.Equal(written, events.Select(static each => each.Id));
        Assert.Equal(Enumerable.Range(1, 30), events.Select(static each => (int)each.Number!.Value));
        Assert.Equal(Enumerable.Range(0, 30).Select(static i => (i / 3) + 1), events.Select(static each => each.Sequence));
        Assert.Equal(written, (await world.DeliveriesAsync()).Select(static each => each.EventId));
    }

    [Fact]
    public async Task Event_BecomesADelivery_ForWebhooksThatWantIt()
    {
        await using EventWorld world = await EventWorld.CreateAsync(StoreProvider.Sqlite);
        WebhookEndpoint all = await world.AddWebhookAsync("https://a.example/");
        WebhookEndpoint calls = await world.AddWebhookAsync("https://b.example/", static row => row.EventTypes = "call.completed\nmessage.updated");
        WebhookEndpoint one = await world.AddWebhookAsync("https://c.example/", static row => row.Filter = "number=+12025550123\nparts=2");
        await world.AddWebhookAsync("https://d.example/", static row => row.State = WebhookState.Disabled);
        Guid call = await world.AddEventAsync("c", ServiceEventTypes.CallCompleted, new JsonObject { ["number"] = "+12025550123" });
        Guid message = await world.AddEventAsync("m", ServiceEventTypes.MessageReceived, new JsonObject { ["number"] = "+12025550123", ["parts"] = 2 });
        Guid test = await world.AddEventAsync(calls.Id.ToString(), ServiceEventTypes.WebhookTest);
        Assert.Equal(3, await world.Numbering.RunOnceAsync());
        HashSet<(Guid, Guid)> expected = [(call, all.Id), (call, calls.Id), (message, all.Id), (message, one.Id), (test, calls.Id)];
        Assert.Equal(expected, (await world.DeliveriesAsync()).Select(static each => (each.EventId, each.EndpointId)).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Call_ThatIsImported_IsTold_OnceAndToItsTenant(StoreProvider provider)
    {
        await using EventWorld world = await EventWorld.CreateAsync(provider);
        await world.Database.AddNumbersAsync("+12025550123");
        Assert.True((await new NumberInventory(world.Database.Store).BuyAsync(world.Tenant, "+12025550123", "t")).IsDone);
        var start = new DateTimeOffset(2026, 11, 23, 11, 59, 0, TimeSpan.Zero);
        var record = new CallRecord
        {
            CallId = "call-1",
            StartedAt = start,
            AnsweredAt = start.AddSeconds(2),
            EndedAt = start.AddSeconds(9),
            Caller = "+12025550199",
            Called = "+12025550123",
            Number = "+12025550123",
            EndedBy = CallEndSide.Caller,
            Reason = CallEndReason.Completed,
            SipStatus = 200,
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["pin"] = "4711#", ["language"] = "de" },
        };
        Assert.Equal(2, await world.Database.Store.ImportCallsAsync([record, record with { CallId = "call-2", Number = null }]));
        Assert.Equal(0, await world.Database.Store.ImportCallsAsync([record]));
        Assert.Equal(1, await world.Numbering.RunOnceAsync());
        List<ServiceEvent> told = await world.EventsAsync();
        Assert.Equal([("call.completed", 1)], told.Select(static each => (each.Type, each.Sequence)));
        Assert.All(told, each => Assert.Equal((world.Tenant.TenantId, "call-1"), (each.TenantId, each.Subject)));
        JsonNode data = JsonNode.Parse(told[0].Data)!;
        Assert.Equal(("+12025550199", "2026-11-23T11:59:00.000Z", 7000, "completed", "xxxxx", "de"), ((string)data["caller"]!, (string)data["started_at"]!, (int)data["talk_ms"]!, (string)data["reason"]!, (string)data["variables"]!["pin"]!, (string)data["variables"]!["language"]!));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Event_ThatIsAMonthOld_IsDeleted_WithItsDeliveries(StoreProvider provider)
    {
        await using EventWorld world = await EventWorld.CreateAsync(provider);
        await world.AddWebhookAsync("https://example.com/");
        await world.AddEventAsync("old");
        await world.Numbering.RunOnceAsync();
        world.Database.Clock.Advance(EventLimits.Retention);
        Guid young = await world.AddEventAsync("young");
        await world.Numbering.RunOnceAsync();
        EventRetention retention = new(world.Database.Store);
        Assert.Equal(0, await retention.RunOnceAsync());
        world.Database.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, await retention.RunOnceAsync());
        Assert.Equal([young], (await world.EventsAsync()).Select(static each => each.Id));
        Assert.Equal([young], (await world.DeliveriesAsync()).Select(static each => each.EventId));

        // Numbers go on where they were.
        await using ServiceContext context = world.Database.Store.Open(TenantScope.Platform);
        Assert.Equal(2, (await context.EventCursors.SingleAsync(row => row.Name == EventCursor.Numbers)).Number);
    }
}
