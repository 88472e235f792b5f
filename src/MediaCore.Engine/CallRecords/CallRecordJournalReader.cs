using Microsoft.Win32.SafeHandles;

namespace MediaCore.Engine.CallRecords;

/// <summary>
/// Reads a journal file line by line, also while it grows. Only whole lines are read: what follows the last line end stays for later, or,
/// when the file is complete, is the torn end that a crash in mid-write leaves. Lines that are not records are counted and passed over.
/// Not thread-safe.
/// </summary>
public sealed class CallRecordJournalReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private byte[] _buffer = new byte[64 * 1024];
    private long _bufferOffset;
    private int _start;
    private int _end;
    private bool _passingOver;

    /// <summary>Opens a file; reading begins at a line's first byte.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">0, or an <see cref="Offset"/> of before.</param>
    public CallRecordJournalReader(string path, long offset = 0)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        _bufferOffset = offset;
    }

    /// <summary>Byte after the last line that was read: everything before it has been handed out or counted.</summary>
    public long Offset => _bufferOffset + _start;

    /// <summary>Lines that are not call records.</summary>
    public int DamagedLines { get; private set; }

    /// <summary>Whether the file, read as complete, ended within a line.</summary>
    public bool EndedTorn { get; private set; }

    /// <summary>The next record; false when there is no further whole line (yet).</summary>
    /// <param name="record">The record.</param>
    /// <param name="complete">Nobody writes the file any more: an unfinished last line is judged too.</param>
    public bool TryRead(out CallRecord record, bool complete = false)
    {
        while (TryReadLine(complete, out ReadOnlySpan<byte> line, out bool unfinished))
        {
            if (line.IsEmpty)
            {
                continue;
            }

            if (CallRecordJson.TryRead(line, out record))
            {
                return true;
            }

            if (unfinished)
            {
                EndedTorn = true;
                CallRecordMetrics.Torn.Add(1);
            }
            else
            {
                DamagedLines++;
                CallRecordMetrics.Damaged.Add(1);
            }
        }

        record = null!;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private bool TryReadLine(bool complete, out ReadOnlySpan<byte> line, out bool unfinished)
    {
        unfinished = false;
        int searched = 0;
        while (true)
        {
            int at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                int length = searched + at;
                line = _passingOver ? [] : _buffer.AsSpan(_start, length);
                _start += length + 1;
                _passingOver = false;
                return true;
            }

            searched = _end - _start;
            if (searched > CallRecordLimits.MaxLineBytes)
            {
                // No line of ours: forget what was read of it and go on to its end.
                DamagedLines += _passingOver ? 0 : 1;
                _passingOver = true;
                _start = _end;
                searched = 0;
            }

            if (!Fill())
            {
                line = [];
                if (!complete || searched == 0)
                {
                    return false;
                }

                // kill -9 in mid-write may take only the line end away: then the record is whole.
                unfinished = true;
                line = _passingOver ? [] : _buffer.AsSpan(_start, searched);
                _start = _end;
                return true;
            }
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _bufferOffset += _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = RandomAccess.Read(_file, _buffer.AsSpan(_end), _bufferOffset + _end);
        _end += read;
        return read > 0;
    }
}
