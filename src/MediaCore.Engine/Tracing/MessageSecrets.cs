using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Tracing;

/// <summary>
/// Overwrites what nobody who looks at a trace must learn: credentials, keys of SRTP and ICE, digits (INFO) and texts (MESSAGE). Bytes become <c>x</c>, so that lengths, and with
/// them Content-Length, stay right.
/// </summary>
internal static class MessageSecrets
{
    /// <summary>Hides the secrets of a message in place.</summary>
    /// <param name="message">The message.</param>
    /// <param name="bodyLength">How many bytes at its end are the body.</param>
    /// <param name="method">Its method, or that of what it answers.</param>
    public static void Hide(Span<byte> message, int bodyLength, SipMethod method)
    {
        Span<byte> body = message[^bodyLength..];
        bool isHiding = false;
        for (Span<byte> rest = message[..^bodyLength]; !rest.IsEmpty;)
        {
            Span<byte> line = TakeLine(ref rest);
            int colon = line.IndexOf((byte)':');
            if (line.IsEmpty || line[0] is not ((byte)' ' or (byte)'\t'))
            {
                // A folded header goes on with white space (RFC 3261 §7.3.1); any other line begins a new one.
                isHiding = colon > 0 && IsCredentials(line[..colon]);
                line = isHiding ? line[(colon + 1)..] : line;
            }

            if (isHiding)
            {
                Overwrite(line);
            }
        }

        if (method is SipMethod.Info or SipMethod.Message)
        {
            Overwrite(body);
            return;
        }

        while (!body.IsEmpty)
        {
            Span<byte> line = TakeLine(ref body);
            if (line.StartsWith("a=crypto:"u8) || line.StartsWith("a=ice-pwd:"u8) || line.StartsWith("k="u8))
            {
                int start = line.IndexOf("inline:"u8);
                Overwrite(line[(start >= 0 ? start + 7 : line.IndexOfAny((byte)':', (byte)'=') + 1)..]);
            }
        }
    }

    private static bool IsCredentials(ReadOnlySpan<byte> name)
    {
        name = name.TrimEnd(" \t"u8);
        return System.Text.Ascii.EqualsIgnoreCase(name, "Authorization"u8) || System.Text.Ascii.EqualsIgnoreCase(name, "Proxy-Authorization"u8);
    }

    private static Span<byte> TakeLine(ref Span<byte> rest)
    {
        int end = rest.IndexOf((byte)'\n') + 1;
        Span<byte> line = end == 0 ? rest : rest[..end];
        rest = rest[line.Length..];
        return line;
    }

    private static void Overwrite(Span<byte> text)
    {
        foreach (ref byte each in text)
        {
            each = each is (byte)'\r' or (byte)'\n' or (byte)' ' ? each : (byte)'x';
        }
    }
}
