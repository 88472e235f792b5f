using System.Data.Common;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Records;

/// <summary>
/// Keeps the calls as a business sees them (<see cref="JoinedCall"/>). Whoever writes something of a call asks for it to be joined in the same transaction (<see cref="Request(ServiceContext, string, long)"/>); a moment later it is, with all that is known by then, and again
/// when more comes. One server joins at a time, so numbers (<see cref="JoinedCall.Seq"/>) become visible in their order. Nothing depends on this server having been there: what another left is joined by whoever runs (docs/adr/0043-joined-call-records.md).
/// </summary>
public sealed partial class CallJoins : IAsyncDisposable
{
    // One for all servers on a database; "join" in ASCII.
    private const long JoinLock = 0x6A6F696E;

    private readonly ServiceStore _store;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    private CallJoins(ServiceStore store, ILoggerFactory? loggers)
    {
        CallJoinMetrics.Publish();
        _store = store;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<CallJoins>();
    }

    /// <summary>Begins to join.</summary>
    public static CallJoins Start(ServiceStore store, ILoggerFactory? loggers = null)
    {
        CallJoins joins = Open(store, loggers);
        joins._loop = Task.Run(joins.WorkAsync, CancellationToken.None);
        return joins;
    }

    /// <summary>For tests: one that joins when <see cref="JoinOnceAsync"/> is called.</summary>
    internal static CallJoins Open(ServiceStore store, ILoggerFactory? loggers = null) => new(store, loggers);

    /// <summary>Has a call joined (again) once the change is committed.</summary>
    /// <param name="context">The change.</param>
    /// <param name="callId">The call.</param>
    /// <param name="nowMs">Now, milliseconds of Unix time.</param>
    public static void Request(ServiceContext context, string callId, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.PendingJoins.Add(new PendingJoin { CallId = callId, DueAtMs = nowMs + (long)CallJoinLimits.Settling.TotalMilliseconds });
    }

    /// <summary>Has a call joined whose record has come.</summary>
    public static void Request(ServiceContext context, CallRecord record, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(record);
        if (record.Transfers.Any(static transfer => transfer.Kind != TransferKind.Blind && transfer.Status is >= 200 and < 300))
        {
            foreach (string dialog in record.Legs.Select(static leg => leg.SipCallId).Where(static id => id.Length > 0).Distinct(StringComparer.Ordinal))
            {
                context.CallDialogs.Add(new CallDialog { SipCallId = dialog, CallId = record.CallId });
            }
        }

        Request(context, record.CallId, nowMs);
    }

    /// <summary>Joins what is due.</summary>
    /// <returns>Calls that were joined.</returns>
    /// <exception cref="DbException">The database cannot be used; what is due stays so.</exception>
    public async Task<int> JoinOnceAsync(CancellationToken cancellationToken = default)
    {
        int joined = 0;
        for (int more = CallJoinLimits.BatchCalls; more == CallJoinLimits.BatchCalls;)
        {
            (more, int written) = await JoinBatchAsync(cancellationToken);
            joined += written;
        }

        return joined;
    }

    /// <summary>Ends; what is due is joined by the next run, or another server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task WorkAsync()
    {
        using var timer = new PeriodicTimer(CallJoinLimits.Interval, _store.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    await JoinOnceAsync(_stopping.Token);
                    _failing = false;
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException)
                {
                    CallJoinMetrics.Failures.Add(1);
                    if (!_failing)
                    {
                        LogFailed(e);
                    }

                    _failing = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    private async Task<(int Due, int Joined)> JoinBatchAsync(CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        long now = _store.NowMs;
        if (!await context.PendingJoins.AnyAsync(row => row.DueAtMs <= now, cancellationToken))
        {
            return (0, 0);
        }

        // SQLite: BEGIN IMMEDIATE. PostgreSQL: what is read after the lock has everything that was committed before it was given.
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (_store.Postgres is not null)
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({JoinLock})", cancellationToken);
        }

        List<PendingJoin> due = await context.PendingJoins.Where(row => row.DueAtMs <= now).OrderBy(static row => row.DueAtMs).ThenBy(static row => row.Id).Take(CallJoinLimits.BatchCalls).ToListAsync(cancellationToken);
        if (due.Count == 0)
        {
            return (0, 0);
        }

        var reader = new CallPartsReader(context, _logger);
        HashSet<string> roots = await reader.FindRootsAsync([.. due.Select(static row => row.CallId)], cancellationToken);
        int joined = 0;
        long seq = await context.JoinedCalls.MaxAsync(static row => (long?)row.Seq, cancellationToken) ?? 0;
        foreach (CallParts parts in await reader.ReadAsync(roots, cancellationToken))
        {
            if (CallJoiner.Join(parts) is not { } fresh)
            {
                continue;
            }

            fresh.Seq = ++seq;
            if (await context.JoinedCalls.FindAsync([fresh.CallId, fresh.TenantId], cancellationToken) is { } known)
            {
                context.Entry(known).CurrentValues.SetValues(fresh);
            }
            else
            {
                context.JoinedCalls.Add(fresh);
            }

            joined++;
        }

        context.PendingJoins.RemoveRange(due);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        CallJoinMetrics.Joined.Add(joined);
        return (due.Count, joined);
    }

    [LoggerMessage(EventId = 7180, EventName = "CallsNotJoined", Level = LogLevel.Error, Message = "Calls cannot be joined to records; it is tried again every second, and nothing is lost meanwhile")]
    private partial void LogFailed(Exception fault);
}
