using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Records.Begun;

/// <summary>
/// The journal of begun calls: what is known of each call in progress stands in a file, so that the next run gives a record to those that this one was killed in the middle of (<see cref="CutOffCalls"/>).
/// <para>Calls do not wait for it. An event changes the call's entry in memory; a task writes the entries that have changed, twenty times a second at most, with what has come by then: many changes are one line, and a call that is over sooner is never written.
/// Memory is bounded by the calls in progress (<see cref="BegunCallLimits.MaxCalls"/>), the file by twice what these take. A disk that refuses is counted and tried again every second, with a new file that has all that is known then.</para>
/// <para>One <c>pwrite</c> for each write: the kernel's page cache outlives the process, a power cut it does not.</para>
/// </summary>
public sealed partial class BegunCalls : ICallEvents, IAsyncDisposable
{
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BegunCallWrite _write;
    private readonly ConcurrentDictionary<string, BegunCall> _calls = new(StringComparer.Ordinal);

    // Each call that is in progress is in it once at most.
    private readonly ConcurrentQueue<BegunCall> _changed = new();
    private readonly ConcurrentQueue<string> _ended = new();
    private readonly List<string> _files = [];
    private readonly ArrayBufferWriter<byte> _buffer = new(BegunCallLimits.WriteBytes);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _loop = Task.CompletedTask;
    private BegunCallFile? _file;
    private long _lastNumber;
    private long _rewriteBytes;
    private long _aliveMs;
    private int _count;
    private int _waitingEnds;
    private volatile bool _isBehind;
    private bool _isFailing;

    private BegunCalls(string folder, TimeProvider time, ILoggerFactory? loggers, BegunCallWrite write)
    {
        BegunCallMetrics.Publish();
        (_folder, _time, _write) = (folder, time, write);
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<BegunCalls>();
        Directory.CreateDirectory(folder);
        (string Path, long Number)[] left = BegunCallFile.Find(folder);
        Left = [.. left.Select(static file => file.Path)];
        _lastNumber = left.Length == 0 ? 0 : left[^1].Number;
    }

    /// <inheritdoc/>
    public bool IsWanted => true;

    /// <inheritdoc/>
    public bool WantsRegistrations => false;

    /// <summary>The files that an earlier run left, the oldest first.</summary>
    internal IReadOnlyList<string> Left { get; }

    /// <summary>Calls that are kept now.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Entries that wait to be written.</summary>
    internal int Waiting => _changed.Count + _ended.Count;

    /// <summary>Finds what an earlier run left, and begins to keep calls.</summary>
    /// <param name="folder">A folder of its own, which no other server has.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Logs.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    public static BegunCalls Start(string folder, TimeProvider time, ILoggerFactory? loggers = null)
    {
        BegunCalls calls = Open(folder, time, loggers);
        calls._loop = Task.Run(calls.WorkAsync, CancellationToken.None);
        return calls;
    }

    /// <summary>For tests: one that writes when <see cref="Flush"/> is called.</summary>
    internal static BegunCalls Open(string folder, TimeProvider time, ILoggerFactory? loggers = null, BegunCallWrite? write = null) => new(folder, time, loggers, write ?? RandomAccess.Write);

    /// <inheritdoc/>
    public void Publish(CallEvent callEvent)
    {
        ArgumentNullException.ThrowIfNull(callEvent);
        switch (callEvent)
        {
            case CallEnded:
                End(callEvent.CallId);
                break;
            case CallCreated:
                Begin(callEvent);
                break;
            case CallOffered or LegChanged or RecordingChanged or ConferenceChanged when _calls.TryGetValue(callEvent.CallId, out BegunCall? call):
                Take(call, call.Take(callEvent));
                break;
            default:
                break;
        }
    }

    /// <summary>Notes what was decided for a call so far. From any thread; returns at once.</summary>
    public void Note(CompletedCall decisions)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        if (_calls.TryGetValue(decisions.Facts.CallId, out BegunCall? call))
        {
            Take(call, call.Take(decisions));
        }
    }

    /// <summary>Ends the work. Calls that go on are written once more; after an orderly stop there are none, and no file is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        Flush();
        _file?.Dispose();
        _file = null;
        if (_calls.IsEmpty)
        {
            Remove(_files);
        }

        _stopping.Dispose();
    }

    /// <summary>Writes what has changed.</summary>
    internal void Flush()
    {
        try
        {
            if (_file is null || _isBehind || _file.Length >= _rewriteBytes)
            {
                if (_file is not null || !_calls.IsEmpty)
                {
                    Rewrite();
                }
            }
            else
            {
                Append(_file);
            }

            if (_isFailing && _file is not null)
            {
                _isFailing = false;
                LogWritable();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            BegunCallMetrics.Failures.Add(1);
            if (!_isFailing)
            {
                LogRefused(e, _folder);
            }

            _isFailing = true;
            _file?.Dispose();
            _file = null;
        }
    }

    private void Begin(CallEvent created)
    {
        if (Interlocked.Increment(ref _count) > BegunCallLimits.MaxCalls)
        {
            Interlocked.Decrement(ref _count);
            BegunCallMetrics.LeftOut.Add(1);
            return;
        }

        var call = new BegunCall(created.CallId);
        if (_calls.TryAdd(created.CallId, call))
        {
            Take(call, call.Take(created));
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private void Take(BegunCall call, bool isToWrite)
    {
        if (isToWrite)
        {
            _changed.Enqueue(call);
            _signals.Writer.TryWrite(true);
        }
    }

    private void End(string callId)
    {
        if (!_calls.TryRemove(callId, out BegunCall? call))
        {
            return;
        }

        Interlocked.Decrement(ref _count);
        if (!call.End())
        {
            return;
        }

        if (Interlocked.Increment(ref _waitingEnds) > BegunCallLimits.MaxWaitingEnds)
        {
            Interlocked.Decrement(ref _waitingEnds);
            _isBehind = true;
        }
        else
        {
            _ended.Enqueue(callId);
            _signals.Writer.TryWrite(true);
        }
    }

    private async Task WorkAsync()
    {
        await using ITimer timer = _time.CreateTimer(static calls => ((BegunCalls)calls!)._signals.Writer.TryWrite(true), this, BegunCallLimits.Alive, BegunCallLimits.Alive);
        try
        {
            while (await _signals.Reader.WaitToReadAsync(_stopping.Token))
            {
                _signals.Reader.TryRead(out _);
                Flush();
                await Task.Delay(_isFailing ? BegunCallLimits.Alive : BegunCallLimits.Pause, _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    /// <summary>A line for each call that has changed, then for each that is over: a call's end stands behind all that was written of it.</summary>
    private void Append(BegunCallFile file)
    {
        // What comes meanwhile is written the next time: a busy server must not keep it here.
        for (int left = _changed.Count; left > 0 && _changed.TryDequeue(out BegunCall? call); left--)
        {
            Write(file, call);
        }

        for (int left = _ended.Count; left > 0 && _ended.TryDequeue(out string? callId); left--)
        {
            Interlocked.Decrement(ref _waitingEnds);
            BegunCallLine.WriteEnd(_buffer, callId);
            Put(file, BegunCallLimits.WriteBytes);
        }

        if (!_calls.IsEmpty)
        {
            Tell();
        }

        Put(file, 1);
    }

    /// <summary>A new file, with the calls in progress alone, in place of the former ones.</summary>
    private void Rewrite()
    {
        // What has changed or ended until here is in it by itself, or is not.
        _isBehind = false;
        for (int left = _changed.Count; left > 0 && _changed.TryDequeue(out _); left--)
        {
        }

        while (_ended.TryDequeue(out _))
        {
            Interlocked.Decrement(ref _waitingEnds);
        }

        _buffer.ResetWrittenCount();
        _file?.Dispose();
        _file = null;
        var file = new BegunCallFile(_folder, ++_lastNumber, _write);
        string[] former = [.. _files];
        _files.Add(file.Path);
        try
        {
            _aliveMs = 0;
            Tell();
            foreach ((_, BegunCall call) in _calls)
            {
                Write(file, call);
            }

            Put(file, 1);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _file = file;
        _rewriteBytes = Math.Max(BegunCallLimits.MinRewriteBytes, 2 * file.Length);
        Remove(former);
    }

    private void Write(BegunCallFile file, BegunCall call)
    {
        if (call.Read() is { } known)
        {
            BegunCallLine.WriteCall(_buffer, known.Record, known.Decisions);
            Put(file, BegunCallLimits.WriteBytes);
        }
    }

    private void Tell()
    {
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (now - _aliveMs >= BegunCallLimits.Alive.TotalMilliseconds || now < _aliveMs)
        {
            _aliveMs = now;
            BegunCallLine.WriteAlive(_buffer, now);
        }
    }

    /// <summary>Gives what is in the buffer to the file, when it is this much.</summary>
    private void Put(BegunCallFile file, int least)
    {
        if (_buffer.WrittenCount >= least)
        {
            file.Append(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }
    }

    /// <summary>Deletes files; one that cannot be is tried again with the next. Its calls have later lines or a record: it says nothing wrong meanwhile.</summary>
    private void Remove(IReadOnlyList<string> files)
    {
        foreach (string path in files.ToArray())
        {
            try
            {
                File.Delete(path);
                _files.Remove(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                BegunCallMetrics.Failures.Add(1);
                LogNotRemoved(e, path);
            }
        }
    }

    [LoggerMessage(EventId = 7042, EventName = "BegunCallsUnwritable", Level = LogLevel.Error, Message = "The calls in progress cannot be noted in {Folder}: calls go on, and it is tried again every second; should the server be killed meanwhile, they have no record")]
    private partial void LogRefused(Exception fault, string folder);

    [LoggerMessage(EventId = 7043, EventName = "BegunCallsWritable", Level = LogLevel.Information, Message = "The calls in progress are noted again")]
    private partial void LogWritable();

    [LoggerMessage(EventId = 7044, EventName = "BegunCallsNotRemoved", Level = LogLevel.Warning, Message = "{Path} is not needed any more and cannot be removed; it is tried again with the next one")]
    private partial void LogNotRemoved(Exception fault, string path);
}
