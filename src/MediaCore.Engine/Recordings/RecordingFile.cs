using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace MediaCore.Engine.Recordings;

/// <summary>
/// One recording on the side of its writer: the file under its temporary name, what is encoded and not yet written, where the time axis stands. Owned by its writer's thread, but for the
/// few fields that say they are not.
/// </summary>
internal sealed class RecordingFile : IDisposable
{
    private readonly RecordingStore _store;
    private readonly RecordingEncoder _encoder;
    private readonly string _path;
    private SafeFileHandle? _handle;
    private long _bytes;
    private long _headBytes;
    private long _frames;
    private long _lostFrames;
    private long _retryAt;
    private long _finishBy;
    private long _droppedFrames;
    private long _endTicks = -1;
    private bool _discard;
    private bool _endUnposted;
    private bool _ends;
    private bool _encoded;
    private RecordingInfo _info;

    public RecordingFile(RecordingStore store, RecordingEncoder encoder, RecordingInfo info, string path)
    {
        _store = store;
        _encoder = encoder;
        _info = info;
        _path = path;
    }

    /// <summary>What is known now. Any thread.</summary>
    public RecordingInfo Info => Volatile.Read(ref _info);

    /// <summary>Channels of the file.</summary>
    public int Channels => _encoder.Channels;

    /// <summary>Samples of one channel in a frame.</summary>
    public int FrameSamples => _encoder.FrameSamples;

    /// <summary>Whether the disk has it, or it is given up: nothing more is to be done but to name it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Under its temporary name; null until it is open.</summary>
    public string? TemporaryPath { get; private set; }

    /// <summary>The shard had no block left for so many frames. The recording's shard.</summary>
    public void CountDropped(int frames)
    {
        Interlocked.Add(ref _droppedFrames, frames);
        RecordingMetrics.DroppedFrames.Add(frames);
    }

    /// <summary>Sets where the end is, before the writer is told. The recording's shard.</summary>
    public void SetEnd(TimeSpan duration, bool discard)
    {
        _discard = discard;
        Volatile.Write(ref _endTicks, Math.Max(0, duration.Ticks));
    }

    /// <summary>There was no room to tell the writer of the end: it finds out when it next looks at its files. The recording's shard.</summary>
    public void LeaveEnd() => Volatile.Write(ref _endUnposted, true);

    /// <summary>All sound has come.</summary>
    public void BeginEnd() => _ends = true;

    /// <summary>Frames that are missing so far, for want of memory or by refusals of the disk. Any thread.</summary>
    public TimeSpan Gaps => TimeSpan.FromMilliseconds(20 * (Interlocked.Read(ref _droppedFrames) + Interlocked.Read(ref _lostFrames)));

    /// <summary>Makes the file; a disk that refuses is tried again with the next block.</summary>
    public void Open() => _ = TryFlush();

    /// <summary>Encodes and writes a block; one that the disk is not ready for is lost, and its time is silence.</summary>
    public void Write(RecordingBlock block)
    {
        if (!TryFlush() || !TryFill(block.FirstFrame))
        {
            Interlocked.Add(ref _lostFrames, block.Frames);
            RecordingMetrics.DroppedFrames.Add(block.Frames);
            return;
        }

        _encoder.Write(block.Samples.AsSpan(0, block.Frames * FrameSamples * Channels));
        _frames += block.Frames;
        _ = TryFlush();
    }

    /// <summary>Brings the header up to date, tries what was refused, ends what is to be ended. The writer calls it every second and at the end.</summary>
    public void Tend()
    {
        if (IsClosed)
        {
            return;
        }

        _ends |= Volatile.Read(ref _endUnposted);
        if (_ends)
        {
            TryEnd();
        }
        else if (TryFlush())
        {
            UpdateHead(_store.Options.Sync == RecordingSync.Always);
        }
    }

    /// <summary>What there is at the end, once it is closed and has its name.</summary>
    public void Conclude(RecordingStatus status, string file, long bytes, string sha256) =>
        Volatile.Write(ref _info, _info with { Status = status, File = file, Bytes = bytes, Sha256 = sha256, Duration = Duration, Gaps = Gaps });

    /// <summary>Gives up: what stands in the file is left for the next start to recover.</summary>
    public void Abandon()
    {
        Close();
        IsClosed = true;
    }

    /// <summary>Whether the file is not wanted.</summary>
    public bool IsDiscarded => _discard;

    /// <summary>Whether all sound is in the file.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Path below the directory, without the ending.</summary>
    public string Path => _path;

    /// <summary>Ending of the name.</summary>
    public string Extension => _encoder.Extension;

    public void Dispose()
    {
        Close();
        _encoder.Dispose();
    }

    private TimeSpan Duration => TimeSpan.FromTicks(Math.Max(Volatile.Read(ref _endTicks), _frames * 20 * TimeSpan.TicksPerMillisecond));

    private void TryEnd()
    {
        if (_discard)
        {
            Close();
            IsClosed = true;
            return;
        }

        _finishBy = _finishBy == 0 ? Stopwatch.GetTimestamp() + (long)(RecordingLimits.FinishPatience.TotalSeconds * Stopwatch.Frequency) : _finishBy;
        if (!_encoded && TryFlush())
        {
            long ticks = Math.Max(0, Volatile.Read(ref _endTicks));
            if (TryFill(ticks / (20 * TimeSpan.TicksPerMillisecond)))
            {
                _encoder.Finish(Math.Max(_frames * FrameSamples, ticks * _encoder.SampleRateHz / TimeSpan.TicksPerSecond));
                _encoded = true;
            }
        }

        if (_encoded && TryFlush() && UpdateHead(_store.Options.Sync != RecordingSync.Never))
        {
            IsWhole = IsClosed = true;
            Close();
        }
        else if (Stopwatch.GetTimestamp() > _finishBy)
        {
            Abandon();
        }
    }

    private bool TryFill(long untilFrame)
    {
        while (_frames < untilFrame)
        {
            _frames += _encoder.WriteSilence(untilFrame - _frames);
            if (!TryFlush())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes what is encoded. Writes go to a place that we keep count of, so one that failed half-way is written over.</summary>
    private bool TryFlush()
    {
        if (_encoder.Output.WrittenCount == 0)
        {
            return true;
        }

        if (_retryAt != 0 && Stopwatch.GetTimestamp() < _retryAt)
        {
            return false;
        }

        try
        {
            if (_handle is null)
            {
                (_handle, TemporaryPath) = _store.Create(_path + _encoder.Extension);
            }

            _store.Write(_handle, _encoder.Output.WrittenSpan, _bytes);
            _bytes += _encoder.Output.WrittenCount;
            RecordingMetrics.Bytes.Add(_encoder.Output.WrittenCount);
            _encoder.Output.ResetWrittenCount();
            _retryAt = 0;
            return true;
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            Refused(e);
            return false;
        }
    }

    private bool UpdateHead(bool sync)
    {
        if (_handle is null || _headBytes == _bytes)
        {
            return _handle is not null;
        }

        try
        {
            ReadOnlySpan<byte> head = _encoder.Head(_bytes);
            if (!head.IsEmpty)
            {
                _store.Write(_handle, head, 0);
            }

            if (sync)
            {
                RandomAccess.FlushToDisk(_handle);
            }

            _headBytes = _bytes;
            return true;
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            Refused(e);
            return false;
        }
    }

    private void Refused(Exception e)
    {
        _store.CountRefusal(e, _path);
        _retryAt = Stopwatch.GetTimestamp() + (long)(RecordingLimits.RetryInterval.TotalSeconds * Stopwatch.Frequency);
    }

    private static bool IsOfDisk(Exception e) => e is IOException or UnauthorizedAccessException or ObjectDisposedException;

    private void Close()
    {
        _handle?.Dispose();
        _handle = null;
    }
}
