using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.CallRecords;

/// <summary>
/// Append-only JSON-lines files, one open per shard. When <see cref="Write"/> returns, the record's line has gone to the kernel in one
/// write: the death of the process (kill -9 included) loses nothing. A power cut may lose what the kernel had not yet put on disk; that is
/// out of scope here, and one fsync per call is the price of it.
/// <para>A disk that refuses: the line waits in memory (<see cref="CallRecordLimits.MaxHeldRecords"/>,
/// <see cref="CallRecordLimits.MaxHeldBytes"/>), is tried again on a timer's thread, and goes to a file of its own lane. While the last
/// attempt failed within <see cref="CallRecordJournalOptions.RetryInterval"/> no shard tries the disk, so a disk that takes seconds to fail
/// costs each shard at most one such wait per interval.</para>
/// <para>Thread-safe. Steady state allocates nothing.</para>
/// </summary>
public sealed partial class CallRecordJournal : ICallRecordSink, IDisposable
{
    private readonly CallRecordJournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CallRecordLane[] _lanes;
    private readonly CallRecordLane _heldLane;
    private readonly Queue<byte[]> _held = new();
    private readonly Lock _heldGate = new();
    private readonly Lock _retryGate = new();
    private readonly ITimer _timer;
    private long _heldBytes;
    private long _suspendedUntil;
    private long _written;
    private long _dropped;
    private long _failures;
    private bool _timerArmed;
    private bool _disposed;

    /// <summary>Prepares the folder; nothing is opened before the first record.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be made.</exception>
    public CallRecordJournal(CallRecordJournalOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null)
        : this(options, loggers, time, RandomAccess.Write)
    {
    }

    internal CallRecordJournal(CallRecordJournalOptions options, ILoggerFactory? loggers, TimeProvider? time, JournalWrite write)
    {
        if (options.ShardCount < 1 || options.MaxFileBytes < 4096)
        {
            throw new ArgumentException("A journal has at least one shard and 4096 bytes a file.", nameof(options));
        }

        CallRecordMetrics.Publish();
        _options = options;
        _time = time ?? TimeProvider.System;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<CallRecordJournal>();
        Directory.CreateDirectory(options.Folder);
        CallRecordLane Lane(int shard) => new(options.Folder, shard, options.MaxFileBytes, _time, write);
        _lanes = [.. Enumerable.Range(0, options.ShardCount).Select(Lane)];
        _heldLane = Lane(CallRecordFileName.HeldLane);
        foreach (string path in Directory.EnumerateFiles(options.Folder, CallRecordFileName.SearchPattern).Order(StringComparer.Ordinal))
        {
            // In order of names, so each lane ends up after the last of its files.
            if (CallRecordFileName.TryParse(Path.GetFileName(path), out CallRecordFileName name))
            {
                (name.Shard == CallRecordFileName.HeldLane ? _heldLane : _lanes.ElementAtOrDefault(name.Shard))?.StartAfter(name);
            }
        }

        _timer = _time.CreateTimer(static journal => ((CallRecordJournal)journal!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Folder of the files.</summary>
    public string Folder => _options.Folder;

    /// <summary>Records that are on disk, of this journal.</summary>
    public long WrittenCount => Interlocked.Read(ref _written);

    /// <summary>Writes that the disk refused.</summary>
    public long FailureCount => Interlocked.Read(ref _failures);

    /// <summary>Records lost at the bounds.</summary>
    public long DroppedCount => Interlocked.Read(ref _dropped);

    /// <summary>Records that wait in memory now.</summary>
    public int HeldCount
    {
        get
        {
            lock (_heldGate)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Whether a file may still grow; other files are complete and may be removed by whoever has taken their records over.</summary>
    public bool IsActive(string path)
    {
        string full = Path.GetFullPath(path);
        return IsFileOf(_heldLane, full) || Array.Exists(_lanes, lane => IsFileOf(lane, full));

        static bool IsFileOf(CallRecordLane lane, string full) => lane.ActivePath is { } active && Path.GetFullPath(active) == full;
    }

    /// <inheritdoc/>
    public void Write(int shard, CallRecord record)
    {
        CallRecordLane lane = (uint)shard < (uint)_lanes.Length ? _lanes[shard] : _heldLane;
        bool suspended = Volatile.Read(ref _suspendedUntil) is var until and not 0 && _time.GetTimestamp() < until;
        Exception? fault = lane.TryWrite(record, suspended, out byte[]? line, out bool began);
        if (fault is null)
        {
            CountWritten();
        }
        else
        {
            Hold(line!, fault);
        }

        if (began && _options.MaxFilesKept > 0)
        {
            // Listing a folder is no work for a shard.
            ArmTimer();
        }
    }

    /// <summary>Tries the disk once more for what is held, then closes the files. Records still held are counted as dropped and logged.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        _timer.Dispose();
        RetryHeld();
        int lost = HeldCount;
        if (lost > 0)
        {
            CallRecordMetrics.Dropped.Add(lost);
            Interlocked.Add(ref _dropped, lost);
            LogLostAtEnd(lost, Folder);
        }

        foreach (CallRecordLane lane in _lanes)
        {
            lane.Dispose();
        }

        _heldLane.Dispose();
    }

    /// <summary>Writes what is held, in order, until the disk refuses again.</summary>
    internal void RetryHeld()
    {
        lock (_retryGate)
        {
            int moved = 0;
            while (TryPeekHeld(out byte[] line))
            {
                if (_heldLane.TryWriteLine(line, out _) is { } fault)
                {
                    CountFailure(fault);
                    return;
                }

                lock (_heldGate)
                {
                    _held.Dequeue();
                    _heldBytes -= line.Length;
                }

                CallRecordMetrics.Held.Add(-1);
                CountWritten();
                moved++;
            }

            Volatile.Write(ref _suspendedUntil, 0);
            if (moved > 0)
            {
                LogRecovered(moved, Folder);
            }
        }
    }

    private bool TryPeekHeld(out byte[] line)
    {
        lock (_heldGate)
        {
            return _held.TryPeek(out line!);
        }
    }

    private void Hold(byte[] line, Exception fault)
    {
        bool kept;
        lock (_heldGate)
        {
            kept = _held.Count < CallRecordLimits.MaxHeldRecords && _heldBytes + line.Length <= CallRecordLimits.MaxHeldBytes;
            if (kept)
            {
                _held.Enqueue(line);
                _heldBytes += line.Length;
            }
        }

        if (kept)
        {
            CallRecordMetrics.Held.Add(1);
        }
        else
        {
            CallRecordMetrics.Dropped.Add(1);
            if (Interlocked.Increment(ref _dropped) % 1000 == 1)
            {
                LogDropped(DroppedCount, Folder);
            }
        }

        if (fault is not JournalSuspendedException)
        {
            CountFailure(fault);
        }

        ArmTimer();
    }

    // Armed once per interval, not pushed back by every record: else a busy server would never come to retry.
    private void ArmTimer()
    {
        if (!Volatile.Read(ref _disposed) && !Interlocked.Exchange(ref _timerArmed, true))
        {
            _timer.Change(_options.RetryInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private void CountFailure(Exception fault)
    {
        CallRecordMetrics.Failures.Add(1);
        Interlocked.Increment(ref _failures);
        long interval = (long)(_options.RetryInterval.TotalSeconds * _time.TimestampFrequency);

        // The first failure of a row is an error in the log; the ones that follow until a success are counted only.
        if (Interlocked.Exchange(ref _suspendedUntil, _time.GetTimestamp() + interval) == 0)
        {
            LogRefused(fault, Folder, HeldCount);
        }
    }

    private void CountWritten()
    {
        CallRecordMetrics.Written.Add(1);
        Interlocked.Increment(ref _written);
    }

    private void OnTimer()
    {
        Volatile.Write(ref _timerArmed, false);
        if (Volatile.Read(ref _disposed))
        {
            return;
        }

        RetryHeld();
        RemoveOldest();
        if (HeldCount > 0)
        {
            ArmTimer();
        }
    }

    private void RemoveOldest()
    {
        if (_options.MaxFilesKept <= 0)
        {
            return;
        }

        try
        {
            // By day first, then by age: names of one day sort by shard, which is no age.
            (string Path, DateOnly Day, DateTime Changed)[] files =
            [
                .. from path in Directory.EnumerateFiles(Folder, CallRecordFileName.SearchPattern)
                   let parsed = CallRecordFileName.TryParse(Path.GetFileName(path), out CallRecordFileName name) ? name : default
                   where parsed.Count > 0
                   let changed = File.GetLastWriteTimeUtc(path)
                   orderby parsed.Day, changed, parsed
                   select (path, parsed.Day, changed),
            ];
            foreach ((string path, _, _) in files.Take(Math.Max(0, files.Length - _options.MaxFilesKept)).Where(file => !IsActive(file.Path)))
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(e, Folder);
        }
    }
}
