using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace MediaCore.Transport.WebSocket;

/// <summary>The server's side of the opening handshake, RFC 6455 §4.2 with the subprotocol of RFC 7118 §4.1: a request in, the response out.</summary>
public static class WebSocketHandshake
{
    /// <summary>Longest response.</summary>
    public const int MaxResponseBytes = 512;

    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Reads a request and writes its response.</summary>
    /// <param name="input">What has come so far, from its first byte.</param>
    /// <param name="options">Who may connect.</param>
    /// <param name="response">At least <see cref="MaxResponseBytes"/>.</param>
    /// <param name="consumed">Bytes of the request; frames may follow at once.</param>
    /// <param name="responseBytes">Bytes of the response; 0 while more data is needed.</param>
    public static WebSocketHandshakeResult Read(ReadOnlySpan<byte> input, WebSocketOptions options, Span<byte> response, out int consumed, out int responseBytes)
    {
        consumed = 0;
        responseBytes = 0;
        int end = input.IndexOf("\r\n\r\n"u8);
        if (end < 0 && input.Length < WebSocketLimits.MaxRequestBytes)
        {
            return WebSocketHandshakeResult.NeedMoreData;
        }

        if (end < 0 || end + 4 > WebSocketLimits.MaxRequestBytes)
        {
            responseBytes = Copy("HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8, response);
            return WebSocketHandshakeResult.TooLarge;
        }

        consumed = end + 4;
        WebSocketHandshakeResult result = Check(input[..(end + 2)], options, out ReadOnlySpan<byte> key);
        responseBytes = result switch
        {
            WebSocketHandshakeResult.Accepted => WriteAccepted(key, options, response),
            WebSocketHandshakeResult.ForbiddenOrigin => Copy("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8, response),
            WebSocketHandshakeResult.MethodNotAllowed => Copy("HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8, response),
            WebSocketHandshakeResult.UpgradeRequired => Copy("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\nContent-Length: 0\r\n\r\n"u8, response),
            WebSocketHandshakeResult.SubprotocolMissing => WriteSubprotocolMissing(options, response),
            _ => Copy("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8, response),
        };
        return result;
    }

    private static WebSocketHandshakeResult Check(ReadOnlySpan<byte> head, WebSocketOptions options, out ReadOnlySpan<byte> key)
    {
        key = default;
        int lineEnd = head.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> requestLine = head[..lineEnd];
        head = head[(lineEnd + 2)..];
        int firstSpace = requestLine.IndexOf((byte)' ');
        int lastSpace = requestLine.LastIndexOf((byte)' ');
        if (firstSpace <= 0 || lastSpace <= firstSpace + 1 || !requestLine[(lastSpace + 1)..].SequenceEqual("HTTP/1.1"u8)
            || requestLine[(firstSpace + 1)..lastSpace].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            return WebSocketHandshakeResult.BadRequest;
        }

        if (!requestLine[..firstSpace].SequenceEqual("GET"u8))
        {
            return WebSocketHandshakeResult.MethodNotAllowed;
        }

        int hosts = 0;
        int keys = 0;
        int versions = 0;
        int origins = 0;
        bool isUpgrade = false;
        bool isConnectionUpgrade = false;
        bool isVersion13 = false;
        bool offersSubprotocol = false;
        bool isOriginAllowed = options.Origins.IsEmpty;
        for (int lines = 0; !head.IsEmpty; lines++)
        {
            lineEnd = head.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> line = head[..lineEnd];
            head = head[(lineEnd + 2)..];
            int colon = line.IndexOf((byte)':');

            // RFC 9112 §5.1, §5.2: no space before the colon, no folded lines; and no control characters that a proxy might read otherwise.
            if (lines >= WebSocketLimits.MaxRequestLines || colon <= 0 || line[..colon].ContainsAnyExceptInRange((byte)'!', (byte)'~')
                || line.IndexOfAnyInRange((byte)0, (byte)8) >= 0 || line.IndexOfAnyInRange((byte)10, (byte)31) >= 0)
            {
                return WebSocketHandshakeResult.BadRequest;
            }

            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (Is(name, "host"u8))
            {
                hosts++;
            }
            else if (Is(name, "upgrade"u8))
            {
                isUpgrade |= HasToken(value, "websocket"u8, ignoreCase: true);
            }
            else if (Is(name, "connection"u8))
            {
                isConnectionUpgrade |= HasToken(value, "upgrade"u8, ignoreCase: true);
            }
            else if (Is(name, "sec-websocket-key"u8))
            {
                keys++;
                key = value;
            }
            else if (Is(name, "sec-websocket-version"u8))
            {
                versions++;
                isVersion13 = value.SequenceEqual("13"u8);
            }
            else if (Is(name, "sec-websocket-protocol"u8))
            {
                offersSubprotocol |= HasToken(value, Encoding.ASCII.GetBytes(options.Subprotocol), ignoreCase: false);
            }
            else if (Is(name, "origin"u8))
            {
                origins++;
                isOriginAllowed = IsAllowed(value, options.Origins);
            }
            else if ((Is(name, "content-length"u8) && !value.SequenceEqual("0"u8)) || Is(name, "transfer-encoding"u8))
            {
                // A body would be read as frames.
                return WebSocketHandshakeResult.BadRequest;
            }
        }

        if (hosts != 1 || keys > 1 || versions > 1 || origins > 1)
        {
            return WebSocketHandshakeResult.BadRequest;
        }

        if (!isUpgrade || !isConnectionUpgrade || (versions == 1 && !isVersion13))
        {
            return WebSocketHandshakeResult.UpgradeRequired;
        }

        if (versions == 0 || !IsKey(key))
        {
            return WebSocketHandshakeResult.BadRequest;
        }

        // A peer without an Origin is no browser (RFC 6455 §10.2): no page can have made it connect.
        return origins != 0 && !isOriginAllowed ? WebSocketHandshakeResult.ForbiddenOrigin
            : offersSubprotocol ? WebSocketHandshakeResult.Accepted
            : WebSocketHandshakeResult.SubprotocolMissing;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowercase) => Ascii.EqualsIgnoreCase(name, lowercase);

    private static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token, bool ignoreCase)
    {
        foreach (Range range in list.Split((byte)','))
        {
            ReadOnlySpan<byte> item = list[range].Trim(" \t"u8);
            if (ignoreCase ? Ascii.EqualsIgnoreCase(item, token) : item.SequenceEqual(token))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Scheme and host without regard to case (RFC 6454 §4); <c>null</c>, an opaque origin, is on no list.</summary>
    private static bool IsAllowed(ReadOnlySpan<byte> origin, ImmutableArray<string> allowed)
    {
        if (allowed.IsEmpty)
        {
            return true;
        }

        foreach (string candidate in allowed)
        {
            if (Ascii.EqualsIgnoreCase(origin, candidate))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 6455 §4.1: sixteen bytes in base 64.</summary>
    private static bool IsKey(ReadOnlySpan<byte> key)
    {
        Span<byte> nonce = stackalloc byte[18];
        return key.Length == 24 && Base64.DecodeFromUtf8(key, nonce, out _, out int length) == System.Buffers.OperationStatus.Done && length == 16;
    }

    private static int WriteAccepted(ReadOnlySpan<byte> key, WebSocketOptions options, Span<byte> response)
    {
        Span<byte> text = stackalloc byte[24 + 36];
        key.CopyTo(text);
        Guid.CopyTo(text[24..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6455 §4.2.2 names SHA-1; it proves that the server speaks WebSocket and protects nothing.
        SHA1.HashData(text, hash);
#pragma warning restore CA5350
        int length = Copy("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "u8, response);
        Base64.EncodeToUtf8(hash, response[length..], out _, out int written);
        length += written;
        length += Copy("\r\nSec-WebSocket-Protocol: "u8, response[length..]);
        length += Encoding.ASCII.GetBytes(options.Subprotocol, response[length..]);
        return length + Copy("\r\n\r\n"u8, response[length..]);
    }

    /// <summary>Whoever tries a WebSocket by hand, or by a library that was not told, learns what is missing where it looks first.</summary>
    private static int WriteSubprotocolMissing(WebSocketOptions options, Span<byte> response)
    {
        Span<byte> body = stackalloc byte[256];
        int bodyLength = Copy("This server takes WebSockets for SIP only (RFC 7118): send \"Sec-WebSocket-Protocol: "u8, body);
        bodyLength += Encoding.ASCII.GetBytes(options.Subprotocol, body[bodyLength..]);
        bodyLength += Copy("\".\r\n"u8, body[bodyLength..]);
        int length = Copy("HTTP/1.1 400 WebSocket Subprotocol Missing\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: "u8, response);
        Utf8Formatter.TryFormat(bodyLength, response[length..], out int digits);
        length += digits;
        length += Copy("\r\n\r\n"u8, response[length..]);
        return length + Copy(body[..bodyLength], response[length..]);
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }
}
