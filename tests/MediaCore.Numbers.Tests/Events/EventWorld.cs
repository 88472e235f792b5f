using System.Net;
using System.Text.Json.Nodes;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Numbers.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Tests.Events;

/// <summary>A tenant with webhooks on a database whose clock is moved by hand.</summary>
internal sealed class EventWorld : IAsyncDisposable
{
    public static readonly WebhookOptions Loopback = new() { AllowHttp = true, AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")] };

    private readonly List<WebhookClient> _clients = [];

    private EventWorld(TestDatabase database, TenantScope tenant)
    {
        Database = database;
        Tenant = tenant;
        Numbering = new EventNumbering(database.Store);
        Work = NewNode(database.Store, "one");
    }

    public TestDatabase Database { get; }

    public TenantScope Tenant { get; }

    public EventNumbering Numbering { get; }

    public WebhookWork Work { get; }

    public static async Task<EventWorld> CreateAsync(StoreProvider provider)
    {
        TestDatabase database = await TestDatabase.CreateAsync(provider);
        return new EventWorld(database, await database.AddTenantAsync("one"));
    }

    public WebhookWork NewNode(ServiceStore store, string name, WebhookOptions? options = null)
    {
        var client = new WebhookClient(options ?? Loopback, store.Time);
        _clients.Add(client);
        return new WebhookWork(store, client, name, NullLogger<WebhookWork>.Instance);
    }

    public async Task<WebhookEndpoint> AddWebhookAsync(string url, Action<WebhookEndpoint>? more = null)
    {
        var row = new WebhookEndpoint { TenantId = Tenant.TenantId, Name = Guid.CreateVersion7().ToString("n"), Url = url, Secret = WebhookSignature.NewSecret() };
        more?.Invoke(row);
        Assert.True((await Database.Store.ChangeAsync<WebhookEndpoint>(Tenant, new ChangeOrigin("test", "webhook.create"), context =>
        {
            context.AddRange(row, new WebhookProgress { TenantId = row.TenantId, EndpointId = row.Id });
            return Task.FromResult<StoreResult<WebhookEndpoint>>(row);
        })).IsDone);
        return row;
    }

    public async Task<Guid> AddEventAsync(string subject, string type = ServiceEventTypes.MessageReceived, JsonObject? data = null, ServiceStore? store = null)
    {
        await using ServiceContext context = (store ?? Database.Store).Open(Tenant);
        ServiceEvents.Add(context, Tenant.TenantId, type, subject, data ?? new JsonObject { ["text"] = "hello" }, Database.Store.NowMs);
        Guid id = context.Events.Local.Single().Id;
        await context.SaveChangesAsync();
        return id;
    }

    /// <summary>Numbers all, and tells webhooks what is due, until nothing is.</summary>
    public async Task TellAsync()
    {
        while (await Numbering.RunOnceAsync() > 0)
        {
            // More.
        }

        await Work.StartTurnsAsync();
        await Work.Turns;
    }

    /// <summary>Moves the clock to <paramref name="until"/> in the steps in which something is due.</summary>
    public async Task TellUntilAsync(TimeSpan until)
    {
        DateTimeOffset end = Database.Clock.GetUtcNow() + until;
        while (true)
        {
            await TellAsync();
            await using ServiceContext context = Database.Store.Open(TenantScope.Platform);
            long now = Database.Store.NowMs;
            var pending = await (from each in context.WebhookDeliveries
                                 join progress in context.WebhookProgress on each.EndpointId equals progress.EndpointId
                                 join endpoint in context.Webhooks on each.EndpointId equals endpoint.Id
                                 where each.State == WebhookDeliveryState.Pending
                                 select new { each.EndpointId, Line = endpoint.Ordered ? "" : each.Subject, each.Number, At = each.NextAtMs > progress.RestUntilMs ? each.NextAtMs : progress.RestUntilMs }).ToListAsync();
            long? next = pending.GroupBy(static each => (each.EndpointId, each.Line)).Select(static line => (long?)line.MinBy(static each => each.Number)!.At).Min();
            if (next is null || next <= now || next > end.ToUnixTimeMilliseconds())
            {
                Database.Clock.Advance(end - Database.Clock.GetUtcNow());
                return;
            }

            Database.Clock.Advance(TimeSpan.FromMilliseconds(next.Value - now));
        }
    }

    public async Task<List<WebhookDelivery>> DeliveriesAsync()
    {
        await using ServiceContext context = Database.Store.Open(TenantScope.Platform);
        return await context.WebhookDeliveries.AsNoTracking().OrderBy(row => row.Number).ToListAsync();
    }

    public async Task<List<ServiceEvent>> EventsAsync()
    {
        await using ServiceContext context = Database.Store.Open(TenantScope.Platform);
        return await context.Events.AsNoTracking().OrderBy(row => row.Number).ToListAsync();
    }

    public async Task<WebhookProgress> ProgressAsync(WebhookEndpoint endpoint)
    {
        await using ServiceContext context = Database.Store.Open(TenantScope.Platform);
        return await context.WebhookProgress.AsNoTracking().SingleAsync(row => row.EndpointId == endpoint.Id);
    }

    public async Task<WebhookEndpoint> ReadAsync(WebhookEndpoint endpoint)
    {
        await using ServiceContext context = Database.Store.Open(TenantScope.Platform);
        return await context.Webhooks.AsNoTracking().SingleAsync(row => row.Id == endpoint.Id);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (WebhookClient client in _clients)
        {
            client.Dispose();
        }

        await Database.DisposeAsync();
    }
}
