using System.Collections.Concurrent;
using System.Security.Cryptography;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Webhooks;

/// <summary>
/// Tells webhooks what is due for them. Each has a turn of its own, so one that is slow or dead keeps no other waiting; a turn holds a lease in the database, so one node at a time works for a webhook, and another goes on a minute after a node
/// has died. What was posted and not written down before a crash is posted again under the same <c>webhook-id</c>.
/// </summary>
internal sealed partial class WebhookWork(ServiceStore store, WebhookClient client, string node, ILogger<WebhookWork> logger)
{
    private readonly ConcurrentDictionary<Guid, Task> _turns = new();

    /// <summary>Begins a turn for every webhook that something is due for and that has none yet, those that have waited longest first.</summary>
    public async Task StartTurnsAsync(CancellationToken cancellationToken = default)
    {
        long now = store.NowMs;
        await using ServiceContext context = store.Open(TenantScope.Platform);
        List<Guid> due = await context.WebhookProgress.AsNoTracking()
            .Where(row => row.RestUntilMs <= now && (row.Owner == node || row.LeaseUntilMs <= now)
                && context.Webhooks.Any(endpoint => endpoint.Id == row.EndpointId && endpoint.State == WebhookState.Active)
                && context.WebhookDeliveries.Any(each => each.EndpointId == row.EndpointId && each.State == WebhookDeliveryState.Pending && each.NextAtMs <= now
                    && !context.WebhookDeliveries.Any(before => before.EndpointId == each.EndpointId && before.State == WebhookDeliveryState.Pending && before.Subject == each.Subject && before.Number < each.Number)))
            .OrderBy(static row => row.LeaseUntilMs).Select(static row => row.EndpointId).Take(2 * WebhookLimits.MaxTurns).ToListAsync(cancellationToken);
        foreach (Guid endpoint in due.Where(each => !_turns.ContainsKey(each)).Take(WebhookLimits.MaxTurns - _turns.Count))
        {
            var beginning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _turns[endpoint] = TakeTurnAsync(endpoint, beginning.Task, cancellationToken);
            beginning.SetResult();
        }
    }

    /// <summary>The end of the turns that go on.</summary>
    public Task Turns => Task.WhenAll(_turns.Values);

    private async Task TakeTurnAsync(Guid endpoint, Task beginning, CancellationToken cancellationToken)
    {
        await beginning;
        EventMetrics.CountTurns(1);
        try
        {
            while (await LeaseAsync(endpoint, cancellationToken) && await TellAsync(endpoint, cancellationToken))
            {
                // Until nothing is due, or an attempt has failed.
            }

            await ReleaseAsync(endpoint);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops; what was under way is told again, and the lease is this node's own at its next start.
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested || e is not OperationCanceledException)
        {
            EventMetrics.Failures.Add(1);
            LogFailed(endpoint, e);
        }
        finally
        {
            EventMetrics.CountTurns(-1);
            _turns.TryRemove(endpoint, out _);
        }
    }

    private async Task<bool> LeaseAsync(Guid endpoint, CancellationToken cancellationToken)
    {
        long now = store.NowMs;
        await using ServiceContext context = store.Open(TenantScope.Platform);
        return await context.WebhookProgress.Where(row => row.EndpointId == endpoint && (row.Owner == node || row.LeaseUntilMs <= now))
            .ExecuteUpdateAsync(set => set.SetProperty(static row => row.Owner, node).SetProperty(static row => row.LeaseUntilMs, now + (long)EventLimits.Lease.TotalMilliseconds), cancellationToken) == 1;
    }

    private async Task ReleaseAsync(Guid endpoint)
    {
        long now = store.NowMs;
        await using ServiceContext context = store.Open(TenantScope.Platform);
        await context.WebhookProgress.Where(row => row.EndpointId == endpoint && row.Owner == node)
            .ExecuteUpdateAsync(set => set.SetProperty(static row => row.Owner, "").SetProperty(static row => row.LeaseUntilMs, now), CancellationToken.None);
    }

    /// <summary>Tells what is due, and may be told at once.</summary>
    /// <returns>Whether there may be more.</returns>
    private async Task<bool> TellAsync(Guid id, CancellationToken cancellationToken)
    {
        List<(WebhookDelivery Delivery, ServiceEvent? Event)> due = [];
        WebhookEndpoint? endpoint;
        await using (ServiceContext context = store.Open(TenantScope.Platform))
        {
            endpoint = await context.Webhooks.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.State == WebhookState.Active, cancellationToken);
            if (endpoint is null)
            {
                return false;
            }

            List<WebhookDelivery> deliveries = await DueAsync(context, endpoint, cancellationToken);
            Guid[] events = [.. deliveries.Select(static each => each.EventId)];
            Dictionary<Guid, ServiceEvent> told = await context.Events.AsNoTracking().Where(row => events.Contains(row.Id)).ToDictionaryAsync(static row => row.Id, cancellationToken);
            due.AddRange(deliveries.Select(each => (each, told.GetValueOrDefault(each.EventId))));
        }

        (WebhookDelivery Delivery, WebhookAnswer Answer)[] answers = await Task.WhenAll(due.Select(async each => (each.Delivery, await AttemptAsync(endpoint, each.Delivery, each.Event, cancellationToken))));
        if (answers.Length == 0)
        {
            return false;
        }

        // What a server has said is written down although the server stops meanwhile.
        return await RecordAsync(endpoint, answers);
    }

    /// <summary>In the order of the events; none whose predecessor (of the same subject, or any where the webhook is ordered) still waits.</summary>
    private async Task<List<WebhookDelivery>> DueAsync(ServiceContext context, WebhookEndpoint endpoint, CancellationToken cancellationToken)
    {
        long now = store.NowMs;
        IQueryable<WebhookDelivery> pending = context.WebhookDeliveries.AsNoTracking().Where(row => row.EndpointId == endpoint.Id && row.State == WebhookDeliveryState.Pending);
        if (endpoint.Ordered)
        {
            List<WebhookDelivery> head = await pending.OrderBy(static row => row.Number).Take(1).ToListAsync(cancellationToken);
            return [.. head.Where(row => row.NextAtMs <= now)];
        }

        return await pending.Where(row => row.NextAtMs <= now && !context.WebhookDeliveries.Any(before => before.EndpointId == row.EndpointId && before.State == WebhookDeliveryState.Pending && before.Subject == row.Subject && before.Number < row.Number))
            .OrderBy(static row => row.Number).Take(WebhookLimits.Width).ToListAsync(cancellationToken);
    }

    private async Task<WebhookAnswer> AttemptAsync(WebhookEndpoint endpoint, WebhookDelivery delivery, ServiceEvent? told, CancellationToken cancellationToken)
    {
        if (told is null)
        {
            delivery.Attempts = WebhookLimits.Waits.Length;
            return new WebhookAnswer("refused", 0, "the event was deleted meanwhile", "", 0, null);
        }

        byte[] body = EventBody.Write(told);
        delivery.BodyHash = Convert.ToHexStringLower(SHA256.HashData(body));
        WebhookAnswer answer = await client.SendAsync(endpoint, told.Id, body, cancellationToken);
        EventMetrics.Attempt(answer.Result, answer.LatencyMs);
        return answer;
    }

    /// <summary>Writes down what came of attempts.</summary>
    /// <returns>Whether all of them were a success.</returns>
    private async Task<bool> RecordAsync(WebhookEndpoint endpoint, (WebhookDelivery Delivery, WebhookAnswer Answer)[] answers)
    {
        long now = store.NowMs;
        await using ServiceContext context = store.Open(TenantScope.Platform);
        foreach ((WebhookDelivery delivery, WebhookAnswer answer) in answers)
        {
            TimeSpan? wait = answer.IsDelivered ? null : WebhookRetry.After(delivery.Attempts + 1, delivery.Id, answer.RetryAfter);
            delivery.State = answer.IsDelivered ? WebhookDeliveryState.Delivered : wait is null ? WebhookDeliveryState.Failed : WebhookDeliveryState.Pending;
            delivery.NextAtMs = now + (long)(wait?.TotalMilliseconds ?? 0);
            if (delivery.State == WebhookDeliveryState.Failed)
            {
                EventMetrics.GivenUp.Add(1);
            }

            await context.WebhookDeliveries.Where(row => row.Id == delivery.Id).ExecuteUpdateAsync(
                set => set.SetProperty(static row => row.State, delivery.State).SetProperty(static row => row.NextAtMs, delivery.NextAtMs).SetProperty(static row => row.Attempts, static row => row.Attempts + 1)
                    .SetProperty(static row => row.LastAtMs, now).SetProperty(static row => row.Status, answer.Status).SetProperty(static row => row.LatencyMs, answer.LatencyMs)
                    .SetProperty(static row => row.BodyHash, delivery.BodyHash).SetProperty(static row => row.Problem, answer.Problem).SetProperty(static row => row.Response, answer.Response),
                CancellationToken.None);
        }

        WebhookProgress? progress = await context.WebhookProgress.AsNoTracking().SingleOrDefaultAsync(row => row.EndpointId == endpoint.Id, CancellationToken.None);
        if (progress is null)
        {
            // Deleted meanwhile, with its deliveries.
            return false;
        }

        bool anyDelivered = Array.Exists(answers, static each => each.Answer.IsDelivered);
        bool anyFailed = Array.Exists(answers, static each => !each.Answer.IsDelivered);
        int failures = anyDelivered ? anyFailed ? 1 : 0 : progress.Failures + 1;
        long? failingSince = anyDelivered ? null : progress.FailingSinceMs ?? now;
        long rest = !anyFailed ? 0 : endpoint.Ordered ? answers[0].Delivery.NextAtMs : now + (long)WebhookRetry.Rest(failures).TotalMilliseconds;
        await context.WebhookProgress.Where(row => row.EndpointId == endpoint.Id).ExecuteUpdateAsync(
            set => set.SetProperty(static row => row.Failures, failures).SetProperty(static row => row.FailingSinceMs, failingSince).SetProperty(static row => row.RestUntilMs, rest), CancellationToken.None);
        if (Array.Exists(answers, static each => each.Answer.IsGone))
        {
            await DisableAsync(endpoint, "its server answered 410");
        }
        else if (failingSince is { } since && now - since >= (long)WebhookLimits.MaxFailing.TotalMilliseconds)
        {
            await DisableAsync(endpoint, "its server has failed for 24 hours");
        }

        return !anyFailed;
    }

    private async Task DisableAsync(WebhookEndpoint endpoint, string reason)
    {
        var disabled = await store.ChangeAsync<bool>(TenantScope.Platform, new ChangeOrigin("system", "webhook.disable"), async context =>
        {
            WebhookEndpoint? row = await context.Webhooks.SingleOrDefaultAsync(row => row.Id == endpoint.Id && row.State == WebhookState.Active);
            if (row is null)
            {
                return false;
            }

            row.State = WebhookState.Disabled;
            row.DisabledReason = reason;
            int left = await context.WebhookDeliveries.Where(each => each.EndpointId == row.Id && each.State == WebhookDeliveryState.Pending)
                .ExecuteUpdateAsync(static set => set.SetProperty(static each => each.State, WebhookDeliveryState.Failed));
            EventMetrics.GivenUp.Add(left);
            ServiceEvents.Add(context, row.TenantId, ServiceEventTypes.WebhookDisabled, row.Id.ToString(), new() { ["webhook_id"] = row.Id.ToString(), ["name"] = row.Name, ["reason"] = reason }, store.NowMs);
            return true;
        });
        if (disabled.Value)
        {
            EventMetrics.Disabled.Add(1);
            LogDisabled(endpoint.Id, reason);
        }
    }

    [LoggerMessage(7150, LogLevel.Warning, "The webhook {Endpoint} was switched off: {Reason}. Its tenant switches it on again and has what failed told again (mcctl webhooks update, replay).", EventName = "WebhookDisabled")]
    private partial void LogDisabled(Guid endpoint, string reason);

    [LoggerMessage(7151, LogLevel.Error, "What the webhook {Endpoint} was told cannot be read or written; it is tried again.", EventName = "WebhookWorkFailed")]
    private partial void LogFailed(Guid endpoint, Exception fault);
}
