using System.Data.Common;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Brokers;

/// <summary>
/// Publishes events in the order of their numbers, behind a cursor in the database that only goes on when the broker has confirmed: an outage delays, a crash tells some twice under the same message identifier. One node at a
/// time does it, by a lease.
/// </summary>
internal sealed class BrokerWork(ServiceStore store, RabbitLine line, string node) : IAsyncDisposable
{
    /// <summary>The longest wait between two tries of a broker that is away.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    /// <summary>Publishes until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        TimeSpan wait = EventLimits.Interval;
        try
        {
            while (true)
            {
                bool isWell = await TryOnceAsync(cancellationToken);
                wait = isWell ? EventLimits.Interval : wait * 2 < MaxWait ? wait * 2 : MaxWait;
                await Task.Delay(wait, store.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Disposal.
        }
    }

    /// <summary>Publishes what is there, where no other node does.</summary>
    /// <returns>Whether the broker took all of it.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken cancellationToken = default)
    {
        while (await LeaseAsync(cancellationToken) is { } cursor)
        {
            List<ServiceEvent> events;
            await using (ServiceContext context = store.Open(TenantScope.Platform))
            {
                events = await context.Events.AsNoTracking().Where(row => row.Number > cursor).OrderBy(static row => row.Number).Take(EventLimits.PublishedAtOnce).ToListAsync(cancellationToken);
            }

            if (events.Count == 0)
            {
                return true;
            }

            if (!await line.PublishAsync(events, cancellationToken))
            {
                return false;
            }

            long last = events[^1].Number!.Value;
            await using ServiceContext writing = store.Open(TenantScope.Platform);
            await writing.EventCursors.Where(row => row.Name == EventCursor.RabbitMq && row.Number < last).ExecuteUpdateAsync(set => set.SetProperty(static row => row.Number, last), CancellationToken.None);
        }

        // Another node's work.
        await line.CloseAsync();
        return true;
    }

    public ValueTask DisposeAsync() => line.DisposeAsync();

    private async Task<bool> TryOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunOnceAsync(cancellationToken);
        }
        catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException)
        {
            // The numbering, which goes on all the time, tells of a database that is away.
            EventMetrics.Failures.Add(1);
            return false;
        }
    }

    /// <summary>The cursor, when it is this node's to move; null while it is another's.</summary>
    private async Task<long?> LeaseAsync(CancellationToken cancellationToken)
    {
        long now = store.NowMs;
        await using ServiceContext context = store.Open(TenantScope.Platform);
        if (await context.EventCursors.Where(row => row.Name == EventCursor.RabbitMq && (row.Owner == node || row.LeaseUntilMs <= now))
            .ExecuteUpdateAsync(set => set.SetProperty(static row => row.Owner, node).SetProperty(static row => row.LeaseUntilMs, now + (long)EventLimits.Lease.TotalMilliseconds), cancellationToken) == 0)
        {
            return null;
        }

        long number = await context.EventCursors.Where(static row => row.Name == EventCursor.RabbitMq).Select(static row => row.Number).SingleAsync(cancellationToken);
        if (number != EventCursor.FromNowOn)
        {
            return number;
        }

        // The first time: what happened before there was a broker is not for it.
        number = await context.EventCursors.Where(static row => row.Name == EventCursor.Numbers).Select(static row => row.Number).SingleAsync(cancellationToken);
        await context.EventCursors.Where(static row => row.Name == EventCursor.RabbitMq).ExecuteUpdateAsync(set => set.SetProperty(static row => row.Number, number), cancellationToken);
        return number;
    }
}
