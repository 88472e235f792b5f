using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace MediaCore.Engine.CallRecords;

/// <summary>Writes bytes at a place of a file; tests put a failing disk in its place.</summary>
internal delegate void JournalWrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

/// <summary>
/// One append-only file of the journal and the buffer to fill it from; a shard has one to itself, so the lock is never waited for in a
/// running server (it is there for a shutdown that races a last record). Writes go to a place we keep count of, so a write that failed
/// half-way is cut off or written over and never leaves a broken line in the middle of a file.
/// </summary>
internal sealed class CallRecordLane(string folder, int shard, long maxFileBytes, TimeProvider time, JournalWrite write) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private SafeFileHandle? _file;
    private Utf8JsonWriter? _writer;
    private DateOnly _day;
    private int _count;
    private long _length;

    /// <summary>Path of the file that is open; null between files. Read by other threads.</summary>
    public string? ActivePath { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>Continues the counting of an earlier run, so that its files are not touched.</summary>
    public void StartAfter(CallRecordFileName last)
    {
        lock (_gate)
        {
            _day = last.Day;
            _count = last.Count;
        }
    }

    /// <summary>Makes the line of a record and writes it; on failure the line is handed back for later.</summary>
    /// <returns>Null when written; else the fault.</returns>
    public Exception? TryWrite(CallRecord record, bool suspended, out byte[]? line, out bool began)
    {
        lock (_gate)
        {
            _buffer.ResetWrittenCount();
            if (_writer is null)
            {
                // Nothing here ends up in a web page, and "+" in numbers should be readable: the relaxed escaping.
                _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
            }
            else
            {
                _writer.Reset(_buffer);
            }

            CallRecordJson.Write(_writer, record);
            _writer.Flush();
            _buffer.GetSpan(1)[0] = (byte)'\n';
            _buffer.Advance(1);
            line = null;
            began = false;
            Exception? fault = suspended ? JournalSuspendedException.Instance : Append(_buffer.WrittenSpan, out began);
            if (fault is not null)
            {
                line = _buffer.WrittenSpan.ToArray();
            }

            return fault;
        }
    }

    /// <summary>Writes a line made earlier.</summary>
    public Exception? TryWriteLine(ReadOnlySpan<byte> line, out bool began)
    {
        lock (_gate)
        {
            return Append(line, out began);
        }
    }

    /// <summary>Closes the file. A record that comes later all the same, in a shutdown's last moments, begins another rather than being lost.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private Exception? Append(ReadOnlySpan<byte> line, out bool began)
    {
        began = false;
        try
        {
            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            if (_file is null || today != _day || _length >= maxFileBytes)
            {
                Open(today);
                began = true;
            }

            write(_file!, line, _length);
            _length += line.Length;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            CutOff();
            return e;
        }
    }

    private void Open(DateOnly today)
    {
        Close();
        int count = today == _day ? _count : 0;
        while (true)
        {
            if (++count > CallRecordLimits.MaxFilesPerDay)
            {
                throw new IOException($"The journal has had {CallRecordLimits.MaxFilesPerDay} files of one shard today; raise the size of a file.");
            }

            string path = Path.Combine(folder, new CallRecordFileName(today, shard, count).ToString());
            if (File.Exists(path))
            {
                continue;
            }

            // Claimed before it exists: whoever finds the file must not take it for a finished one and remove it under our hands.
            ActivePath = path;
            try
            {
                _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            }
            finally
            {
                if (_file is null)
                {
                    ActivePath = null;
                }
            }

            _length = 0;
            _day = today;
            _count = count;
            return;
        }
    }

    // A disk that filled up in the middle of a line: take the half line away. Where even that fails the file is left behind with a torn end,
    // which readers know, and the next record begins another file.
    private void CutOff()
    {
        if (_file is null)
        {
            return;
        }

        try
        {
            RandomAccess.SetLength(_file, _length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Close();
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
        ActivePath = null;
    }
}
