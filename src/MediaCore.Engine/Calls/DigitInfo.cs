using System.Buffers.Text;
using System.Text;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// A digit in an INFO: <c>application/dtmf-relay</c> with <c>Signal=</c> and <c>Duration=</c> lines, and <c>application/dtmf</c> with the digit alone. Both are older than info packages (RFC 6086 §2 calls them legacy usage) and
/// described by their first implementers only.
/// </summary>
/// <param name="Digit">The digit.</param>
/// <param name="Milliseconds">Its length; 0 when it is not said.</param>
internal readonly record struct DigitInfo(char Digit, int Milliseconds)
{
    /// <summary>Media type that we send.</summary>
    public static ReadOnlySpan<byte> MediaType => "application/dtmf-relay"u8;

    /// <summary>Whether an INFO is a digit; a body that is none leaves it to the other party.</summary>
    public static bool TryRead(SipMessage request, out DigitInfo info)
    {
        info = default;
        return request.Method == SipMethod.Info && request.TryGetHeader(SipHeaderName.ContentType, out ReadOnlySpan<byte> type) && TryParse(type, request.Body, out info);
    }

    /// <summary>Reads a body.</summary>
    public static bool TryParse(ReadOnlySpan<byte> mediaType, ReadOnlySpan<byte> body, out DigitInfo info)
    {
        info = default;
        int end = mediaType.IndexOf((byte)';');
        mediaType = (end < 0 ? mediaType : mediaType[..end]).Trim(" \t"u8);
        if (body.Length > DigitLimits.MaxInfoBytes)
        {
            return false;
        }

        if (Ascii.EqualsIgnoreCase(mediaType, "application/dtmf"u8))
        {
            return TryParseDigit(body, out char only) && Set(only, 0, out info);
        }

        if (!Ascii.EqualsIgnoreCase(mediaType, MediaType))
        {
            return false;
        }

        char digit = '\0';
        int milliseconds = 0;
        foreach (Range range in body.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = body[range];
            int equals = line.IndexOf((byte)'=');
            if (equals < 0)
            {
                continue;
            }

            ReadOnlySpan<byte> name = line[..equals].Trim(" \t"u8);
            ReadOnlySpan<byte> value = line[(equals + 1)..].Trim(" \t\r"u8);
            if (Ascii.EqualsIgnoreCase(name, "Signal"u8))
            {
                if (!TryParseDigit(value, out digit))
                {
                    return false;
                }
            }
            else if (Ascii.EqualsIgnoreCase(name, "Duration"u8))
            {
                milliseconds = Utf8Parser.TryParse(value, out int read, out int used) && used == value.Length ? Math.Clamp(read, 0, DigitLimits.MaxMilliseconds) : 0;
            }
        }

        return digit != '\0' && Set(digit, milliseconds, out info);
    }

    /// <summary>Writes the body of an INFO; returns its length, at most <see cref="DigitLimits.MaxInfoBytes"/>.</summary>
    public int Write(Span<byte> body)
    {
        ReadOnlySpan<byte> signal = "Signal="u8;
        ReadOnlySpan<byte> duration = "\r\nDuration="u8;
        signal.CopyTo(body);
        int length = signal.Length;
        body[length++] = (byte)Digit;
        duration.CopyTo(body[length..]);
        length += duration.Length;
        Utf8Formatter.TryFormat(Milliseconds, body[length..], out int written);
        length += written;
        "\r\n"u8.CopyTo(body[length..]);
        return length + 2;
    }

    private static bool Set(char digit, int milliseconds, out DigitInfo info)
    {
        info = new DigitInfo(digit, milliseconds);
        return true;
    }

    /// <summary>One character, or the number of an event of RFC 4733 §3.2 (some write 10 and 11 for star and pound).</summary>
    private static bool TryParseDigit(ReadOnlySpan<byte> text, out char digit)
    {
        text = text.Trim(" \t\r\n"u8);
        digit = '\0';
        if (text.Length == 1 && TelephoneEvent.TryFromDigit((char)text[0], out byte code))
        {
            digit = TelephoneEvent.ToDigit(code);
        }
        else if (text.Length == 2 && Utf8Parser.TryParse(text, out byte number, out int used) && used == 2)
        {
            digit = TelephoneEvent.ToDigit(number);
        }

        return digit != '\0';
    }
}
