using System.Runtime.InteropServices;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Routing;

/// <summary>
/// Makes <see cref="RoutingTable"/>s of the database: the first of everything, later ones of what has changed since (rows above the last audit number, and
/// assignments that begin or end by the clock). Not thread-safe: owned by its feed.
/// </summary>
internal sealed class RoutingTableReader(ServiceStore store)
{
    /// <summary>Changed numbers that stand apart before the large table is made anew, at least; making it costs its size, so above that a sixteenth of it.</summary>
    internal const int MinChanged = 16_384;

    private readonly Dictionary<RouteKey, int> _indices = [];
    private readonly List<NumberRoute> _routes = [];
    private readonly Dictionary<ulong, int> _changed = [];
    private readonly Dictionary<Guid, Guid> _published = [];
    private HashSet<Guid> _suspended = [];
    private NumberTable _all = NumberTable.Empty;
    private int _count;
    private long _seq = -1;
    private long _accountsSeq = -1;
    private long _atMs;
    private long? _nextChangeMs;

    /// <summary>The next table; null when the last one is still right.</summary>
    internal async Task<RoutingTable?> ReadAsync(CancellationToken cancellationToken)
    {
        await using ServiceContext context = store.Open(TenantScope.Platform);

        // Read before the rows: what is committed meanwhile is read now and again the next time, never missed.
        long seq = await context.State.AsNoTracking().Select(static row => row.Seq).SingleAsync(cancellationToken);
        long now = store.NowMs;
        if (seq == _seq && !(_nextChangeMs <= now))
        {
            return null;
        }

        // A fault half-way leaves neither number moved, and all that is set here is set again.
        await ReadRoutesAsync(context, cancellationToken);
        if (_seq < 0)
        {
            await ReadAllAsync(context, now, cancellationToken);
        }
        else
        {
            await ReadChangedAsync(context, now, cancellationToken);
        }

        await ReadAccountsSeqAsync(context, seq, cancellationToken);
        _nextChangeMs = await NextChangeAsync(context, now, cancellationToken);
        _seq = seq;
        _atMs = now;
        Merge();
        NumberTable changed = NumberTable.Build(_changed.Count, _changed);
        return new RoutingTable(_all, changed, [.. _routes], seq, _count) { AccountsSeq = _accountsSeq };
    }

    // Tenants and what is published change seldom and are few beside the numbers: their part is read whole.
    private async Task ReadRoutesAsync(ServiceContext context, CancellationToken cancellationToken)
    {
        _suspended = [.. await context.Tenants.Where(static row => row.Suspended).Select(static row => row.Id).ToListAsync(cancellationToken)];
        _published.Clear();
        await foreach (var row in context.RoutingPlans.Where(static row => row.PublishedId != null).Select(static row => new { row.Id, row.PublishedId }).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            _published[row.Id] = row.PublishedId!.Value;
        }

        await foreach (var row in context.Menus.Where(static row => row.PublishedId != null).Select(static row => new { row.Id, row.PublishedId }).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            _published[row.Id] = row.PublishedId!.Value;
        }

        foreach ((RouteKey key, int index) in _indices)
        {
            NumberRoute fresh = Make(key);
            if (_routes[index] != fresh)
            {
                _routes[index] = fresh;
            }
        }
    }

    private async Task ReadAllAsync(ServiceContext context, long now, CancellationToken cancellationToken)
    {
        int capacity = await Live(context.Numbers).CountAsync(cancellationToken);
        var builder = new NumberTable.Builder(capacity + capacity / 16);
        await foreach (NumberRow row in Rows(context, Live(context.Numbers), now).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (NumberKey.TryParse(row.Number, out ulong key))
            {
                builder.Set(key, IndexOf(row));
            }
        }

        _count = builder.Count;
        _all = builder.Build();
        _changed.Clear();
    }

    private async Task ReadChangedAsync(ServiceContext context, long now, CancellationToken cancellationToken)
    {
        long seq = _seq;
        long before = _atMs;
        IQueryable<Guid> byAssignment = context.Assignments
            .Where(row => row.ChangedSeq > seq || (row.FromMs > before && row.FromMs <= now) || (row.UntilMs > before && row.UntilMs <= now))
            .Select(static row => row.NumberId);
        IQueryable<VirtualNumber> changed = context.Numbers.Where(row => row.ChangedSeq > seq || byAssignment.Contains(row.Id));
        await foreach (NumberRow row in Rows(context, changed, now).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (!NumberKey.TryParse(row.Number, out ulong key))
            {
                continue;
            }

            bool was = _changed.TryGetValue(key, out int value) || _all.TryGet(key, out value);
            was &= value != RoutingTable.Gone;
            bool isLive = row.State is NumberState.Owned or NumberState.Assigned;
            if (isLive || was)
            {
                _changed[key] = isLive ? IndexOf(row) : RoutingTable.Gone;
            }

            _count += (isLive ? 1 : 0) - (was ? 1 : 0);
        }
    }

    // By the audit rather than the rows, since one that was removed has none.
    private async Task ReadAccountsSeqAsync(ServiceContext context, long seq, CancellationToken cancellationToken)
    {
        long before = _seq;
        _accountsSeq = before < 0
            ? seq
            : await context.Audit.Where(row => row.Seq > before && (row.Action.StartsWith("account.") || row.Action.StartsWith("tenant."))).MaxAsync(static row => (long?)row.Seq, cancellationToken) ?? _accountsSeq;
    }

    private static async Task<long?> NextChangeAsync(ServiceContext context, long now, CancellationToken cancellationToken)
    {
        long? begin = await context.Assignments.Where(row => row.FromMs > now).MinAsync(static row => (long?)row.FromMs, cancellationToken);
        long? end = await context.Assignments.Where(row => row.UntilMs > now).MinAsync(static row => row.UntilMs, cancellationToken);
        return begin is null || end < begin ? end : begin;
    }

    private static IQueryable<VirtualNumber> Live(IQueryable<VirtualNumber> numbers) => numbers.Where(static row => row.State == NumberState.Owned || row.State == NumberState.Assigned);

    // Spans do not overlap, so there is one assignment at most.
    private static IQueryable<NumberRow> Rows(ServiceContext context, IQueryable<VirtualNumber> numbers, long now)
        => from number in numbers.AsNoTracking()
           join one in context.Assignments.Where(one => one.Channel == NumberChannel.Voice && one.FromMs <= now && (one.UntilMs == null || one.UntilMs > now))
               on number.Id equals one.NumberId into found
           from assignment in found.DefaultIfEmpty()
           select new NumberRow(number.Number, number.State, number.TenantId, (AssignmentTarget?)assignment!.Target, (Guid?)assignment.TargetId, number.RecordsCalls);

    private int IndexOf(NumberRow row)
    {
        var key = new RouteKey(row.TenantId ?? Tenant.PlatformId, row.Target, row.TargetId ?? Guid.Empty, row.RecordsCalls);
        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_indices, key, out bool exists);
        if (!exists)
        {
            index = _routes.Count;
            _routes.Add(Make(key));
        }

        return index;
    }

    private NumberRoute Make(RouteKey key) => new(
        key.TenantId, key.Target, key.TargetId, _published.TryGetValue(key.TargetId, out Guid revision) ? revision : null, _suspended.Contains(key.TenantId)) { RecordsCalls = key.RecordsCalls };

    private void Merge()
    {
        if (_changed.Count <= Math.Max(MinChanged, _all.Count / 16))
        {
            return;
        }

        var builder = new NumberTable.Builder(_count + _count / 16);
        foreach ((ulong key, int value) in _all.Enumerate())
        {
            if (!_changed.ContainsKey(key))
            {
                builder.Set(key, value);
            }
        }

        foreach ((ulong key, int value) in _changed)
        {
            if (value != RoutingTable.Gone)
            {
                builder.Set(key, value);
            }
        }

        _all = builder.Build();
        _changed.Clear();
    }

    private readonly record struct RouteKey(Guid TenantId, AssignmentTarget? Target, Guid TargetId, bool RecordsCalls);

    private sealed record NumberRow(string Number, NumberState State, Guid? TenantId, AssignmentTarget? Target, Guid? TargetId, bool RecordsCalls);
}
