using System.Data.Common;
using System.Threading.Channels;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Queues;

/// <summary>Writes the entries of queues behind the calls: whoever has a state to be kept goes on at once. While the database is down states wait, up to <see cref="QueueLimits.MaxWaitingRows"/>.</summary>
internal sealed partial class QueueJournal : IAsyncDisposable
{
    private const int BatchRows = 256;
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);
    private readonly ServiceStore _store;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<object> _items;
    private readonly Task _loop;
    private bool _isFailing;

    public QueueJournal(ServiceStore store, ILogger logger)
    {
        _store = store;
        _logger = logger;
        _items = Channel.CreateBounded<object>(
            new BoundedChannelOptions(QueueLimits.MaxWaitingRows) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest },
            static _ => QueueMetrics.RowsDropped.Add(1));
        _loop = Task.Run(WriteAsync, CancellationToken.None);
    }

    /// <summary>Has the state of an entry written.</summary>
    public void Write(QueueEntry row) => _items.Writer.TryWrite(row);

    /// <summary>Completes when everything that was given before is written.</summary>
    public Task FlushAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _items.Writer.TryWrite(done) ? done.Task : Task.CompletedTask;
    }

    /// <summary>Writes what waits, if the database lets it, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _items.Writer.TryComplete();
        _stopping.CancelAfter(TimeSpan.FromSeconds(5));
        await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task WriteAsync()
    {
        var rows = new Dictionary<Guid, QueueEntry>();
        var waiters = new List<TaskCompletionSource>();
        try
        {
            while (await _items.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (rows.Count < BatchRows && _items.Reader.TryRead(out object? item))
                {
                    if (item is QueueEntry row)
                    {
                        // Of several states of one entry the last is what counts.
                        rows[row.Id] = row;
                    }
                    else
                    {
                        waiters.Add((TaskCompletionSource)item);
                    }
                }

                await WriteUntilDoneAsync(rows);
                rows.Clear();
                waiters.ForEach(static waiter => waiter.TrySetResult());
                waiters.Clear();
            }
        }
        catch (OperationCanceledException)
        {
            QueueMetrics.RowsDropped.Add(rows.Count);
        }

        waiters.ForEach(static waiter => waiter.TrySetResult());
    }

    private async Task WriteUntilDoneAsync(Dictionary<Guid, QueueEntry> rows)
    {
        while (rows.Count > 0)
        {
            try
            {
                await SaveAsync(rows.Values);
                _isFailing = false;
                return;
            }
            catch (DbUpdateException e) when (rows.Count > 1 && e.InnerException is DbException { IsTransient: false })
            {
                // One of them is refused (its queue was removed meanwhile): the others are written.
                foreach (QueueEntry row in rows.Values.ToArray())
                {
                    await WriteUntilDoneAsync(new Dictionary<Guid, QueueEntry> { [row.Id] = row });
                    rows.Remove(row.Id);
                }
            }
            catch (DbUpdateException e) when (e.InnerException is DbException { IsTransient: false })
            {
                QueueMetrics.RowsDropped.Add(1);
                LogRefused(e.InnerException!.Message);
                return;
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException)
            {
                QueueMetrics.RowFailures.Add(1);
                if (!_isFailing)
                {
                    LogFailed(e);
                }

                _isFailing = true;
                await Task.Delay(s_again, _store.Time, _stopping.Token);
            }
        }
    }

    private async Task SaveAsync(IReadOnlyCollection<QueueEntry> rows)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        Guid[] ids = [.. rows.Select(static row => row.Id)];
        Dictionary<Guid, QueueEntry> known = await context.QueueEntries.Where(row => ids.Contains(row.Id)).ToDictionaryAsync(static row => row.Id, _stopping.Token);
        foreach (QueueEntry row in rows)
        {
            if (known.TryGetValue(row.Id, out QueueEntry? former))
            {
                (former.CallId, former.State, former.LeftAtMs, former.Position, former.AgentId) = (row.CallId, row.State, row.LeftAtMs, row.Position, row.AgentId);
            }
            else
            {
                context.QueueEntries.Add(Copy(row));
            }

            if (row.LeftAtMs is not null)
            {
                CallJoins.Request(context, row.CallId, _store.NowMs);
            }
        }

        await context.SaveChangesAsync(_stopping.Token);
    }

    // A row that could not be saved stays as it was: the next attempt begins anew.
    private static QueueEntry Copy(QueueEntry row) => new()
    {
        Id = row.Id,
        TenantId = row.TenantId,
        QueueId = row.QueueId,
        CallId = row.CallId,
        Caller = row.Caller,
        Priority = row.Priority,
        EnqueuedAtMs = row.EnqueuedAtMs,
        CreditMs = row.CreditMs,
        State = row.State,
        LeftAtMs = row.LeftAtMs,
        Position = row.Position,
        AgentId = row.AgentId,
        Node = row.Node,
    };

    [LoggerMessage(EventId = 7070, EventName = "QueueRowsWaiting", Level = LogLevel.Error, Message = "Entries of queues cannot be written; the calls go on, and the entries wait")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(EventId = 7071, EventName = "QueueRowRefused", Level = LogLevel.Warning, Message = "The database does not take an entry of a queue: {Problem}")]
    private partial void LogRefused(string problem);
}
