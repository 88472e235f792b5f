using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Inventory;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <content>Call records.</content>
public sealed partial class NumberStore
{
    /// <summary>
    /// Calls that began in a span of time, newest first, with their legs. Calls appear here about a second after they ended, when the
    /// journal has been imported.
    /// </summary>
    /// <param name="from">Earliest start, inclusive; null for the first call.</param>
    /// <param name="to">Latest start, exclusive; null for the last call.</param>
    /// <param name="limit">At most so many, 1 to <see cref="InventoryLimits.MaxListed"/>.</param>
    /// <param name="number">Only calls that this virtual number took; null for all.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<CallRecord>> ListCallsAsync(
        DateTimeOffset? from = null, DateTimeOffset? to = null, int limit = 100, string? number = null, CancellationToken cancellationToken = default)
    {
        await using NumbersDbContext context = CreateContext();
        IQueryable<CallRow> calls = context.Calls.AsNoTracking();
        if (from is { } earliest)
        {
            long ms = earliest.ToUnixTimeMilliseconds();
            calls = calls.Where(row => row.StartedAtMs >= ms);
        }

        if (to is { } latest)
        {
            long ms = latest.ToUnixTimeMilliseconds();
            calls = calls.Where(row => row.StartedAtMs < ms);
        }

        if (number is not null)
        {
            calls = calls.Where(row => row.Number == number);
        }

        List<CallRow> rows = await calls.OrderByDescending(row => row.StartedAtMs).ThenByDescending(row => row.CallId)
            .Take(Math.Clamp(limit, 1, InventoryLimits.MaxListed)).Include(row => row.Legs).ToListAsync(cancellationToken);
        return [.. rows.Select(CallRows.ToRecord)];
    }

    /// <summary>One call; null when there is none (yet).</summary>
    public async Task<CallRecord?> GetCallAsync(string callId, CancellationToken cancellationToken = default)
    {
        await using NumbersDbContext context = CreateContext();
        CallRow? row = await context.Calls.AsNoTracking().Include(call => call.Legs).SingleOrDefaultAsync(call => call.CallId == callId, cancellationToken);
        return row is null ? null : CallRows.ToRecord(row);
    }

    /// <summary>Calls in the database.</summary>
    public async Task<long> CountCallsAsync(CancellationToken cancellationToken = default)
    {
        await using NumbersDbContext context = CreateContext();
        return await context.Calls.LongCountAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<int> ImportCallsAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken = default)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        using var import = new CallImport(connection);
        int added = 0;
        foreach (CallRecord record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            added += import.Add(record) ? 1 : 0;
        }

        import.Commit();
        return added;
    }
}
