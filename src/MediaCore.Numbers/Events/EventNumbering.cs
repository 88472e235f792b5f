using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace MediaCore.Numbers.Events;

/// <summary>
/// Gives committed events their numbers and makes a delivery of each for every webhook that wants it, in one transaction. One node at a time does it (it holds the row of the cursor), so numbers are given in the order of
/// their commits and without gaps, whichever order rows were made in: what has no number yet is still to be told, however old it is.
/// </summary>
internal sealed class EventNumbering(ServiceStore store)
{
    // Raw, since only the database knows the order in which rows were written; as a tenant's filter would go around it, the platform reads.
    private const string SqliteNext = "SELECT * FROM events WHERE number IS NULL ORDER BY rowid LIMIT {0}";
    private const string PostgresNext = "SELECT * FROM events WHERE number IS NULL ORDER BY position LIMIT {0}";

    /// <summary>Numbers what is there, up to <see cref="EventLimits.NumberedAtOnce"/>.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = store.Open(TenantScope.Platform);
        if (!await context.Events.AnyAsync(static row => row.Number == null, cancellationToken))
        {
            return 0;
        }

        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);

        // Holds the row until the commit; the next reader of what has no number is the next holder.
        await context.EventCursors.Where(static row => row.Name == EventCursor.Numbers).ExecuteUpdateAsync(static set => set.SetProperty(static row => row.Number, static row => row.Number), cancellationToken);
        EventCursor cursor = await context.EventCursors.SingleAsync(static row => row.Name == EventCursor.Numbers, cancellationToken);
        List<ServiceEvent> events = await context.Events
            .FromSqlRaw(store.Postgres is null ? SqliteNext : PostgresNext, EventLimits.NumberedAtOnce).IgnoreQueryFilters().ToListAsync(cancellationToken);
        Guid[] tenants = [.. events.Select(static row => row.TenantId).Distinct()];
        string[] subjects = [.. events.Select(static row => row.Subject).Distinct(StringComparer.Ordinal)];
        var last = await context.Events.Where(row => tenants.Contains(row.TenantId) && subjects.Contains(row.Subject) && row.Number != null)
            .GroupBy(static row => new { row.TenantId, row.Subject }).Select(static group => new { group.Key.TenantId, group.Key.Subject, Sequence = group.Max(static row => row.Sequence) }).ToListAsync(cancellationToken);
        Dictionary<(Guid, string), int> sequences = last.ToDictionary(static each => (each.TenantId, each.Subject), static each => each.Sequence);
        List<WebhookEndpoint> rows = await context.Webhooks.AsNoTracking().Where(row => tenants.Contains(row.TenantId) && row.State == WebhookState.Active).ToListAsync(cancellationToken);
        ILookup<Guid, WebhookEndpoint> endpoints = rows.ToLookup(static row => row.TenantId);
        long now = store.NowMs;
        foreach (ServiceEvent each in events)
        {
            each.Number = ++cursor.Number;
            each.Sequence = sequences[(each.TenantId, each.Subject)] = sequences.GetValueOrDefault((each.TenantId, each.Subject)) + 1;
            foreach (WebhookEndpoint endpoint in endpoints[each.TenantId].Where(endpoint => WebhookWish.Wants(endpoint, each)))
            {
                context.WebhookDeliveries.Add(new WebhookDelivery { TenantId = each.TenantId, EndpointId = endpoint.Id, EventId = each.Id, Number = cursor.Number, Type = each.Type, Subject = each.Subject, NextAtMs = now });
            }
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        EventMetrics.Numbered.Add(events.Count);
        return events.Count;
    }
}
