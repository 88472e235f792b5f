using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;
using MediaCore.Transport.WebSocket;

namespace MediaCore.Transport.Tcp;

/// <content>Messages in WebSocket frames: one message of the stream for each message of the WebSocket (RFC 7118 §5).</content>
public sealed partial class TcpConnection
{
    private WebSocketReceiver? _webSocket;

    private ConnectionCloseReason TakeWebSocketFrames(WebSocketReceiver receiver, ref ReadOnlySequence<byte> rest)
    {
        while (!rest.IsEmpty && CloseReason == ConnectionCloseReason.None)
        {
            WebSocketEvent found = receiver.Receive(rest, out long consumed);
            rest = rest.Slice(consumed);
            switch (found)
            {
                case WebSocketEvent.NeedMoreData:
                    return ConnectionCloseReason.None;
                case WebSocketEvent.Message:
                    // Whatever was begun is finished; what follows has its own time.
                    Volatile.Write(ref _messageStarted, long.MaxValue);
                    TakeWebSocketMessage(receiver);
                    break;
                case WebSocketEvent.Ping:
                    _table.CountKeepAlive();
                    QueueFrame(WebSocketOpcode.Pong, receiver.ControlData);
                    break;
                case WebSocketEvent.Close:
                    CloseOrderly(ConnectionCloseReason.PeerClosed);
                    break;
                case WebSocketEvent.Invalid:
                    return ConnectionCloseReason.InvalidFraming;
                default:
                    break;
            }
        }

        // Closing: what still comes is read and dropped.
        if (CloseReason != ConnectionCloseReason.None)
        {
            rest = rest.Slice(rest.End);
        }

        return ConnectionCloseReason.None;
    }

    private void TakeWebSocketMessage(WebSocketReceiver receiver)
    {
        (byte[] buffer, int length) = receiver.TakeMessage();
        ReadOnlySpan<byte> message = buffer.AsSpan(0, length);
        if (message.IndexOfAnyExcept((byte)'\r', (byte)'\n') < 0)
        {
            // RFC 5626 §4.4.1 inside RFC 7118 §6; other lone line ends are nothing.
            bool isPing = message.SequenceEqual("\r\n\r\n"u8);
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            if (isPing)
            {
                _table.CountKeepAlive();
                QueueFrame(WebSocketOpcode.Text, s_pong);
            }

            return;
        }

        _table.CountFrame();

        // From here on the buffer is the sink's, even if it throws.
        _sink.OnFrame(this, buffer, length);
    }

    private bool TryQueueMessage(ReadOnlySpan<byte> message) => _protocol.WebSocket is null || IsOutbound
        ? TryQueue(default, message)
        : QueueFrame(Utf8.IsValid(message) ? WebSocketOpcode.Text : WebSocketOpcode.Binary, message);

    private bool QueueFrame(WebSocketOpcode opcode, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[WebSocketLimits.MaxHeaderBytes];
        int length = new WebSocketFrameHeader(IsFinal: true, opcode, IsMasked: false, 0, (ulong)data.Length).Write(header);
        return TryQueue(header[..length], data);
    }

    /// <summary>The frame that ends a WebSocket, after all that waits (RFC 6455 §5.5.1).</summary>
    private void QueueClose()
    {
        if (_webSocket is not { } webSocket)
        {
            return;
        }

        // The peer's own code goes back to it; 1005 never stands on the wire.
        WebSocketCloseCode code = CloseReason is ConnectionCloseReason.PeerClosed or ConnectionCloseReason.InvalidFraming ? webSocket.CloseCode : WebSocketCloseCode.GoingAway;
        Span<byte> data = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)code);
        QueueFrame(WebSocketOpcode.Close, code == WebSocketCloseCode.None ? default : data);
    }
}
