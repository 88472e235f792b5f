using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using MediaCore.Primitives;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Tls;

namespace MediaCore.Transport.Tcp;

/// <summary>
/// A stream connection that carries framed messages, plain or encrypted, bare or in WebSocket frames. One loop shakes hands, reads and frames; a
/// second runs only while something waits to be written. Every member may be used from any thread, also after the connection is gone.
/// </summary>
public sealed partial class TcpConnection
{
    private static readonly byte[] s_pong = "\r\n"u8.ToArray();

    private readonly Socket _socket;
    private readonly TcpConnectionTable _table;
    private readonly IConnectionSink _sink;
    private readonly IFrameScanner _scanner;
    private readonly ConnectionProtocol _protocol;
    private readonly NetworkEndpoint _source;
    private readonly TcpOptions _options;
    private readonly TcpOutgoingQueue _outgoing;
    private long _lastActivity;
    private long _idleTimeoutTicks;
    private long _messageStarted = long.MaxValue;
    private long _writeStarted = long.MaxValue;
    private long _closeStarted = long.MaxValue;
    private int _reason;
    private bool _isReady;

    internal TcpConnection(long id, Socket socket, SecuredStream? secured, bool isOutbound, NetworkEndpoint source, TcpConnectionTable table, IConnectionSink sink, ConnectionProtocol protocol)
    {
        Id = id;
        IsOutbound = isOutbound;

        // Whoever opened it knows of it already, and so is told of its end, however early that comes.
        _isReady = isOutbound;
        _socket = socket;
        _table = table;
        _sink = sink;
        _protocol = protocol;
        _scanner = protocol.NewScanner();
        _source = source;
        _secured = secured?.Stream;
        Peer = secured?.Peer;
        _options = table.Options;
        _outgoing = new TcpOutgoingQueue(_options.MaxQueuedBytes);
        Remote = NetworkEndpoint.From((IPEndPoint)socket.RemoteEndPoint!);
        Local = NetworkEndpoint.From((IPEndPoint)socket.LocalEndPoint!);
        _lastActivity = MonotonicClock.Now.Nanoseconds;
        _idleTimeoutTicks = _options.IdleTimeout.Ticks;
    }

    /// <summary>For looking at what the system has set.</summary>
    internal int Descriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    /// <summary>Its number, never used again in this process.</summary>
    public long Id { get; }

    /// <summary>Whether we opened it.</summary>
    public bool IsOutbound { get; }

    /// <summary>The peer's address.</summary>
    public NetworkEndpoint Remote { get; }

    /// <summary>Our address.</summary>
    public NetworkEndpoint Local { get; }

    /// <summary>Who was found at the other end by TLS; null on a connection that is not encrypted.</summary>
    public TlsPeer? Peer { get; private set; }

    /// <summary>Whatever its user keeps with it.</summary>
    public object? Tag { get; set; }

    /// <summary>How long it may be silent: <see cref="TcpOptions.IdleTimeout"/> until its user, who knows what it is needed for, says otherwise.</summary>
    public TimeSpan IdleTimeout
    {
        get => new(Volatile.Read(ref _idleTimeoutTicks));
        set => Volatile.Write(ref _idleTimeoutTicks, value.Ticks);
    }

    /// <summary>When a byte last went either way.</summary>
    public Timestamp LastActivity => new(Volatile.Read(ref _lastActivity));

    /// <summary>Why it ended; <see cref="ConnectionCloseReason.None"/> while it has not.</summary>
    public ConnectionCloseReason CloseReason => (ConnectionCloseReason)Volatile.Read(ref _reason);

    /// <summary>Bytes that wait to be written.</summary>
    public int QueuedBytes => _outgoing.QueuedBytes;

    /// <summary>Copies a message to be written after those before it. Never blocks.</summary>
    /// <returns>
    /// False when the connection is closed or closing, or when more than <see cref="TcpOptions.MaxQueuedBytes"/> would wait: then the peer
    /// does not read, and the connection is closed as stalled.
    /// </returns>
    public bool TrySend(ReadOnlySpan<byte> message) => CloseReason == ConnectionCloseReason.None && TryQueueMessage(message);

    /// <summary>Closes the connection after what waits has been written; messages that still come in are dropped. Returns at once.</summary>
    public void Close() => CloseOrderly(ConnectionCloseReason.LocalClose);

    private void CloseOrderly(ConnectionCloseReason reason)
    {
        if (!TrySetReason(reason))
        {
            return;
        }

        Volatile.Write(ref _closeStarted, MonotonicClock.Now.Nanoseconds);
        QueueClose();
        if (!_outgoing.Close(discard: false, out _))
        {
            ShutdownSend();
        }
    }

    /// <summary>Closes the connection at once; what waits is lost.</summary>
    public void Abort() => Abort(ConnectionCloseReason.LocalClose);

    internal void Abort(ConnectionCloseReason reason)
    {
        TrySetReason(reason);

        // An orderly close has nothing to cut off; a reset would take what the peer has not read yet, a TLS alert among it.
        if (Volatile.Read(ref _closeStarted) == long.MaxValue && CloseReason is not (ConnectionCloseReason.LocalClose or ConnectionCloseReason.PeerClosed or ConnectionCloseReason.HandshakeFailed))
        {
            ResetOnDispose();
        }

        _socket.Dispose();
    }

    /// <summary>Aborts the connection when one of its times is over.</summary>
    internal void CheckDeadlines(long now)
    {
        if (IsPast(now, ref _closeStarted, _options.CloseGrace))
        {
            Abort(ConnectionCloseReason.LocalClose);
        }
        else if (_protocol.WebSocket is { } webSocket && IsPast(now, ref _handshakeStarted, webSocket.RequestTimeout))
        {
            Abort(ConnectionCloseReason.HandshakeTimeout);
        }
        else if (IsPast(now, ref _writeStarted, _options.SendTimeout))
        {
            Abort(ConnectionCloseReason.Stalled);
        }
        else if (IsPast(now, ref _messageStarted, _options.MessageReadTimeout))
        {
            Abort(ConnectionCloseReason.MessageTimeout);
        }
        else if (IsPast(now, ref _lastActivity, IdleTimeout))
        {
            Abort(ConnectionCloseReason.Idle);
        }
    }

    /// <summary>The connection's life: never faults, and has reported the end when it completes.</summary>
    internal async Task RunAsync()
    {
        try
        {
            await ReceiveAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (IsEndOfSocket(exception))
        {
            TrySetReason(_isReady ? ConnectionCloseReason.PeerReset : ConnectionCloseReason.HandshakeFailed);
        }
#pragma warning disable CA1031 // The one catch boundary of a connection: whatever the sink or the scanner throws ends this connection and no other.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fault(exception);
        }

        Abort(ConnectionCloseReason.PeerReset);
        _outgoing.Close(discard: true, out Task drained);
        await drained.ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        _table.Remove(this);
        try
        {
            // Of a connection that never got through its handshake the sink knows nothing.
            if (_isReady)
            {
                _sink.OnClosed(this, CloseReason);
            }
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _table.ReportFault(this, exception);
        }
    }

    private static bool IsEndOfSocket(Exception exception) =>
        exception is SocketException or ObjectDisposedException or OperationCanceledException or IOException;

    private static bool IsPast(long now, ref long start, TimeSpan period)
    {
        long started = Volatile.Read(ref start);
        return started != long.MaxValue && now - started >= period.Ticks * 100;
    }

    /// <summary>Lone line ends between messages (RFC 3261 §7.5) are no message that somebody is slow to finish.</summary>
    private static bool IsLineEnds(in ReadOnlySequence<byte> rest) =>
        rest.Length <= 4 && rest.FirstSpan.IndexOfAnyExcept((byte)'\r', (byte)'\n') < 0
        && (rest.IsSingleSegment || rest.ToArray().AsSpan().IndexOfAnyExcept((byte)'\r', (byte)'\n') < 0);

    private async Task ReceiveAsync()
    {
        if (await SecureAsync().ConfigureAwait(false) is not { } stream)
        {
            return;
        }

        // Zero-byte reads: an idle connection holds no buffer.
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: TcpLimits.ReadBytes, leaveOpen: true, useZeroByteReads: true));
        try
        {
            if (!await UpgradeAsync(reader).ConfigureAwait(false))
            {
                return;
            }

            EndHandshake();
            while (await ReceiveOnceAsync(reader).ConfigureAwait(false))
            {
                Touch();
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> ReceiveOnceAsync(PipeReader reader)
    {
        ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
        ReadOnlySequence<byte> rest = result.Buffer;
        bool isClosing = CloseReason != ConnectionCloseReason.None;
        if (isClosing)
        {
            rest = rest.Slice(rest.End);
        }
        else if (TakeFrames(ref rest) is ConnectionCloseReason problem and not ConnectionCloseReason.None)
        {
            if (problem != ConnectionCloseReason.InvalidFraming)
            {
                TrySetReason(problem);
                return false;
            }

            // The peer's mistake must not cost it the answers to what it sent before, nor the 400 to this.
            await _sink.WaitForAnswersAsync(this).ConfigureAwait(false);
            CloseOrderly(ConnectionCloseReason.InvalidFraming);
            rest = rest.Slice(rest.End);
        }

        if (!isClosing)
        {
            await _sink.WaitForRoomAsync(this).ConfigureAwait(false);
        }

        bool insideMessage = _webSocket is { } webSocket ? webSocket.IsInsideMessage || !rest.IsEmpty : !rest.IsEmpty && !IsLineEnds(rest);
        reader.AdvanceTo(rest.Start, rest.End);
        if (result.IsCompleted)
        {
            TrySetReason(insideMessage ? ConnectionCloseReason.PeerClosedInMessage : ConnectionCloseReason.PeerClosed);
            return false;
        }

        if (!insideMessage)
        {
            Volatile.Write(ref _messageStarted, long.MaxValue);
        }
        else if (Volatile.Read(ref _messageStarted) == long.MaxValue)
        {
            Volatile.Write(ref _messageStarted, MonotonicClock.Now.Nanoseconds);
        }

        return true;
    }

    private ConnectionCloseReason TakeFrames(ref ReadOnlySequence<byte> rest)
    {
        if (_webSocket is not null)
        {
            return TakeWebSocketFrames(_webSocket, ref rest);
        }

        while (!rest.IsEmpty)
        {
            FrameKind kind = _scanner.Scan(rest, out long consumed, out long frameLength);
            if (kind == FrameKind.Invalid || consumed < 0 || consumed > rest.Length)
            {
                if (kind == FrameKind.Invalid && frameLength > 0 && frameLength <= Math.Min(rest.Length, _options.MaxMessageBytes))
                {
                    Deliver(rest.Slice(0, frameLength));
                }

                return ConnectionCloseReason.InvalidFraming;
            }

            if (kind == FrameKind.NeedMoreData)
            {
                rest = rest.Slice(consumed);
                return rest.Length > _options.MaxMessageBytes ? ConnectionCloseReason.MessageTooLarge : ConnectionCloseReason.None;
            }

            // What consumes nothing would be found again for ever.
            if (consumed == 0)
            {
                return ConnectionCloseReason.InvalidFraming;
            }

            // Whatever was begun is finished; what follows has its own time.
            Volatile.Write(ref _messageStarted, long.MaxValue);
            if (kind == FrameKind.KeepAlive)
            {
                _table.CountKeepAlive();
                TryQueue(default, s_pong);
            }
            else if (frameLength > _options.MaxMessageBytes)
            {
                return ConnectionCloseReason.MessageTooLarge;
            }
            else if (frameLength <= 0 || frameLength > consumed)
            {
                return ConnectionCloseReason.InvalidFraming;
            }
            else
            {
                Deliver(rest.Slice(consumed - frameLength, frameLength));
            }

            rest = rest.Slice(consumed);
            if (CloseReason != ConnectionCloseReason.None)
            {
                rest = rest.Slice(rest.End);
            }
        }

        return ConnectionCloseReason.None;
    }

    private void Deliver(in ReadOnlySequence<byte> frame)
    {
        int length = (int)frame.Length;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        frame.CopyTo(buffer);
        _table.CountFrame();

        // From here on the buffer is the sink's, even if it throws.
        _sink.OnFrame(this, buffer, length);
    }

    private bool TryQueue(ReadOnlySpan<byte> header, ReadOnlySpan<byte> message)
    {
        switch (_outgoing.Append(header, message))
        {
            case TcpOutgoingQueue.AppendResult.Queued:
                return true;
            case TcpOutgoingQueue.AppendResult.StartDrain:
                _ = DrainAsync();
                return true;
            case TcpOutgoingQueue.AppendResult.Full:
                Abort(ConnectionCloseReason.Stalled);
                return false;
            default:
                return false;
        }
    }

    /// <summary>Writes until nothing waits. Never faults; <see cref="TcpOutgoingQueue.Close"/> tells when it is over.</summary>
    private async Task DrainAsync()
    {
        try
        {
            while (_outgoing.TryTake(out ReadOnlyMemory<byte> piece))
            {
                Volatile.Write(ref _writeStarted, MonotonicClock.Now.Nanoseconds);
                if (_secured is not null)
                {
                    await _secured.WriteAsync(piece).ConfigureAwait(false);
                    piece = default;
                }

                while (piece.Length > 0)
                {
                    int sent = await _socket.SendAsync(piece, SocketFlags.None).ConfigureAwait(false);
                    piece = piece[sent..];
                }

                Touch();
                Volatile.Write(ref _writeStarted, long.MaxValue);
            }
        }
        catch (Exception exception) when (IsEndOfSocket(exception))
        {
            // The reading loop sees the same end and reports it.
            Abort(ConnectionCloseReason.PeerReset);
            _outgoing.Fail();
            return;
        }
#pragma warning disable CA1031 // The writing half of the connection's catch boundary.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fault(exception);
            Abort(ConnectionCloseReason.Fault);
            _outgoing.Fail();
            return;
        }

        if (Volatile.Read(ref _closeStarted) != long.MaxValue)
        {
            ShutdownSend();
        }
    }

    private void Fault(Exception exception)
    {
        TrySetReason(ConnectionCloseReason.Fault);
        _table.ReportFault(this, exception);
    }

    private bool TrySetReason(ConnectionCloseReason reason) =>
        Interlocked.CompareExchange(ref _reason, (int)reason, (int)ConnectionCloseReason.None) == (int)ConnectionCloseReason.None;

    private void Touch() => Volatile.Write(ref _lastActivity, MonotonicClock.Now.Nanoseconds);

    private void ShutdownSend()
    {
        if (_secured is not null)
        {
            // The one that closes and the drain that ends may both come here.
            if (Interlocked.Exchange(ref _isEnding, 1) == 0)
            {
                _ending = EndSecuredAsync(_secured);
            }

            return;
        }

        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (IsEndOfSocket(exception))
        {
            // Already gone, which is what a shutdown is for.
            Abort(ConnectionCloseReason.PeerReset);
        }
    }

    private void ResetOnDispose()
    {
        try
        {
            // What the peer does not read must not stay in the kernel for minutes.
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (IsEndOfSocket(exception))
        {
            // Disposed by another thread or reset by the peer: there is nothing left to keep.
            _socket.Dispose();
        }
    }
}
