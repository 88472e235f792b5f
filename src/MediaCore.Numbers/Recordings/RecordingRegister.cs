using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Recordings;

/// <summary>
/// Keeps the rows of recordings (<see cref="Recording"/>): made when one begins, completed when its file is saved, mostly after the call. Calls do not wait for it, and nothing of a call depends on it. What a run did not get to write is found by the next: rows without an end by
/// the descriptions beside the files, files without a row by a look at the folder (<see cref="TakeInAsync"/>). Deletes files whose row says so, or whose time is over. Thread-safe.
/// </summary>
public sealed partial class RecordingRegister : ICallEvents, IAsyncDisposable
{
    private readonly ServiceStore _store;
    private readonly string _node;
    private readonly string _folder;
    private readonly string _own;
    private readonly Func<string, bool> _isMessage;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<(string CallId, DateTimeOffset StartedAt), OpenRecording> _open = new();
    private readonly CancellationTokenSource _stopping = new();

    // One signal that waits says all: true for a look at the disk as well.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _loop = Task.CompletedTask;
    private bool _failing;
    private bool _hasLooked;
    private bool _hasTakenIn;

    private RecordingRegister(ServiceStore store, string node, string folder, Func<string, bool> isMessage, ILoggerFactory? loggers, string own)
    {
        RecordingRegisterMetrics.Publish();
        _store = store;
        _node = node;
        _folder = folder;
        _own = Path.Combine(folder, own);
        _isMessage = isMessage;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<RecordingRegister>();
    }

    /// <inheritdoc/>
    public bool IsWanted => !_open.IsEmpty;

    /// <inheritdoc/>
    public bool WantsRegistrations => false;

    /// <summary>Recordings under way, or waiting for the database.</summary>
    public int OpenRecordings => _open.Count;

    /// <summary>Finds what an earlier run left, and begins to keep rows.</summary>
    /// <param name="store">The database.</param>
    /// <param name="node">What this server calls itself there.</param>
    /// <param name="folder">Folder of recordings (<see cref="RecordingOptions.Directory"/>).</param>
    /// <param name="isMessage">Whether a file is a message on its way to its voicemail box, and so none of these.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="own">Where this server's are below that folder (<see cref="RecordingOptions.Folder"/>); empty for anywhere.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public static async Task<RecordingRegister> StartAsync(ServiceStore store, string node, string folder, Func<string, bool> isMessage, ILoggerFactory? loggers = null, string own = "", CancellationToken cancellationToken = default)
    {
        RecordingRegister register = await OpenAsync(store, node, folder, isMessage, loggers, own, cancellationToken);
        register._loop = Task.Run(register.WorkAsync, CancellationToken.None);
        return register;
    }

    /// <summary>For tests: one that works when <see cref="LookAsync"/> is called.</summary>
    internal static async Task<RecordingRegister> OpenAsync(ServiceStore store, string node, string folder, Func<string, bool> isMessage, ILoggerFactory? loggers = null, string own = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var register = new RecordingRegister(store, node, folder, isMessage, loggers, own);
        await using ServiceContext context = store.Open(TenantScope.Platform);
        foreach (Recording row in await context.Recordings.AsNoTracking().Where(row => row.Node == node && row.State == RecordingState.InProgress).Take(RecordingRegisterLimits.MaxOpen).ToListAsync(cancellationToken))
        {
            var begun = new RecordingInfo { CallId = row.CallId, LegId = row.LegId, File = row.File, StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.StartedAtMs), Format = RecordingNames.ParseFormat(row.Format), Layout = RecordingNames.ParseLayout(row.Layout) };
            register.Add(new OpenRecording(row.Id, row.TenantId, row.Number, begun, store.Time.GetUtcNow()) { IsWritten = true });
        }

        return register;
    }

    /// <summary>A call's recording has begun. From any thread; returns at once.</summary>
    internal void Begin(CallFacts facts, RecordingInfo recording)
    {
        if (_open.Count >= RecordingRegisterLimits.MaxOpen)
        {
            RecordingRegisterMetrics.Unlisted.Add(1);
            return;
        }

        Add(new OpenRecording(Guid.CreateVersion7(), facts.TenantId, facts.Number, recording, _store.Time.GetUtcNow()));
        _signals.Writer.TryWrite(false);
    }

    /// <inheritdoc/>
    public void Publish(CallEvent callEvent)
    {
        if (callEvent is RecordingChanged changed && _open.TryGetValue(KeyOf(changed.Recording), out OpenRecording? recording) && recording.Take(changed))
        {
            _signals.Writer.TryWrite(false);
        }
    }

    /// <summary>Ends the work; what is not written yet is found at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        RecordingRegisterMetrics.CountOpen(-_open.Count);
        _stopping.Dispose();
    }

    /// <summary>Writes what has happened, and with <paramref name="looksAtDisk"/> what is seen there.</summary>
    internal async Task LookAsync(bool looksAtDisk, CancellationToken cancellationToken)
    {
        foreach (OpenRecording recording in _open.Values)
        {
            await TryAsync(() => SettleAsync(recording, looksAtDisk, cancellationToken));
        }

        if (looksAtDisk)
        {
            await TryAsync(() => DeleteDueAsync(cancellationToken));
        }
    }

    /// <summary>Takes in whole files that have no row: of calls whose tenant is known by their record, else of the platform. Voicemail messages are none of these.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="DbException">The database cannot be used.</exception>
    internal async Task<int> TakeInAsync(CancellationToken cancellationToken)
    {
        int found = 0;
        if (!Directory.Exists(_own))
        {
            return found;
        }

        foreach (string[] batch in Directory.EnumerateFiles(_own, "*" + RecordingDescription.Suffix, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden })
            .Select(path => Path.GetRelativePath(_folder, path[..^RecordingDescription.Suffix.Length]).Replace('\\', '/')).Chunk(RecordingRegisterLimits.Batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using ServiceContext context = _store.Open(TenantScope.Platform);
            HashSet<string> known = [.. await context.Recordings.Where(row => row.Node == _node && batch.Contains(row.File)).Select(static row => row.File).ToListAsync(cancellationToken)];
            known.UnionWith(await context.VoicemailMessages.Where(row => batch.Contains(row.File)).Select(static row => row.File).ToListAsync(cancellationToken));
            known.UnionWith(_open.Values.Select(static recording => recording.Begun.File));
            foreach (string file in batch.Where(file => !known.Contains(file) && !_isMessage(file)))
            {
                if (RecordingDescription.Read(_folder, file) is not { } info)
                {
                    continue;
                }

                string callId = info.CallId.Length > 0 ? info.CallId : CallOf(file);
                CallEntry? call = await context.Calls.AsNoTracking().SingleOrDefaultAsync(row => row.CallId == callId, cancellationToken);
                var row = new Recording { TenantId = call?.TenantId ?? Tenant.PlatformId, CallId = callId, LegId = info.LegId, Number = call?.Number, Node = _node, StartedAtMs = info.StartedAt.ToUnixTimeMilliseconds() };
                context.Recordings.Add(row);
                await CompleteAsync(context, row, info, new OpenRecording(row.Id, row.TenantId, row.Number, info, info.StartedAt).Segments(info.Duration), cancellationToken);
                found++;
            }

            await context.SaveChangesAsync(cancellationToken);
        }

        RecordingRegisterMetrics.Found.Add(found);
        if (found > 0)
        {
            LogFound(found);
        }

        return found;
    }

    private static (string CallId, DateTimeOffset StartedAt) KeyOf(RecordingInfo recording) => (recording.CallId, DateTimeOffset.FromUnixTimeMilliseconds(recording.StartedAt.ToUnixTimeMilliseconds()));

    // The pattern of names ends with the call and its leg where nothing else is configured (RecordingPath.Default).
    private static string CallOf(string file)
    {
        string name = Path.GetFileName(file);
        name = name[..(name.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? dot : name.Length)];
        return name.LastIndexOf('-') is var leg and > 0 ? name[..leg] : name;
    }

    private void Add(OpenRecording recording)
    {
        if (_open.TryAdd(KeyOf(recording.Begun), recording))
        {
            RecordingRegisterMetrics.CountOpen(1);
        }
    }

    private async Task WorkAsync()
    {
        await using ITimer timer = _store.Time.CreateTimer(static register => ((RecordingRegister)register!)._signals.Writer.TryWrite(true), this, TimeSpan.Zero, RecordingRegisterLimits.Interval);
        try
        {
            await foreach (bool looksAtDisk in _signals.Reader.ReadAllAsync(_stopping.Token))
            {
                await LookAsync(looksAtDisk, _stopping.Token);
                if (looksAtDisk && _hasLooked && !_hasTakenIn)
                {
                    // Not at the first look: what a killed server left is being made whole, and the records of its calls are being written.
                    _hasTakenIn = await TryAsync(() => TakeInAsync(_stopping.Token));
                }

                _hasLooked |= looksAtDisk;
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    private async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            _failing = false;
            return true;
        }
        catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            RecordingRegisterMetrics.Failures.Add(1);
            if (!_failing)
            {
                LogFailed(e);
            }

            _failing = true;
            return false;
        }
    }

    private async Task SettleAsync(OpenRecording recording, bool looksAtDisk, CancellationToken cancellationToken)
    {
        RecordingInfo? ended = recording.Ended ?? (looksAtDisk ? See(recording) : null);
        if (recording.IsWritten && ended is null)
        {
            return;
        }

        await using ServiceContext context = _store.Open(TenantScope.Platform);
        Recording? row = await context.Recordings.SingleOrDefaultAsync(row => row.Id == recording.Id, cancellationToken);
        if (row is null)
        {
            row = new Recording
            {
                Id = recording.Id,
                TenantId = recording.TenantId,
                CallId = recording.Begun.CallId,
                LegId = recording.Begun.LegId,
                Number = recording.Number,
                Node = _node,
                File = recording.Begun.File,
                Format = RecordingNames.Of(recording.Begun.Format),
                Layout = RecordingNames.Of(recording.Begun.Layout),
                StartedAtMs = recording.Begun.StartedAt.ToUnixTimeMilliseconds(),
            };
            context.Recordings.Add(row);
        }

        if (ended is not null && row.State == RecordingState.InProgress)
        {
            await CompleteAsync(context, row, ended, recording.Segments(ended.Duration), cancellationToken);
        }

        await context.SaveChangesAsync(cancellationToken);
        recording.IsWritten = true;
        if (ended is not null && _open.TryRemove(KeyOf(recording.Begun), out _))
        {
            RecordingRegisterMetrics.CountOpen(-1);
        }
    }

    private async Task CompleteAsync(ServiceContext context, Recording row, RecordingInfo ended, string segments, CancellationToken cancellationToken)
    {
        long now = _store.NowMs;
        row.State = ended.Status switch
        {
            RecordingStatus.Saved or RecordingStatus.Recovered => RecordingState.Completed,
            RecordingStatus.Discarded => RecordingState.Discarded,
            _ => RecordingState.Failed,
        };
        row.File = ended.File;
        row.DurationMs = (long)ended.Duration.TotalMilliseconds;
        row.Bytes = ended.Bytes;
        row.Sha256 = ended.Sha256;
        row.Segments = segments;
        row.Format = RecordingNames.Of(ended.Format);
        row.Layout = RecordingNames.Of(ended.Layout);
        CallJoins.Request(context, row.CallId, now);
        if (row.State != RecordingState.Completed)
        {
            RecordingRegisterMetrics.Lost.Add(row.State == RecordingState.Failed ? 1 : 0);
            return;
        }

        int days = await context.Tenants.Where(tenant => tenant.Id == row.TenantId).Select(static tenant => tenant.RecordingDays).SingleAsync(cancellationToken);
        row.RetainUntilMs = days == 0 ? null : now + (long)TimeSpan.FromDays(days).TotalMilliseconds;
        ServiceEvents.Add(
            context,
            row.TenantId,
            ServiceEventTypes.RecordingCompleted,
            row.CallId,
            new JsonObject
            {
                ["recording_id"] = row.Id.ToString(),
                ["call_id"] = row.CallId,
                ["number"] = row.Number,
                ["started_at"] = DateTimeOffset.FromUnixTimeMilliseconds(row.StartedAtMs).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
                ["duration_ms"] = row.DurationMs,
                ["bytes"] = row.Bytes,
                ["sha256"] = row.Sha256,
                ["format"] = row.Format,
                ["layout"] = row.Layout,
            },
            now);
        RecordingRegisterMetrics.Completed.Add(1);
    }

    /// <summary>What the disk says of a recording; null while it is being written or made whole.</summary>
    private RecordingInfo? See(OpenRecording recording)
    {
        string file = recording.Begun.File;
        if (RecordingDescription.Read(_folder, file) is { } described)
        {
            return described.CallId.Length == 0 || described.CallId == recording.Begun.CallId ? described : null;
        }

        string partial = Path.Combine(_folder, RecordingStore.PartialFolder, file.Replace("/", "%2F", StringComparison.Ordinal));
        if (_store.Time.GetUtcNow() - recording.SeenAt < RecordingRegisterLimits.Patience || File.Exists(partial))
        {
            return null;
        }

        string path = Path.Combine(_folder, file);
        if (!File.Exists(path))
        {
            return recording.Begun with { Status = RecordingStatus.Failed };
        }

        // The server was killed between the two files: how long it is the clock has to tell.
        using FileStream sound = File.OpenRead(path);
        TimeSpan length = new DateTimeOffset(File.GetLastWriteTimeUtc(path)) - recording.Begun.StartedAt;
        return recording.Begun with
        {
            Status = RecordingStatus.Recovered,
            Duration = length > TimeSpan.Zero ? length : TimeSpan.Zero,
            Bytes = sound.Length,
            Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(sound)),
        };
    }

    /// <summary>
    /// Deletes the files of this server whose rows are deleted, by somebody or because their time is over. The row first, then the file, then that it is gone: whatever happens between is done by the next look.
    /// </summary>
    private async Task DeleteDueAsync(CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        long now = _store.NowMs;
        await context.Recordings.Where(row => row.Node == _node && row.State == RecordingState.Completed && row.RetainUntilMs <= now).OrderBy(static row => row.RetainUntilMs).Take(RecordingRegisterLimits.Batch)
            .ExecuteUpdateAsync(static set => set.SetProperty(static row => row.State, RecordingState.Deleted), cancellationToken);
        List<Recording> due = await context.Recordings.Where(row => row.Node == _node && row.State == RecordingState.Deleted && row.DeletedAtMs == null).Take(RecordingRegisterLimits.Batch).ToListAsync(cancellationToken);
        foreach (Recording row in due)
        {
            string path = Path.Combine(_folder, row.File);
            if (Directory.Exists(Path.GetDirectoryName(path)))
            {
                File.Delete(path);
                File.Delete(path + RecordingDescription.Suffix);
            }

            row.DeletedAtMs = now;
            CallJoins.Request(context, row.CallId, now);
        }

        await context.SaveChangesAsync(cancellationToken);
        RecordingRegisterMetrics.Deleted.Add(due.Count);
        if (due.Count > 0)
        {
            LogDeleted(due.Count);
        }
    }

    [LoggerMessage(EventId = 7182, EventName = "RecordingsNotListed", Level = LogLevel.Error, Message = "Rows or files of recordings cannot be written; calls and recordings go on, and it is tried again every ten seconds")]
    private partial void LogFailed(Exception fault);

    [LoggerMessage(EventId = 7183, EventName = "RecordingsFound", Level = LogLevel.Warning, Message = "{Count} recordings were found that had no row; they are taken in")]
    private partial void LogFound(int count);

    [LoggerMessage(EventId = 7184, EventName = "RecordingsDeleted", Level = LogLevel.Information, Message = "The files of {Count} recordings were deleted")]
    private partial void LogDeleted(int count);
}
