using Grpc.Core;
using MediaCore.Control.Services;
using MediaCore.Control.V1;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Webhooks;
using Microsoft.EntityFrameworkCore;
using Model = MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Webhooks</c>: where programs are told of what happens.</summary>
/// <param name="store">The database.</param>
/// <param name="options">What webhooks may reach.</param>
public sealed class WebhooksService(ServiceStore store, WebhookOptions options) : Webhooks.WebhooksBase
{
    private readonly Rows<Model.WebhookEndpoint> _webhooks = new(store, "webhook", static row => row.Name);
    private readonly Rows<Model.WebhookDelivery> _deliveries = new(store, "delivery");

    /// <inheritdoc/>
    public override async Task<ListWebhooksResponse> ListWebhooks(PageRequest request, ServerCallContext context)
    {
        (List<Model.WebhookEndpoint> rows, string next) = await _webhooks.ListAsync(context, request.PageSize, request.PageToken);
        return new ListWebhooksResponse { Webhooks = { await ToMessagesAsync(rows, context) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<Webhook> GetWebhook(EntityRequest request, ServerCallContext context) => await ToMessageAsync(await _webhooks.GetAsync(context, request.Id, static row => row), context);

    /// <inheritdoc/>
    public override async Task<NewWebhook> CreateWebhook(WebhookChange request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        Model.WebhookEndpoint row = await _webhooks.CreateAsync(context, async database =>
        {
            Guid tenant = caller.TenantId;
            if (await database.Webhooks.CountAsync(each => each.TenantId == tenant, context.CancellationToken) >= WebhookLimits.MaxEndpoints)
            {
                throw ApiErrors.Precondition($"There are {WebhookLimits.MaxEndpoints} webhooks already: delete one first.");
            }

            var made = new Model.WebhookEndpoint { Secret = WebhookSignature.NewSecret() };
            Apply(made, request, isNew: true);
            database.Add(new Model.WebhookProgress { TenantId = tenant, EndpointId = made.Id });
            return made;
        });
        return new NewWebhook { Webhook = await ToMessageAsync(row, context), Secret = row.Secret };
    }

    /// <inheritdoc/>
    public override async Task<Webhook> UpdateWebhook(WebhookChange request, ServerCallContext context) => await ToMessageAsync(
        await _webhooks.ChangeAsync(context, request.Id, request.Etag, async (database, row) =>
        {
            Model.WebhookState before = row.State;
            Apply(row, request, isNew: false);
            if (before == Model.WebhookState.Disabled && row.State == Model.WebhookState.Active)
            {
                row.DisabledReason = "";
                await database.WebhookProgress.Where(each => each.EndpointId == row.Id).ExecuteUpdateAsync(
                    static set => set.SetProperty(static each => each.Failures, 0).SetProperty(static each => each.FailingSinceMs, (long?)null).SetProperty(static each => each.RestUntilMs, 0), context.CancellationToken);
            }
        }),
        context);

    /// <inheritdoc/>
    public override Task<Done> DeleteWebhook(DeleteEntityRequest request, ServerCallContext context) => _webhooks.DeleteAsync(context, request.Id, request.Etag);

    /// <inheritdoc/>
    public override async Task<NewWebhook> RotateWebhookSecret(RotateWebhookSecretRequest request, ServerCallContext context)
    {
        double seconds = request.Overlap?.Seconds ?? WebhookLimits.Overlap.TotalSeconds;
        if (seconds < 0 || seconds > WebhookLimits.MaxOverlap.TotalSeconds)
        {
            throw ApiErrors.Invalid("overlap", $"It is 0 to {WebhookLimits.MaxOverlap.TotalDays} days.");
        }

        Model.WebhookEndpoint row = await _webhooks.ChangeAsync(
            context,
            request.Id,
            "",
            (_, row) =>
            {
                row.PreviousSecret = seconds > 0 ? row.Secret : null;
                row.PreviousUntilMs = seconds > 0 ? store.NowMs + (long)(seconds * 1000) : 0;
                row.Secret = WebhookSignature.NewSecret();
                return Task.CompletedTask;
            },
            "rotate");
        return new NewWebhook { Webhook = await ToMessageAsync(row, context), Secret = row.Secret };
    }

    /// <inheritdoc/>
    public override async Task<TestWebhookResponse> TestWebhook(EntityRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        await using ServiceContext database = store.Open(caller.Scope);
        Model.WebhookEndpoint row = await _webhooks.FindAsync(database, caller, request.Id, context.CancellationToken);
        MustBeActive(row);
        ServiceEvents.Add(database, row.TenantId, ServiceEventTypes.WebhookTest, row.Id.ToString(), new() { ["webhook_id"] = row.Id.ToString(), ["name"] = row.Name }, store.NowMs);
        string id = database.Events.Local.Single().Id.ToString();
        await database.SaveChangesAsync(context.CancellationToken);
        return new TestWebhookResponse { EventId = id };
    }

    /// <inheritdoc/>
    public override async Task<ListDeliveriesResponse> ListDeliveries(ListDeliveriesRequest request, ServerCallContext context)
    {
        Guid endpoint = await _webhooks.GetAsync(context, request.Id, static row => row.Id);
        Model.WebhookDeliveryState? state = request.State == WebhookDelivery.Types.State.Unspecified ? null : ApiMapping.From<Model.WebhookDeliveryState>(request.State, null, "state");
        string type = request.Type;
        (List<Model.WebhookDelivery> rows, string next) = await _deliveries.ListAsync(context, request.PageSize, request.PageToken, rows =>
        {
            rows = rows.Where(row => row.EndpointId == endpoint);
            rows = state is { } wanted ? rows.Where(row => row.State == wanted) : rows;
            return type.Length > 0 ? rows.Where(row => row.Type == type) : rows;
        });
        return new ListDeliveriesResponse { Deliveries = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override async Task<ReplayDeliveriesResponse> ReplayDeliveries(ReplayDeliveriesRequest request, ServerCallContext context)
    {
        ApiCaller caller = ApiCaller.Of(context);
        await using ServiceContext database = store.Open(caller.Scope);
        Model.WebhookEndpoint endpoint = await _webhooks.FindAsync(database, caller, request.Id, context.CancellationToken);
        IQueryable<Model.WebhookDelivery> rows = database.WebhookDeliveries.Where(row => row.EndpointId == endpoint.Id);
        if (request.DeliveryId.Length > 0)
        {
            Guid one = (await _deliveries.FindAsync(database, caller, request.DeliveryId, context.CancellationToken, "delivery_id")).Id;
            rows = rows.Where(row => row.Id == one);
        }
        else
        {
            long since = ApiMapping.Ms(request.Since, "since") ?? 0;
            rows = rows.Where(row => row.State == Model.WebhookDeliveryState.Failed && row.CreatedAtMs >= since);
        }

        MustBeActive(endpoint);
        long now = store.NowMs;
        int count = await rows.ExecuteUpdateAsync(
            set => set.SetProperty(static row => row.State, Model.WebhookDeliveryState.Pending).SetProperty(static row => row.Attempts, 0).SetProperty(static row => row.NextAtMs, now), context.CancellationToken);
        await database.WebhookProgress.Where(row => row.EndpointId == endpoint.Id).ExecuteUpdateAsync(static set => set.SetProperty(static row => row.RestUntilMs, 0), context.CancellationToken);
        return new ReplayDeliveriesResponse { Count = count };
    }

    private static void MustBeActive(Model.WebhookEndpoint row)
    {
        if (row.State != Model.WebhookState.Active)
        {
            throw ApiErrors.Precondition("The webhook is switched off: set its state to active first.");
        }
    }

    private void Apply(Model.WebhookEndpoint row, WebhookChange request, bool isNew)
    {
        List<ConfigurationProblem> problems = [];
        row.Name = isNew || request.HasName ? ApiMapping.Name(request.Name) : row.Name;
        if (isNew || request.HasUrl)
        {
            Note("url", WebhookRules.CheckUrl(request.Url, options));
            row.Url = request.Url;
        }

        if (request.EventTypes.Count > 0)
        {
            string[] types = request.EventTypes is ["*"] ? [] : [.. request.EventTypes];
            Note("event_types", WebhookRules.CheckTypes(types));
            row.EventTypes = string.Join('\n', types);
        }

        if (request.Filter.Count > 0)
        {
            string[] filter = request.Filter is ["*"] ? [] : [.. request.Filter];
            Note("filter", WebhookRules.CheckFilter(filter));
            row.Filter = string.Join('\n', filter);
        }

        row.Ordered = request.HasOrdered ? request.Ordered : row.Ordered;
        row.State = request.HasState ? ApiMapping.From<Model.WebhookState>(request.State, Model.WebhookState.Active, "state") : row.State;
        if (problems.Count > 0)
        {
            throw ApiErrors.Invalid(problems);
        }

        void Note(string field, string? problem)
        {
            if (problem is not null)
            {
                problems.Add(new ConfigurationProblem(field, problem));
            }
        }
    }

    private async Task<Webhook> ToMessageAsync(Model.WebhookEndpoint row, ServerCallContext context) => (await ToMessagesAsync([row], context))[0];

    private async Task<List<Webhook>> ToMessagesAsync(IReadOnlyList<Model.WebhookEndpoint> rows, ServerCallContext context)
    {
        Guid[] endpoints = [.. rows.Select(static row => row.Id)];
        await using ServiceContext database = store.Open(ApiCaller.Of(context).Scope);
        Dictionary<Guid, long?> failing = await database.WebhookProgress.AsNoTracking().Where(row => endpoints.Contains(row.EndpointId)).ToDictionaryAsync(static row => row.EndpointId, static row => row.FailingSinceMs, context.CancellationToken);
        Dictionary<Guid, int> pending = await database.WebhookDeliveries.AsNoTracking().Where(row => endpoints.Contains(row.EndpointId) && row.State == Model.WebhookDeliveryState.Pending)
            .GroupBy(static row => row.EndpointId).Select(static group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(static each => each.Key, static each => each.Count, context.CancellationToken);
        return [.. rows.Select(row => new Webhook
        {
            Id = row.Id.ToString(),
            Etag = ApiMapping.ETag(row),
            Name = row.Name,
            Url = row.Url,
            EventTypes = { row.EventTypes.Split('\n', StringSplitOptions.RemoveEmptyEntries) },
            Filter = { row.Filter.Split('\n', StringSplitOptions.RemoveEmptyEntries) },
            Ordered = row.Ordered,
            State = ApiMapping.To<Webhook.Types.State>(row.State),
            DisabledReason = row.DisabledReason,
            FailingSince = ApiMapping.Time(failing.GetValueOrDefault(row.Id)),
            PreviousSecretUntil = row.PreviousSecret is not null && row.PreviousUntilMs > store.NowMs ? ApiMapping.Time(row.PreviousUntilMs) : null,
            Pending = pending.GetValueOrDefault(row.Id),
            CreatedAt = ApiMapping.Time(row.CreatedAtMs),
        })];
    }

    private static WebhookDelivery ToMessage(Model.WebhookDelivery row) => new()
    {
        Id = row.Id.ToString(),
        EventId = row.EventId.ToString(),
        Type = row.Type,
        Subject = row.Subject,
        State = ApiMapping.To<WebhookDelivery.Types.State>(row.State),
        Attempts = row.Attempts,
        NextAt = row.State == Model.WebhookDeliveryState.Pending ? ApiMapping.Time(row.NextAtMs) : null,
        LastAt = row.LastAtMs > 0 ? ApiMapping.Time(row.LastAtMs) : null,
        Status = row.Status,
        LatencyMs = row.LatencyMs,
        BodySha256 = row.BodyHash,
        Problem = row.Problem,
        Response = row.Response,
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };
}
