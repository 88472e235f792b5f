using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Events;

/// <summary>Deletes events and deliveries that are older than <see cref="EventLimits.Retention"/>, a bounded number at a time. What the broker has not confirmed yet goes as well: a month without a broker is no outage any more.</summary>
internal sealed class EventRetention(ServiceStore store)
{
    /// <summary>Deletes up to <see cref="EventLimits.DeletedAtOnce"/> of each.</summary>
    /// <returns>How many; more may be left when it is not 0.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken = default)
    {
        long before = store.NowMs - (long)EventLimits.Retention.TotalMilliseconds;
        await using ServiceContext context = store.Open(TenantScope.Platform);
        Guid[] deliveries = await context.WebhookDeliveries.Where(row => row.CreatedAtMs < before).OrderBy(static row => row.CreatedAtMs).Select(static row => row.Id).Take(EventLimits.DeletedAtOnce).ToArrayAsync(cancellationToken);
        int deleted = await context.WebhookDeliveries.Where(row => deliveries.Contains(row.Id)).ExecuteDeleteAsync(cancellationToken);
        Guid[] events = await context.Events.Where(row => row.CreatedAtMs < before && row.Number != null).OrderBy(static row => row.CreatedAtMs).Select(static row => row.Id).Take(EventLimits.DeletedAtOnce).ToArrayAsync(cancellationToken);
        deleted += await context.Events.Where(row => events.Contains(row.Id)).ExecuteDeleteAsync(cancellationToken);
        EventMetrics.Deleted.Add(deleted);
        return deleted;
    }
}
