using System.Data.Common;
using System.Threading.Channels;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Notifications;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Voicemail;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Transcription;

/// <summary>
/// Makes the transcripts of messages, one after the other, oldest first. The queue is the rows that are <see cref="TranscriptState.Pending"/>: one that was under way when a server died is done at its next start. Each server does those whose sound it has, and that no other one is at (<see cref="TranscriptClaim"/>). Thread-safe.
/// </summary>
internal sealed partial class TranscriptionWorker : IAsyncDisposable
{
    private readonly ServiceStore _store;
    private readonly ITranscriber _engine;
    private readonly string _recordings;
    private readonly Action _written;
    private readonly Action _settled;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();

    // When a message may be tried again; entries go with it, so there are at most as many as wait.
    private readonly Dictionary<Guid, long> _resting = [];
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    /// <summary>Makes one, which works when <see cref="LookAsync"/> is called or after <see cref="Start"/>.</summary>
    /// <param name="store">The database.</param>
    /// <param name="engine">Makes text of speech.</param>
    /// <param name="recordings">Folder of recordings.</param>
    /// <param name="written">Called when notifications were written.</param>
    /// <param name="settled">Called when a message was read or deleted because nothing is to be told of it any more.</param>
    /// <param name="loggers">Logs.</param>
    public TranscriptionWorker(ServiceStore store, ITranscriber engine, string recordings, Action written, Action settled, ILoggerFactory loggers)
    {
        _store = store;
        _engine = engine;
        _recordings = recordings;
        _written = written;
        _settled = settled;
        _logger = loggers.CreateLogger<TranscriptionWorker>();
    }

    /// <summary>Begins to look on its own.</summary>
    public void Start() => _loop = Task.Run(WorkAsync, CancellationToken.None);

    /// <summary>A message may have come; from any thread.</summary>
    public void Signal() => _signals.Writer.TryWrite(true);

    /// <summary>Ends the work; what was under way stays pending.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        (_engine as IDisposable)?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Does all that can be done here now.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (Guid id in _resting.Where(entry => entry.Value <= _store.NowMs).Select(static entry => entry.Key).ToArray())
        {
            _resting.Remove(id);
        }

        long from = long.MinValue;
        while (true)
        {
            await using ServiceContext context = _store.Open(TenantScope.Platform);
            List<VoicemailMessage> waiting = await context.VoicemailMessages.AsNoTracking().Where(row => row.TranscriptState == TranscriptState.Pending && row.ReceivedAtMs > from)
                .OrderBy(static row => row.ReceivedAtMs).Take(TranscriptionLimits.Batch).ToListAsync(cancellationToken);
            foreach (VoicemailMessage message in waiting.Where(message => !_resting.ContainsKey(message.Id)))
            {
                await MakeAsync(message, cancellationToken);
            }

            if (waiting.Count < TranscriptionLimits.Batch)
            {
                return;
            }

            // Those of the last millisecond may be more than were read.
            from = Math.Max(from + 1, waiting[^1].ReceivedAtMs - 1);
        }
    }

    private async Task MakeAsync(VoicemailMessage message, CancellationToken cancellationToken)
    {
        bool isLate = _store.NowMs - message.ReceivedAtMs > TranscriptionLimits.Patience.TotalMilliseconds;
        string path = Path.Combine(_recordings, message.File);
        if (message.State == VoicemailState.Deleted)
        {
            await WriteAsync(message, TranscriptState.Failed, Nothing("The message was deleted before."), cancellationToken);
        }
        else if (!File.Exists(path))
        {
            if (isLate)
            {
                await WriteAsync(message, TranscriptState.Failed, Nothing("Its sound is on no server that runs."), cancellationToken);
            }
        }
        else
        {
            await using TranscriptClaim? claim = await TranscriptClaim.TryTakeAsync(_store, message.Id, cancellationToken);
            if (claim is null || !await IsPendingAsync(message.Id, cancellationToken))
            {
                return;
            }

            try
            {
                string language = await FindLanguageAsync(message, cancellationToken);
                Transcript transcript = await _engine.TranscribeAsync(await SpeechSound.ReadAsync(path, cancellationToken), language, cancellationToken);
                transcript = transcript with { Engine = transcript.Engine.Length == 0 ? _engine.Engine : transcript.Engine, Language = language };
                await WriteAsync(message, TranscriptState.Done, transcript, cancellationToken);
            }
            catch (TranscriptionException e) when (!e.IsFinal && !isLate)
            {
                _resting[message.Id] = _store.NowMs + (long)TranscriptionLimits.Rest.TotalMilliseconds;
                TranscriptionMetrics.Count("retried");
                LogRetried(message.CallId, e.Message);
            }
            catch (TranscriptionException e)
            {
                LogFailed(message.CallId, e.Message);
                await WriteAsync(message, TranscriptState.Failed, Nothing(e.Message), cancellationToken);
            }
        }
    }

    private async Task<bool> IsPendingAsync(Guid id, CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        return await context.VoicemailMessages.AnyAsync(row => row.Id == id && row.TranscriptState == TranscriptState.Pending, cancellationToken);
    }

    private Transcript Nothing(string problem) => new("", 0, []) { Engine = _engine.Engine, Problem = problem };

    private async Task<string> FindLanguageAsync(VoicemailMessage message, CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Of(message.TenantId));
        VoicemailBox box = await context.VoicemailBoxes.AsNoTracking().SingleAsync(row => row.Id == message.BoxId, cancellationToken);
        return VoicemailSettings.Of(box).Language ?? await context.Tenants.Where(row => row.Id == message.TenantId).Select(static row => row.Language).SingleAsync(cancellationToken);
    }

    /// <summary>Writes the transcript with what is told of it; nothing where another server was first.</summary>
    private async Task WriteAsync(VoicemailMessage message, TranscriptState state, Transcript transcript, CancellationToken cancellationToken)
    {
        string json = transcript.ToJson();
        await using ServiceContext context = _store.Open(TenantScope.Of(message.TenantId));
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        int written = await context.VoicemailMessages.Where(row => row.Id == message.Id && row.TranscriptState == TranscriptState.Pending)
            .ExecuteUpdateAsync(set => set.SetProperty(static row => row.TranscriptState, state).SetProperty(static row => row.Transcript, json).SetProperty(static row => row.Version, static row => row.Version + 1), cancellationToken);
        if (written == 0)
        {
            return;
        }

        VoicemailMessage row = await context.VoicemailMessages.AsNoTracking().SingleAsync(one => one.Id == message.Id, cancellationToken);
        VoicemailBox box = await context.VoicemailBoxes.AsNoTracking().SingleAsync(one => one.Id == row.BoxId, cancellationToken);
        NotificationRows.AddTranscribed(context, row, box, _store.NowMs);
        await context.SaveChangesAsync(cancellationToken);
        bool isSettled = await NotificationRows.SettleMessageAsync(context, message.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        TranscriptionMetrics.Count(state == TranscriptState.Done ? "done" : "failed");
        _written();
        if (isSettled)
        {
            _settled();
        }
    }

    private async Task WorkAsync()
    {
        await using ITimer timer = _store.Time.CreateTimer(static worker => ((TranscriptionWorker)worker!).Signal(), this, TimeSpan.Zero, TranscriptionLimits.Interval);
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
