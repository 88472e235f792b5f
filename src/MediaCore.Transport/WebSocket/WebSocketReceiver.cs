using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace MediaCore.Transport.WebSocket;

/// <summary>
/// The receiving side of a WebSocket server (RFC 6455 §5, §6.2) without a socket: bytes in, messages and control frames out. Data is unmasked and
/// collected as it arrives, in whatever segments; memory grows with what has arrived and never with what a header announces.
/// Owned by its connection's reading loop.
/// </summary>
public sealed class WebSocketReceiver(int maxMessageBytes) : IDisposable
{
    private readonly byte[] _control = new byte[WebSocketLimits.MaxControlBytes];
    private byte[]? _message;
    private int _messageBytes;
    private int _frames;
    private bool _isText;
    private bool _isInMessage;
    private bool _isInFrame;
    private WebSocketFrameHeader _frame;
    private ulong _received;
    private bool _isOver;

    /// <summary>Data of the last control frame; overwritten by the next.</summary>
    public ReadOnlySpan<byte> ControlData => _control.AsSpan(0, ControlBytes);

    /// <summary>What the peer gave as its reason, or what to close with.</summary>
    public WebSocketCloseCode CloseCode { get; private set; }

    /// <summary>Whether a message has begun that is not whole, be it in one frame or between two.</summary>
    public bool IsInsideMessage => _isInMessage || _isInFrame;

    private int ControlBytes { get; set; }

    /// <summary>Looks at more of the stream until something is found; call again with what was not consumed.</summary>
    /// <param name="input">Starts where the last call's consumed bytes ended.</param>
    /// <param name="consumed">Bytes that are not needed again.</param>
    public WebSocketEvent Receive(in ReadOnlySequence<byte> input, out long consumed)
    {
        consumed = 0;
        if (_isOver)
        {
            consumed = input.Length;
            return WebSocketEvent.NeedMoreData;
        }

        Span<byte> start = stackalloc byte[WebSocketLimits.MaxHeaderBytes];
        ReadOnlySequence<byte> rest = input;
        while (true)
        {
            if (!_isInFrame)
            {
                int length = (int)Math.Min(rest.Length, start.Length);
                rest.Slice(0, length).CopyTo(start);
                switch (WebSocketFrameHeader.TryRead(start[..length], out _frame, out int headerBytes))
                {
                    case WebSocketFrameHeader.ReadResult.NeedMoreData:
                        return WebSocketEvent.NeedMoreData;
                    case WebSocketFrameHeader.ReadResult.Invalid:
                        return Fail(WebSocketCloseCode.ProtocolError);
                    default:
                        break;
                }

                if (Begin() is { } problem)
                {
                    return Fail(problem);
                }

                consumed += headerBytes;
                rest = rest.Slice(headerBytes);
            }

            int taken = TakeData(rest);
            consumed += taken;
            rest = rest.Slice(taken);
            if (_received < _frame.PayloadBytes)
            {
                return WebSocketEvent.NeedMoreData;
            }

            _isInFrame = false;
            if (End() is { } found)
            {
                return found;
            }
        }
    }

    /// <summary>The message that was just found: a buffer of the shared pool, now the caller's, and its bytes. May be empty, and then has no buffer.</summary>
    public (byte[] Buffer, int Length) TakeMessage()
    {
        (byte[] Buffer, int Length) taken = (_message ?? [], _messageBytes);
        _message = null;
        _messageBytes = 0;
        return taken;
    }

    /// <summary>Gives back what was begun.</summary>
    public void Dispose()
    {
        _isOver = true;
        if (_message is not null)
        {
            ArrayPool<byte>.Shared.Return(_message);
            _message = null;
        }
    }

    /// <summary>Checks a header against what came before it (§5.1, §5.4).</summary>
    private WebSocketCloseCode? Begin()
    {
        if (!_frame.IsMasked)
        {
            return WebSocketCloseCode.ProtocolError;
        }

        if (_frame.IsControl)
        {
            ControlBytes = 0;
        }
        else
        {
            bool isContinuation = _frame.Opcode == WebSocketOpcode.Continuation;
            if (isContinuation != _isInMessage)
            {
                return WebSocketCloseCode.ProtocolError;
            }

            if (!isContinuation)
            {
                _isInMessage = true;
                _isText = _frame.Opcode == WebSocketOpcode.Text;
                _frames = 0;
                _messageBytes = 0;
            }

            if (_frame.PayloadBytes > (ulong)(maxMessageBytes - _messageBytes) || ++_frames > WebSocketLimits.MaxFrames)
            {
                return WebSocketCloseCode.MessageTooBig;
            }
        }

        _isInFrame = true;
        _received = 0;
        return null;
    }

    private int TakeData(in ReadOnlySequence<byte> rest)
    {
        int take = (int)Math.Min((ulong)rest.Length, _frame.PayloadBytes - _received);
        if (take == 0)
        {
            return 0;
        }

        Span<byte> destination;
        if (_frame.IsControl)
        {
            destination = _control.AsSpan(ControlBytes, take);
            ControlBytes += take;
        }
        else
        {
            Reserve(_messageBytes + take);
            destination = _message.AsSpan(_messageBytes, take);
            _messageBytes += take;
        }

        rest.Slice(0, take).CopyTo(destination);
        WebSocketMask.Apply(destination, _frame.Mask, (long)_received);
        _received += (ulong)take;
        return take;
    }

    private WebSocketEvent? End()
    {
        switch (_frame.Opcode)
        {
            case WebSocketOpcode.Ping:
                return WebSocketEvent.Ping;
            case WebSocketOpcode.Pong:
                return WebSocketEvent.Pong;
            case WebSocketOpcode.Close:
                return EndClose();
            default:
                if (!_frame.IsFinal)
                {
                    return null;
                }

                _isInMessage = false;
                return _isText && !Utf8.IsValid(_message.AsSpan(0, _messageBytes)) ? Fail(WebSocketCloseCode.InvalidData) : WebSocketEvent.Message;
        }
    }

    private WebSocketEvent EndClose()
    {
        // §5.5.1: nothing, or a code and a reason in UTF-8. §7.4: codes that may stand on the wire.
        if (ControlBytes == 0)
        {
            CloseCode = WebSocketCloseCode.None;
            _isOver = true;
            return WebSocketEvent.Close;
        }

        ushort code = ControlBytes == 1 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(_control);
        if (code is not ((>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999)))
        {
            return Fail(WebSocketCloseCode.ProtocolError);
        }

        if (!Utf8.IsValid(_control.AsSpan(2, ControlBytes - 2)))
        {
            return Fail(WebSocketCloseCode.InvalidData);
        }

        CloseCode = (WebSocketCloseCode)code;
        _isOver = true;
        return WebSocketEvent.Close;
    }

    private WebSocketEvent Fail(WebSocketCloseCode code)
    {
        CloseCode = code;
        _isOver = true;
        return WebSocketEvent.Invalid;
    }

    private void Reserve(int bytes)
    {
        if (_message is null)
        {
            _message = ArrayPool<byte>.Shared.Rent(bytes);
        }
        else if (_message.Length < bytes)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, Math.Min(2 * _message.Length, maxMessageBytes)));
            _message.AsSpan(0, _messageBytes).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_message);
            _message = larger;
        }
    }
}
