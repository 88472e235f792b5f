using System.Data.Common;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Storage;

/// <summary>
/// Brings call records from the journal's files into the database: what a killed server left when it starts, and what the running one
/// writes about a second after it was written. A call is stored once however often its line is read (the call's id is the key), and a file is
/// removed only after all its records are committed and its shard has gone on to another; so nothing is lost or stored twice
/// wherever a crash falls. A database that fails only delays: the files wait.
/// <para>A file with damaged lines is kept beside under the ending <c>.damaged</c> instead of being removed; the torn last line of
/// a crash in mid-write is no damage.</para>
/// </summary>
public sealed partial class CallRecordImporter : IAsyncDisposable
{
    /// <summary>Records per transaction: large enough that its fsync does not count, small enough that other writers wait only milliseconds.</summary>
    public const int BatchRecords = 500;

    private readonly CallRecordJournal _journal;
    private readonly ICallRecordStore _store;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    /// <summary>Prepares; <see cref="Start"/> begins.</summary>
    /// <param name="journal">The journal of this server.</param>
    /// <param name="store">The database.</param>
    /// <param name="interval">How often new lines are looked for; 1 s when null.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="time">Clock of the interval.</param>
    public CallRecordImporter(CallRecordJournal journal, ICallRecordStore store, TimeSpan? interval = null, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        _journal = journal;
        _store = store;
        _interval = interval ?? TimeSpan.FromSeconds(1);
        _time = time ?? TimeProvider.System;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<CallRecordImporter>();
    }

    /// <summary>Begins to import in the background, at once and then by the interval.</summary>
    public void Start() => _loop = Task.Run(RunAsync, CancellationToken.None);

    /// <summary>
    /// Imports everything that is in the journal now. Faults of the database or the disk are logged and counted, and leave the rest for
    /// the next time.
    /// </summary>
    /// <returns>Records that were new to the database.</returns>
    public async Task<int> ImportOnceAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            int added = 0;
            foreach (string path in Directory.EnumerateFiles(_journal.Folder, CallRecordFileName.SearchPattern).Order(StringComparer.Ordinal).ToArray())
            {
                if (CallRecordFileName.TryParse(Path.GetFileName(path), out _))
                {
                    added += await ImportFileAsync(path, cancellationToken);
                }
            }

            if (_failing)
            {
                _failing = false;
                LogRecovered();
            }

            return added;
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            NumberMetrics.ImportFailures.Add(1);
            if (!_failing)
            {
                LogFailed(e, _journal.Folder);
            }

            _failing = true;
            return 0;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Imports what has come meanwhile, then ends. Dispose the journal first, so that its last file is complete and can be removed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _loop;
        await ImportOnceAsync(CancellationToken.None);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_interval, _time);
        try
        {
            do
            {
                await ImportOnceAsync(_stopping.Token);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    private async Task<int> ImportFileAsync(string path, CancellationToken cancellationToken)
    {
        // Asked before reading: a file that was complete then cannot get lines that this reading misses.
        bool complete = !_journal.IsActive(path);
        int added = 0;
        using (var reader = new CallRecordJournalReader(path, _offsets.GetValueOrDefault(path)))
        {
            var batch = new List<CallRecord>();
            bool more = true;
            while (more)
            {
                batch.Clear();
                while (batch.Count < BatchRecords && (more = reader.TryRead(out CallRecord record, complete)))
                {
                    batch.Add(record);
                }

                if (batch.Count > 0)
                {
                    int fresh = await _store.ImportCallsAsync(batch, cancellationToken);
                    added += fresh;
                    NumberMetrics.Imported.Add(fresh);
                    NumberMetrics.Duplicates.Add(batch.Count - fresh);
                }

                // Committed up to here; the offset saves reading again, correctness does not hang on it.
                _offsets[path] = reader.Offset;
            }

            NoteDamage(path, reader);
        }

        if (complete)
        {
            Retire(path);
        }

        return added;
    }

    private void NoteDamage(string path, CallRecordJournalReader reader)
    {
        if (reader.DamagedLines > 0)
        {
            _damaged.Add(path);
            LogDamaged(reader.DamagedLines, Path.GetFileName(path));
        }

        if (reader.EndedTorn)
        {
            LogTorn(Path.GetFileName(path));
        }
    }

    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);

    private void Retire(string path)
    {
        if (_damaged.Contains(path))
        {
            File.Move(path, path + ".damaged", overwrite: false);
        }
        else
        {
            File.Delete(path);
        }

        _damaged.Remove(path);
        _offsets.Remove(path);
    }
}
