using System.Data.Common;
using System.Threading.Channels;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Notifications;

/// <summary>
/// Sends what is to be sent. Rows are claimed one by one: who moves <see cref="Notification.DueAtMs"/> ahead has it until then, so servers on one database share the work and a row of one that died is due again. Thread-safe.
/// </summary>
internal sealed partial class NotificationWorker : IAsyncDisposable
{
    private readonly ServiceStore _store;
    private readonly NotificationSender _sender;
    private readonly Action _settled;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();

    // One signal that waits says all.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    /// <summary>Makes one, which works when <see cref="LookAsync"/> is called or after <see cref="Start"/>.</summary>
    /// <param name="store">The database.</param>
    /// <param name="sender">Sends.</param>
    /// <param name="settled">Called when a message was read or deleted because all have been told of it.</param>
    /// <param name="loggers">Logs.</param>
    public NotificationWorker(ServiceStore store, NotificationSender sender, Action settled, ILoggerFactory loggers)
    {
        NotificationMetrics.Publish();
        _store = store;
        _sender = sender;
        _settled = settled;
        _logger = loggers.CreateLogger<NotificationWorker>();
    }

    /// <summary>Sends text messages; null where nothing does.</summary>
    public ITextMessages? Texts { get => _sender.Texts; set => _sender.Texts = value; }

    /// <summary>Begins to look on its own.</summary>
    public void Start() => _loop = Task.Run(WorkAsync, CancellationToken.None);

    /// <summary>Something may be due; from any thread.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Ends the work; what was being sent is tried again by the next server that looks.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    /// <summary>Sends all that is due; gives how many were tried.</summary>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        int tried = 0;
        while (true)
        {
            await using ServiceContext context = _store.Open(TenantScope.Platform);
            long now = _store.NowMs;
            List<Notification> due = await context.Notifications.AsNoTracking().Where(row => row.State == NotificationState.Waiting && row.DueAtMs <= now)
                .OrderBy(static row => row.DueAtMs).Take(NotificationLimits.Batch).ToListAsync(cancellationToken);
            foreach (Notification row in due)
            {
                tried += await TryAsync(context, row, cancellationToken) ? 1 : 0;
            }

            if (due.Count < NotificationLimits.Batch)
            {
                return tried;
            }
        }
    }

    private async Task<bool> TryAsync(ServiceContext context, Notification row, CancellationToken cancellationToken)
    {
        long until = _store.NowMs + (long)NotificationLimits.Lease.TotalMilliseconds;
        int claimed = await context.Notifications.Where(one => one.Id == row.Id && one.Version == row.Version && one.State == NotificationState.Waiting)
            .ExecuteUpdateAsync(set => set.SetProperty(static one => one.DueAtMs, until).SetProperty(static one => one.Attempts, static one => one.Attempts + 1).SetProperty(static one => one.Problem, "").SetProperty(static one => one.Version, row.Version + 1), cancellationToken);
        if (claimed == 0)
        {
            return false;
        }

        NotificationOutcome outcome = await _sender.SendAsync(row, cancellationToken);
        int attempts = row.Attempts + 1;
        bool isLate = _store.NowMs - row.CreatedAtMs > NotificationLimits.Patience.TotalMilliseconds;
        NotificationState state = outcome.State == NotificationState.Waiting && isLate ? NotificationState.Failed : outcome.State;
        string problem = outcome.Problem.Length <= NotificationLimits.MaxProblemCharacters ? outcome.Problem : outcome.Problem[..NotificationLimits.MaxProblemCharacters];
        long due = _store.NowMs + (long)NotificationLimits.WaitAfter(attempts).TotalMilliseconds;
        long sent = state == NotificationState.Sent ? _store.NowMs : 0;

        // It went out: that is written even while the server stops.
        CancellationToken write = state == NotificationState.Sent ? CancellationToken.None : cancellationToken;
        int settled = await context.Notifications.Where(one => one.Id == row.Id && one.Version == row.Version + 1)
            .ExecuteUpdateAsync(set => set.SetProperty(static one => one.State, state).SetProperty(static one => one.Problem, problem).SetProperty(static one => one.DueAtMs, due)
                .SetProperty(static one => one.SentAtMs, sent).SetProperty(static one => one.Version, row.Version + 2), write);
        string kind = row.Kind == NotificationKind.Mail ? "mail" : "text";
        if (settled == 0)
        {
            LogLeaseLost(kind, row.Id);
            return true;
        }

        NotificationMetrics.Count(row.Kind, state switch { NotificationState.Sent => "sent", NotificationState.Failed => "failed", _ => "retried" });
        if (state == NotificationState.Failed)
        {
            LogGivenUp(kind, row.Id, attempts);
        }
        else if (state == NotificationState.Waiting && attempts == 1)
        {
            LogRetried(kind, row.Id);
        }

        if (state == NotificationState.Sent && row.MessageId is { } message && await NotificationRows.SettleMessageAsync(context, message, CancellationToken.None))
        {
            _settled();
        }

        return true;
    }

    private async Task WorkAsync()
    {
        await using ITimer timer = _store.Time.CreateTimer(static worker => ((NotificationWorker)worker!).Signal(), this, TimeSpan.Zero, NotificationLimits.Interval);
        try
        {
            await foreach (bool _ in _signals.Reader.ReadAllAsync(_stopping.Token))
            {
                try
                {
                    await LookAsync(_stopping.Token);
                    _failing = false;
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException or UnauthorizedAccessException)
                {
                    if (!_failing)
                    {
                        LogFailing(e);
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
}
