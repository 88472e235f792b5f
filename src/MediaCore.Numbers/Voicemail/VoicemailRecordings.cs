using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Notifications;
using MediaCore.Numbers.Records;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Voicemail;

/// <summary>
/// Puts messages into their boxes when their files are there, mostly after the call. What is recorded is noted in a file of the folder <c>voicemail</c> from its beginning until its row is in the database: whatever happens between, the server being killed
/// or the database being down among it, the row is written later, and once. That a file is there is told by the engine's events, or seen by the description that lies beside it (docs/adr/0019-recordings.md). Thread-safe.
/// </summary>
public sealed partial class VoicemailRecordings : ICallEvents, IAsyncDisposable
{
    private const string Suffix = ".json";

    private readonly ServiceStore _store;
    private readonly string _folder;
    private readonly string _recordings;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<(string CallId, DateTimeOffset StartedAt), OpenMessage> _open = new();
    private readonly CancellationTokenSource _stopping = new();

    // One signal that waits says all: true for a look at the disk as well.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _loop = Task.CompletedTask;
    private readonly bool _transcribes;
    private readonly Action? _stored;
    private bool _failing;

    private VoicemailRecordings(ServiceStore store, string dataFolder, string recordingFolder, ILoggerFactory? loggers, bool transcribes, Action? stored)
    {
        _transcribes = transcribes;
        _stored = stored;
        VoicemailMetrics.Publish();
        _store = store;
        _folder = Path.Combine(dataFolder, "voicemail");
        _recordings = recordingFolder;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<VoicemailRecordings>();
    }

    /// <summary>Raised, on any thread, when a message is in its box.</summary>
    public event EventHandler? MessageStored;

    /// <inheritdoc/>
    public bool IsWanted => !_open.IsEmpty;

    /// <inheritdoc/>
    public bool WantsRegistrations => false;

    /// <summary>Messages that are being recorded, or wait for the database.</summary>
    public int OpenMessages => _open.Count;

    /// <summary>Finds what an earlier run left, and begins to put messages into their boxes.</summary>
    /// <param name="store">The database.</param>
    /// <param name="dataFolder">Folder of what belongs to this node and outlives it.</param>
    /// <param name="recordingFolder">Folder of recordings (<see cref="RecordingOptions.Directory"/>).</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="transcribes">Whether messages of boxes that want it will have transcripts.</param>
    /// <param name="stored">Called when a message came into its box, with what is to be told of it.</param>
    /// <exception cref="IOException">The folder cannot be made or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be made or read.</exception>
    public static VoicemailRecordings Start(ServiceStore store, string dataFolder, string recordingFolder, ILoggerFactory? loggers = null, bool transcribes = false, Action? stored = null)
    {
        VoicemailRecordings recordings = Open(store, dataFolder, recordingFolder, loggers, transcribes, stored);
        recordings._loop = Task.Run(recordings.WorkAsync, CancellationToken.None);
        return recordings;
    }

    /// <summary>For tests: one that works when <see cref="LookAsync"/> is called.</summary>
    internal static VoicemailRecordings Open(ServiceStore store, string dataFolder, string recordingFolder, ILoggerFactory? loggers = null, bool transcribes = false, Action? stored = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        var recordings = new VoicemailRecordings(store, dataFolder, recordingFolder, loggers, transcribes, stored);
        recordings.Find();
        return recordings;
    }

    /// <inheritdoc/>
    public void Publish(CallEvent callEvent)
    {
        if (callEvent is RecordingChanged { Stage: RecordingStage.Saved or RecordingStage.Discarded or RecordingStage.Failed, Recording: { } recording }
            && _open.TryGetValue((recording.CallId, recording.StartedAt), out OpenMessage? message))
        {
            message.Ended = recording;
            _signals.Writer.TryWrite(false);
        }
    }

    /// <summary>Ends the work; what is not in its box yet is found at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        VoicemailMetrics.CountOpen(-_open.Count);
        _stopping.Dispose();
    }

    /// <summary>Whether a box has as many messages as it may have; those that are on their way count.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    internal async Task<bool> IsFullAsync(VoicemailBox box, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(VoicemailLimits.FullTime);
        await using ServiceContext context = _store.Open(TenantScope.Of(box.TenantId));
        int there = await context.VoicemailMessages.CountAsync(row => row.BoxId == box.Id && row.State != VoicemailState.Deleted, limit.Token).WaitAsync(limit.Token);
        return there + _open.Values.Count(message => message.Intent.BoxId == box.Id) >= box.MaxMessages;
    }

    /// <summary>Whether a file is a message on its way to its box.</summary>
    internal bool HasFile(string file) => _open.Values.Any(message => message.Intent.File == file);

    /// <summary>A message is being recorded; false when there are too many (<see cref="VoicemailLimits.MaxOpen"/>).</summary>
    /// <param name="intent">What it will be.</param>
    /// <param name="isHeld">Its call has not decided what becomes of it, and says so by <see cref="LetGo"/>. One that was held by a process that died is as if it had been let go.</param>
    internal bool TryBegin(VoicemailIntent intent, bool isHeld = false)
    {
        if (_open.Count >= VoicemailLimits.MaxOpen || !_open.TryAdd((intent.CallId, intent.StartedAt), new OpenMessage(intent, isHeld)))
        {
            return false;
        }

        VoicemailMetrics.CountOpen(1);
        return true;
    }

    /// <summary>What was held goes where it belongs: a message into its box, what was only a take nowhere. Nothing where it was let go before. Returns at once.</summary>
    internal void LetGo(RecordingInfo recording)
    {
        if (_open.TryGetValue((recording.CallId, recording.StartedAt), out OpenMessage? message))
        {
            message.IsHeld = false;
            _signals.Writer.TryWrite(true);
        }
    }

    /// <summary>Changes what a held message will be, and notes that on the disk.</summary>
    /// <exception cref="IOException">The disk does not take it; it holds as long as the process lives.</exception>
    internal bool Change(RecordingInfo recording, Func<VoicemailIntent, VoicemailIntent> change)
    {
        if (!_open.TryGetValue((recording.CallId, recording.StartedAt), out OpenMessage? message) || !message.IsHeld)
        {
            return false;
        }

        message.Intent = change(message.Intent);
        Keep(message.Intent);
        return true;
    }

    /// <summary>Notes on the disk what is being recorded; gives the file.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    internal string Keep(VoicemailIntent intent)
    {
        string path = PathOf(intent);
        string temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // Who called whom is nobody else's business.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (FileStream file = new(temporary, options))
        {
            JsonSerializer.Serialize(file, intent);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return path;
    }

    /// <summary>Puts messages into their boxes whose recordings were told of, and with <paramref name="looksAtDisk"/> those that are seen there.</summary>
    internal async Task LookAsync(bool looksAtDisk, CancellationToken cancellationToken)
    {
        foreach (OpenMessage message in _open.Values)
        {
            if (message.IsHeld || (message.Ended is null && !looksAtDisk))
            {
                continue;
            }

            try
            {
                await SettleAsync(message, cancellationToken);
                _failing = false;
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException or IOException or UnauthorizedAccessException or JsonException)
            {
                VoicemailMetrics.Failures.Add(1);
                if (!_failing)
                {
                    LogNotStored(message.Intent.CallId, e);
                }

                _failing = true;
            }
        }
    }

    private async Task WorkAsync()
    {
        await using ITimer timer = _store.Time.CreateTimer(static recordings => ((VoicemailRecordings)recordings!)._signals.Writer.TryWrite(true), this, TimeSpan.Zero, VoicemailLimits.Interval);
        try
        {
            await foreach (bool looksAtDisk in _signals.Reader.ReadAllAsync(_stopping.Token))
            {
                await LookAsync(looksAtDisk, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    private void Find()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
        }
        else
        {
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (string path in Directory.EnumerateFiles(_folder, "*" + Suffix).Take(VoicemailLimits.MaxOpen).ToArray())
        {
            try
            {
                VoicemailIntent intent = JsonSerializer.Deserialize<VoicemailIntent>(File.ReadAllBytes(path)) ?? throw new JsonException("It is null.");
                TryBegin(intent);
            }
            catch (JsonException e)
            {
                File.Move(path, path + ".damaged", overwrite: true);
                LogDamaged(path, e);
            }
        }

        if (!_open.IsEmpty)
        {
            LogFound(_open.Count);
        }
    }

    private async Task SettleAsync(OpenMessage message, CancellationToken cancellationToken)
    {
        if ((message.Ended ?? See(message.Intent)) is not { } recording)
        {
            return;
        }

        VoicemailIntent intent = message.Intent;
        switch (RecordingStageOf(recording))
        {
            case RecordingStage.Discarded or RecordingStage.Failed when intent.IsTake:
                break;
            case RecordingStage.Discarded:
                VoicemailMetrics.Short.Add(1);
                break;
            case RecordingStage.Failed:
                VoicemailMetrics.Lost.Add(1);
                LogLost(intent.CallId, "its sound could not be recorded");
                break;
            default:
                if (intent.IsTake || recording.Duration.TotalMilliseconds < intent.MinMs)
                {
                    File.Delete(Path.Combine(_recordings, recording.File + Suffix));
                    File.Delete(Path.Combine(_recordings, recording.File));
                    VoicemailMetrics.Short.Add(intent.IsTake ? 0 : 1);
                }
                else
                {
                    await WriteAsync(intent, recording, cancellationToken);
                }

                break;
        }

        File.Delete(PathOf(intent));
        if (_open.TryRemove((intent.CallId, intent.StartedAt), out _))
        {
            VoicemailMetrics.CountOpen(-1);
        }
    }

    private async Task WriteAsync(VoicemailIntent intent, RecordingInfo recording, CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Of(intent.TenantId));
        if (await context.VoicemailMessages.AnyAsync(row => row.Id == intent.Id, cancellationToken))
        {
            // Written by a run that ended before it could forget it.
            return;
        }

        if (await context.VoicemailBoxes.AsNoTracking().FirstOrDefaultAsync(row => row.Id == intent.BoxId, cancellationToken) is not { } box)
        {
            VoicemailMetrics.Lost.Add(1);
            LogLost(intent.CallId, $"the box was deleted meanwhile; its sound is {recording.File}");
            return;
        }

        var row = new VoicemailMessage
        {
            Id = intent.Id,
            TenantId = intent.TenantId,
            BoxId = intent.BoxId,
            CallId = intent.CallId,
            Caller = intent.Caller,
            Called = intent.Called,
            Urgent = intent.Urgent,
            ReceivedAtMs = intent.StartedAt.ToUnixTimeMilliseconds(),
            DurationMs = (int)recording.Duration.TotalMilliseconds,
            File = recording.File,
            Sha256 = recording.Sha256,
            TranscriptState = _transcribes && box.Transcribe ? TranscriptState.Pending : TranscriptState.None,
        };
        context.VoicemailMessages.Add(row);
        CallJoins.Request(context, row.CallId, _store.NowMs);
        NotificationRows.AddReceived(context, row, box, _store.NowMs);
        await context.SaveChangesAsync(cancellationToken);
        _stored?.Invoke();
        VoicemailMetrics.Messages.Add(1);
        MessageStored?.Invoke(this, EventArgs.Empty);
        LogLeft(intent.CallId, row.DurationMs);
    }

    /// <summary>What the disk says of a recording; null while it is being written or made whole.</summary>
    private RecordingInfo? See(VoicemailIntent intent)
    {
        string path = Path.Combine(_recordings, intent.File);
        var seen = new RecordingInfo { CallId = intent.CallId, StartedAt = intent.StartedAt, File = intent.File, Status = RecordingStatus.Recovered };
        bool isLate = _store.Time.GetUtcNow() - intent.StartedAt > VoicemailLimits.Patience;
        if (File.Exists(path + Suffix))
        {
            using var description = JsonDocument.Parse(File.ReadAllBytes(path + Suffix));
            JsonElement root = description.RootElement;

            // A recovered recording has no call any more; another call's is not ours.
            return root.TryGetProperty("call_id", out JsonElement call) && call.GetString() != intent.CallId
                ? null
                : seen with { Duration = TimeSpan.FromMilliseconds(root.GetProperty("duration_ms").GetInt64()), Sha256 = root.GetProperty("sha256").GetString() ?? "" };
        }

        if (!isLate)
        {
            return null;
        }

        if (File.Exists(path))
        {
            // The server was killed between the two files: how long it is the clock has to tell.
            using FileStream sound = File.OpenRead(path);
            TimeSpan length = new DateTimeOffset(File.GetLastWriteTimeUtc(path)) - intent.StartedAt;
            return seen with { Duration = length > TimeSpan.Zero ? length : TimeSpan.Zero, Sha256 = Convert.ToHexStringLower(SHA256.HashData(sound)) };
        }

        string partial = Path.Combine(_recordings, RecordingStore.PartialFolder, intent.File.Replace("/", "%2F", StringComparison.Ordinal));
        return File.Exists(partial) ? null : seen with { Status = RecordingStatus.Failed };
    }

    private static RecordingStage RecordingStageOf(RecordingInfo recording) => recording.Status switch
    {
        RecordingStatus.Saved or RecordingStatus.Recovered => RecordingStage.Saved,
        RecordingStatus.Discarded => RecordingStage.Discarded,
        _ => RecordingStage.Failed,
    };

    private string PathOf(VoicemailIntent intent) => Path.Combine(_folder, intent.Id.ToString("N", CultureInfo.InvariantCulture) + Suffix);

    private sealed class OpenMessage(VoicemailIntent intent, bool isHeld)
    {
        private volatile RecordingInfo? _ended;
        private volatile VoicemailIntent _intent = intent;
        private volatile bool _isHeld = isHeld;

        public VoicemailIntent Intent { get => _intent; set => _intent = value; }

        /// <summary>Its call has not decided what becomes of it.</summary>
        public bool IsHeld { get => _isHeld; set => _isHeld = value; }

        /// <summary>How the recording ended, as the engine told it; null until then.</summary>
        public RecordingInfo? Ended { get => _ended; set => _ended = value; }
    }
}
