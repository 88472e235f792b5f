using System.Data.Common;
using System.Threading.Channels;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// Keeps the decisions of calls that are over (<see cref="CallTrace"/>). Calls do not wait for it: what is to be written stands in a list with a bound, a task writes it and tries again while the database is down. What there is no room for
/// is lost and counted (<c>mediacore_numbers_traces_lost_total</c>); a call's record is not among that, it goes to the journal.
/// </summary>
public sealed partial class CallTraceStore : IAsyncDisposable
{
    /// <summary>Traces that wait for the database: half a minute of 300 calls a second, some 20 MB.</summary>
    public const int MaxWaiting = 10_000;

    private const int MaxBatch = 100;
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly ServiceStore _store;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<KeptDecisions> _waiting = Channel.CreateBounded<KeptDecisions>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Task _writing;
    private bool _failing;

    /// <summary>Begins to write.</summary>
    public CallTraceStore(ServiceStore store, ILoggerFactory? loggers = null)
    {
        _store = store;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<CallTraceStore>();
        _writing = Task.Run(WriteAsync, CancellationToken.None);
    }

    /// <summary>Has a call's decisions kept; returns at once. From any thread.</summary>
    public void Add(CompletedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!_waiting.Writer.TryWrite(KeptDecisions.Of(call)))
        {
            NumberMetrics.TracesLost.Add(1);
        }
    }

    /// <summary>Writes what waits, once more, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _writing;
        _stopping.Dispose();
    }

    /// <summary>Writes decisions, all or none. Of a call that was given back and came again, which has more to tell the second time, the last ones hold.</summary>
    /// <param name="store">The database.</param>
    /// <param name="decisions">What is to be written.</param>
    /// <param name="areWhole">Whether they are all that were made; else those hold that are there.</param>
    /// <exception cref="DbException">The database cannot be used.</exception>
    internal static async Task WriteAsync(ServiceStore store, IReadOnlyList<KeptDecisions> decisions, bool areWhole)
    {
        await using ServiceContext context = store.Open(TenantScope.Platform);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(CancellationToken.None);
        foreach ((CallTrace row, string? linkedFrom, CallLinkKind link) in decisions)
        {
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO call_traces (call_id, tenant_id, number, at_ms, document) VALUES ({row.CallId}, {row.TenantId}, {row.Number}, {row.AtMs}, {row.Document}) ON CONFLICT (call_id, tenant_id) DO UPDATE SET document = CASE WHEN {areWhole} THEN excluded.document ELSE call_traces.document END", CancellationToken.None);
            if (linkedFrom is { } from)
            {
                string kind = link.ToString();
                await context.Database.ExecuteSqlAsync($"INSERT INTO call_links (call_id, tenant_id, linked_from, kind) VALUES ({row.CallId}, {row.TenantId}, {from}, {kind}) ON CONFLICT (call_id) DO NOTHING", CancellationToken.None);
            }

            CallJoins.Request(context, row.CallId, store.NowMs);
        }

        await context.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task WriteAsync()
    {
        List<KeptDecisions> batch = [];
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out KeptDecisions? row))
            {
                batch.Add(row);
            }

            while (batch.Count > 0)
            {
                try
                {
                    await WriteAsync(_store, batch, areWhole: true);
                    batch.Clear();
                    _failing = false;
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException)
                {
                    if (!_failing)
                    {
                        LogFailed(e);
                    }

                    _failing = true;
                    if (_stopping.IsCancellationRequested)
                    {
                        NumberMetrics.TracesLost.Add(batch.Count + _waiting.Reader.Count);
                        return;
                    }

                    await Task.Delay(s_retry, _store.Time, _stopping.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                }
            }
        }
    }

    [LoggerMessage(7055, LogLevel.Error, "The decisions of calls cannot be written; they wait, and it is tried again every second.", EventName = "CallTracesUnwritable")]
    private partial void LogFailed(Exception fault);
}
