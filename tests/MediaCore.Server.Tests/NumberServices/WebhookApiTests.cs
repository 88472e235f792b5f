using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Control.Mapping;
using MediaCore.Control.V1;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;
using Rows = MediaCore.Numbers.Model;

namespace MediaCore.Server.Tests.NumberServices;

public sealed class WebhookApiTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Webhook_IsMade_Changed_AndItsSecretShownOnce(StoreProvider provider)
    {
        await using ApiHost host = await ApiHost.StartAsync(provider);
        Webhooks.WebhooksClient webhooks = new(host.Invoker);
        NewWebhook made = await webhooks.CreateWebhookAsync(new WebhookChange { Name = "crm", Url = "https://example.com/hook", EventTypes = { "call.completed" }, Filter = { "number=+12025550123" }, Ordered = true });
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", made.Secret);
        Assert.Equal(made.Webhook, await webhooks.GetWebhookAsync(new EntityRequest { Id = "crm" }));
        Assert.DoesNotContain("whsec_", (await webhooks.ListWebhooksAsync(new PageRequest())).ToString(), StringComparison.Ordinal);

        Webhook changed = await webhooks.UpdateWebhookAsync(new WebhookChange { Id = "crm", Etag = made.Webhook.Etag, Url = "https://example.com/other", EventTypes = { "*" } });
        Assert.Equal(("https://example.com/other", 0, "number=+12025550123", true, Webhook.Types.State.Active), (changed.Url, changed.EventTypes.Count, Assert.Single(changed.Filter), changed.Ordered, changed.State));

        NewWebhook rotated = await webhooks.RotateWebhookSecretAsync(new RotateWebhookSecretRequest { Id = "crm", Overlap = Duration.FromTimeSpan(TimeSpan.FromHours(2)) });
        Assert.NotEqual(made.Secret, rotated.Secret);
        Assert.Equal(host.Database.Clock.GetUtcNow().AddHours(2), rotated.Webhook.PreviousSecretUntil.ToDateTimeOffset());
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () => await webhooks.RotateWebhookSecretAsync(new RotateWebhookSecretRequest { Id = "crm", Overlap = Duration.FromTimeSpan(TimeSpan.FromDays(8)) }))).StatusCode);
        Assert.DoesNotContain(await host.Database.AuditAsync(), static entry => entry.Changes.Contains("whsec_", StringComparison.Ordinal));

        await webhooks.DeleteWebhookAsync(new DeleteEntityRequest { Id = "crm" });
        Assert.Empty((await webhooks.ListWebhooksAsync(new PageRequest())).Webhooks);
        await using ServiceContext context = host.Database.Store.Open(TenantScope.Platform);
        Assert.False(await context.WebhookProgress.AnyAsync());
    }

    [Fact]
    public async Task Mistakes_AreAllTold_WithTheirFields()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Webhooks.WebhooksClient webhooks = new(host.Invoker);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await webhooks.CreateWebhookAsync(new WebhookChange { Name = "crm", Url = "https://127.0.0.1/", EventTypes = { "call.ended" }, Filter = { "number" } }));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal(["url", "event_types", "filter"], ErrorDetails.Of(refused).Problems.Select(static each => each.Path));
        await webhooks.CreateWebhookAsync(new WebhookChange { Name = "crm", Url = "https://example.com/" });
        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(async () => await webhooks.CreateWebhookAsync(new WebhookChange { Name = "crm", Url = "https://example.com/" }))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Deliveries_AreListed_AndToldAgain(StoreProvider provider)
    {
        await using ApiHost host = await ApiHost.StartAsync(provider);
        Webhooks.WebhooksClient webhooks = new(host.Invoker);
        Guid id = Guid.Parse((await webhooks.CreateWebhookAsync(new WebhookChange { Name = "crm", Url = "https://example.com/" })).Webhook.Id);
        Assert.NotEmpty((await webhooks.TestWebhookAsync(new EntityRequest { Id = "crm" })).EventId);
        long now = host.Database.Store.NowMs;
        await using (ServiceContext context = host.Database.Store.Open(TenantScope.Platform))
        {
            Rows.ServiceEvent test = await context.Events.SingleAsync();
            Assert.Equal(("webhook.test", id.ToString()), (test.Type, test.Subject));
            for (int i = 0; i < 6; i++)
            {
                context.Add(new Rows.WebhookDelivery
                {
                    TenantId = Rows.Tenant.PlatformId,
                    EndpointId = id,
                    EventId = Guid.CreateVersion7(),
                    Number = i,
                    Type = i % 2 == 0 ? "call.completed" : "message.received",
                    State = i < 4 ? Rows.WebhookDeliveryState.Failed : Rows.WebhookDeliveryState.Delivered,
                    Attempts = 8,
                    Status = 503,
                    LastAtMs = now,
                    CreatedAtMs = now - (i * 3_600_000),
                });
            }

            await context.SaveChangesAsync();
        }

        ListDeliveriesRequest failed = new() { Id = "crm", State = WebhookDelivery.Types.State.Failed, PageSize = 3 };
        ListDeliveriesResponse page = await webhooks.ListDeliveriesAsync(failed);
        Assert.Equal((3, 503, 8), (page.Deliveries.Count, page.Deliveries[0].Status, page.Deliveries[0].Attempts));
        failed.PageToken = page.NextPageToken;
        Assert.Single((await webhooks.ListDeliveriesAsync(failed)).Deliveries);
        Assert.Equal(3, (await webhooks.ListDeliveriesAsync(new ListDeliveriesRequest { Id = "crm", Type = "call.completed" })).Deliveries.Count);

        // Since an hour and a half ago: two of the four; then one by its identifier, although it was delivered.
        DateTimeOffset since = host.Database.Clock.GetUtcNow().AddMinutes(-90);
        Assert.Equal(2, (await webhooks.ReplayDeliveriesAsync(new ReplayDeliveriesRequest { Id = "crm", Since = Timestamp.FromDateTimeOffset(since) })).Count);
        WebhookDelivery delivered = (await webhooks.ListDeliveriesAsync(new ListDeliveriesRequest { Id = "crm", State = WebhookDelivery.Types.State.Delivered })).Deliveries[0];
        Assert.Equal(1, (await webhooks.ReplayDeliveriesAsync(new ReplayDeliveriesRequest { Id = "crm", DeliveryId = delivered.Id })).Count);
        Assert.Equal(3, (await webhooks.GetWebhookAsync(new EntityRequest { Id = "crm" })).Pending);

        // What is switched off is told nothing; switched on, it begins anew.
        await webhooks.UpdateWebhookAsync(new WebhookChange { Id = "crm", State = Webhook.Types.State.Disabled });
        foreach (Func<Task> call in new Func<Task>[] { async () => await webhooks.TestWebhookAsync(new EntityRequest { Id = "crm" }), async () => await webhooks.ReplayDeliveriesAsync(new ReplayDeliveriesRequest { Id = "crm" }) })
        {
            Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);
        }

        await using (ServiceContext context = host.Database.Store.Open(TenantScope.Platform))
        {
            await context.WebhookProgress.ExecuteUpdateAsync(set => set.SetProperty(static row => row.FailingSinceMs, now).SetProperty(static row => row.RestUntilMs, now + 1_000_000));
        }

        Webhook active = await webhooks.UpdateWebhookAsync(new WebhookChange { Id = "crm", State = Webhook.Types.State.Active });
        Assert.Equal((Webhook.Types.State.Active, null), (active.State, active.FailingSince));
    }
}
