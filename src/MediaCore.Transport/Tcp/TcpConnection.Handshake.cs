using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Tls;
using MediaCore.Transport.WebSocket;

namespace MediaCore.Transport.Tcp;

/// <content>What stands between the accept and the first message: TLS, then the opening request of WebSocket; and how TLS ends.</content>
public sealed partial class TcpConnection
{
    private long _handshakeStarted = long.MaxValue;
    private SslStream? _secured;
    private Task _ending = Task.CompletedTask;
    private int _isEnding;

    /// <summary>The stream to read from, encrypted where it is to be; null when that failed.</summary>
    private async ValueTask<Stream?> SecureAsync()
    {
        if (_secured is not null)
        {
            return _secured;
        }

        var plain = new NetworkStream(_socket, ownsSocket: false);
        if (_protocol.Tls is not { } tls)
        {
            return plain;
        }

        if (!tls.TryEnter(_source))
        {
            TrySetReason(ConnectionCloseReason.HandshakeFailed);
            await plain.DisposeAsync().ConfigureAwait(false);
            return null;
        }

        TlsHandshakeResult result;
        try
        {
            (_secured, Peer, result) = await tls.AuthenticateAsync(plain).ConfigureAwait(false);
        }
        finally
        {
            tls.Leave(_source);
        }

        if (_secured is null)
        {
            TrySetReason(result == TlsHandshakeResult.TimedOut ? ConnectionCloseReason.HandshakeTimeout : ConnectionCloseReason.HandshakeFailed);
        }

        return _secured;
    }

    /// <summary>Answers the opening request of WebSocket where one is expected; false when the connection is not to live.</summary>
    private async ValueTask<bool> UpgradeAsync(PipeReader reader)
    {
        if (_protocol.WebSocket is not { } options)
        {
            return true;
        }

        Volatile.Write(ref _handshakeStarted, MonotonicClock.Now.Nanoseconds);
        while (true)
        {
            ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
            WebSocketHandshakeResult handshake = AnswerRequest(result.Buffer, options, out int consumed);
            switch (handshake)
            {
                case WebSocketHandshakeResult.Accepted:
                    reader.AdvanceTo(result.Buffer.GetPosition(consumed));
                    Volatile.Write(ref _handshakeStarted, long.MaxValue);
                    _webSocket = new WebSocketReceiver(_options.MaxMessageBytes);
                    return true;
                case WebSocketHandshakeResult.NeedMoreData when !result.IsCompleted:
                    reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                    break;
                case WebSocketHandshakeResult.NeedMoreData:
                    reader.AdvanceTo(result.Buffer.End);
                    TrySetReason(ConnectionCloseReason.HandshakeFailed);
                    return false;
                default:
                    // The answer first; then whatever the peer still says is read and dropped until it hangs up or the grace is over.
                    reader.AdvanceTo(result.Buffer.End);
                    CloseOrderly(ConnectionCloseReason.HandshakeFailed);
                    while (!result.IsCompleted)
                    {
                        result = await reader.ReadAsync().ConfigureAwait(false);
                        reader.AdvanceTo(result.Buffer.End);
                    }

                    return false;
            }
        }
    }

    private WebSocketHandshakeResult AnswerRequest(in ReadOnlySequence<byte> input, WebSocketOptions options, out int consumed)
    {
        // A little more than the longest request: frames may follow it, and they stay in the pipe.
        int length = (int)Math.Min(input.Length, WebSocketLimits.MaxRequestBytes + 4);
        byte[] request = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
        input.Slice(0, length).CopyTo(request);
        Span<byte> response = stackalloc byte[WebSocketHandshake.MaxResponseBytes];
        WebSocketHandshakeResult result = WebSocketHandshake.Read(request.AsSpan(0, length), options, response, out consumed, out int responseBytes);
        ArrayPool<byte>.Shared.Return(request);
        if (responseBytes > 0)
        {
            _table.ReportHandshake(this, result, options);
            TryQueue(default, response[..responseBytes]);
        }

        return result;
    }

    private void EndHandshake()
    {
        _isReady = true;
        if (!IsOutbound)
        {
            _sink.OnAccepted(this);
        }
    }

    /// <summary>Says that nothing follows (close_notify, RFC 8446 §6.1), so that the peer can tell the end from a cut.</summary>
    private async Task EndSecuredAsync(SslStream secured)
    {
        try
        {
            await secured.ShutdownAsync().ConfigureAwait(false);
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (IsEndOfSocket(exception))
        {
            // Already gone, which is what a shutdown is for.
            Abort(ConnectionCloseReason.PeerReset);
        }
#pragma warning disable CA1031 // Part of the connection's catch boundary: nothing waits for this task but the connection's end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fault(exception);
            Abort(ConnectionCloseReason.Fault);
        }
    }

    /// <summary>Gives back what the handshake made, when nothing uses it any more.</summary>
    private async ValueTask ReleaseAsync()
    {
        await _ending.ConfigureAwait(false);
        if (_secured is not null)
        {
            await _secured.DisposeAsync().ConfigureAwait(false);
        }

        _webSocket?.Dispose();
    }
}
