using System.Buffers;

namespace MediaCore.Transport.Tcp;

/// <summary>
/// What waits to be written on one connection: two pooled arrays, one being filled by any thread and one being written by the drain, so that
/// many small messages leave in one call. Bounded in bytes, the part being written included.
/// </summary>
internal sealed class TcpOutgoingQueue(int maxBytes)
{
    private readonly Lock _gate = new();
    private byte[]? _filling;
    private byte[]? _writing;
    private int _filled;
    private int _written;
    private bool _draining;
    private bool _closing;
    private bool _closed;
    private TaskCompletionSource? _drained;

    internal enum AppendResult
    {
        /// <summary>It will be written by the drain that runs.</summary>
        Queued,

        /// <summary>As before, and the caller starts the drain.</summary>
        StartDrain,

        /// <summary>It would exceed the bound.</summary>
        Full,

        /// <summary>The connection is closed.</summary>
        Closed,
    }

    /// <summary>Bytes that wait or are being written.</summary>
    public int QueuedBytes
    {
        get
        {
            lock (_gate)
            {
                return _filled + _written;
            }
        }
    }

    /// <summary>Adds a message in two pieces that stay together: a frame's header, or nothing, and what it carries.</summary>
    public AppendResult Append(ReadOnlySpan<byte> header, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (_closing || _closed)
            {
                return AppendResult.Closed;
            }

            int length = header.Length + message.Length;
            if (length > maxBytes - _filled - _written)
            {
                return AppendResult.Full;
            }

            Reserve(_filled + length);
            header.CopyTo(_filling.AsSpan(_filled));
            message.CopyTo(_filling.AsSpan(_filled + header.Length));
            _filled += length;
            if (_draining)
            {
                return AppendResult.Queued;
            }

            _draining = true;
            return AppendResult.StartDrain;
        }
    }

    /// <summary>The drain's next piece; false ends the drain (an append after that starts another).</summary>
    public bool TryTake(out ReadOnlyMemory<byte> piece)
    {
        lock (_gate)
        {
            ReturnWriting();
            if (_filled == 0 || _closed)
            {
                piece = default;
                EndDrain();
                return false;
            }

            (_writing, _filling) = (_filling, null);
            (_written, _filled) = (_filled, 0);
            piece = _writing.AsMemory(0, _written);
            return true;
        }
    }

    /// <summary>The drain failed: nothing more will be written.</summary>
    public void Fail()
    {
        lock (_gate)
        {
            _closed = true;
            ReturnWriting();
            ReturnFilling();
            EndDrain();
        }
    }

    /// <summary>Takes nothing more. Whether a drain still runs that will see to what is queued.</summary>
    /// <param name="discard">Whether what waits is dropped instead.</param>
    /// <param name="drained">Completes when no drain runs.</param>
    public bool Close(bool discard, out Task drained)
    {
        lock (_gate)
        {
            // What is sent after the end was announced would come between the last message and the end.
            _closing = true;
            if (discard)
            {
                _closed = true;
                ReturnFilling();
            }

            if (!_draining)
            {
                drained = Task.CompletedTask;
                return false;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
            return true;
        }
    }

    private void Reserve(int bytes)
    {
        if (_filling is null)
        {
            _filling = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, 2048));
        }
        else if (_filling.Length < bytes)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, Math.Min(2 * _filling.Length, maxBytes)));
            _filling.AsSpan(0, _filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_filling);
            _filling = larger;
        }
    }

    private void EndDrain()
    {
        _draining = false;
        _drained?.TrySetResult();
        _drained = null;
    }

    private void ReturnWriting()
    {
        if (_writing is not null)
        {
            ArrayPool<byte>.Shared.Return(_writing);
            _writing = null;
            _written = 0;
        }
    }

    private void ReturnFilling()
    {
        if (_filling is not null)
        {
            ArrayPool<byte>.Shared.Return(_filling);
            _filling = null;
            _filled = 0;
        }
    }
}
