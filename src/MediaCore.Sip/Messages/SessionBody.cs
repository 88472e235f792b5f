using System.Text;

namespace MediaCore.Sip.Messages;

/// <summary>What <see cref="SessionBody.Find"/> found in a body.</summary>
public enum SessionBodyStatus : byte
{
    /// <summary>The message has no body.</summary>
    None,

    /// <summary>A session description; its range is given.</summary>
    Found,

    /// <summary>A body that is no session description and holds none, or a part that must be understood and is not: 415.</summary>
    Unsupported,

    /// <summary>A multipart body that breaks RFC 2046, or a Content-Type that is none: 400.</summary>
    Malformed,
}

/// <summary>
/// Finds the session description of a message: the body itself, or the part of a multipart body that is <c>application/sdp</c> and meant as the session (RFC 5621 §4.2, §5, §6).
/// Of several the last is taken in multipart/alternative and the first otherwise.
/// </summary>
public static class SessionBody
{
    /// <summary>Looks for the description.</summary>
    /// <param name="message">The message.</param>
    /// <param name="offset">Where it begins in <see cref="SipMessage.Body"/>.</param>
    /// <param name="length">Its length in bytes.</param>
    public static SessionBodyStatus Find(SipMessage message, out int offset, out int length)
    {
        offset = 0;
        ReadOnlySpan<byte> body = message.Body;
        length = body.Length;
        if (body.IsEmpty)
        {
            return SessionBodyStatus.None;
        }

        if (message.TryGetHeader(SipHeaderName.ContentEncoding, out ReadOnlySpan<byte> encoding) && !Ascii.EqualsIgnoreCase(encoding, "identity"u8))
        {
            return SessionBodyStatus.Unsupported;
        }

        // A body without a type is taken for what nearly all bodies are; RFC 3261 §20.15 would have the sender's fault refused.
        return message.TryGetHeader(SipHeaderName.ContentType, out ReadOnlySpan<byte> type)
            ? FindIn(type, body, 0, ref offset, ref length)
            : SessionBodyStatus.Found;
    }

    private static SessionBodyStatus FindIn(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body, int depth, ref int offset, ref int length)
    {
        if (!MediaType.TryParse(contentType, out MediaType type))
        {
            return SessionBodyStatus.Malformed;
        }

        if (type.Is(MediaType.Sdp))
        {
            return SessionBodyStatus.Found;
        }

        if (!type.IsMultipart || depth == SipLimits.MaxBodyDepth)
        {
            return SessionBodyStatus.Unsupported;
        }

        if (!type.TryGetParameter("boundary"u8, out ReadOnlySpan<byte> boundary) || !MultipartBody.TryOpen(type, boundary, body, out MultipartBody parts))
        {
            return SessionBodyStatus.Malformed;
        }

        bool takesLast = type.Is("multipart/alternative"u8);
        bool isFound = false;
        bool lacksRequired = false;
        int foundOffset = 0;
        int foundLength = 0;
        while (parts.MoveNext())
        {
            int partOffset = 0;
            int partLength = parts.Part.Length;
            SessionBodyStatus status = FindInPart(parts, depth, ref partOffset, ref partLength);
            if (status == SessionBodyStatus.Malformed)
            {
                return status;
            }

            lacksRequired |= status == SessionBodyStatus.Unsupported && !takesLast && IsRequired(parts);
            if (status == SessionBodyStatus.Found && (takesLast || !isFound))
            {
                isFound = true;
                foundOffset = offset + parts.PartOffset + partOffset;
                foundLength = partLength;
            }
        }

        if (parts.IsMalformed)
        {
            return SessionBodyStatus.Malformed;
        }

        if (!isFound || lacksRequired)
        {
            return SessionBodyStatus.Unsupported;
        }

        offset = foundOffset;
        length = foundLength;
        return SessionBodyStatus.Found;
    }

    private static SessionBodyStatus FindInPart(in MultipartBody parts, int depth, ref int offset, ref int length)
    {
        if (parts.Part.IsEmpty || !parts.TryGetPartHeader("Content-Type"u8, out ReadOnlySpan<byte> type)
            || (parts.TryGetPartHeader("Content-Disposition"u8, out ReadOnlySpan<byte> disposition) && !IsSession(disposition))
            || (parts.TryGetPartHeader("Content-Transfer-Encoding"u8, out ReadOnlySpan<byte> encoding) && !IsPlain(encoding)))
        {
            return SessionBodyStatus.Unsupported;
        }

        return FindIn(type, parts.Part, depth + 1, ref offset, ref length);
    }

    private static bool IsSession(ReadOnlySpan<byte> disposition)
    {
        int end = disposition.IndexOf((byte)';');
        return Ascii.EqualsIgnoreCase((end < 0 ? disposition : disposition[..end]).Trim(" \t"u8), "session"u8);
    }

    private static bool IsPlain(ReadOnlySpan<byte> encoding) =>
        Ascii.EqualsIgnoreCase(encoding, "binary"u8) || Ascii.EqualsIgnoreCase(encoding, "8bit"u8) || Ascii.EqualsIgnoreCase(encoding, "7bit"u8);

    /// <summary>
    /// Whether a part says in so many words that it must be understood. RFC 3261 §20.11 makes that the default too, which would refuse the ISUP parts of carriers
    /// that leave the parameter out; so only what is written counts.
    /// </summary>
    private static bool IsRequired(in MultipartBody parts)
    {
        if (!parts.TryGetPartHeader("Content-Disposition"u8, out ReadOnlySpan<byte> disposition))
        {
            return false;
        }

        int start = disposition.IndexOf((byte)';');
        ParameterEnumerator parameters = new(start < 0 ? default : disposition[start..]);
        while (parameters.MoveNext())
        {
            if (Ascii.EqualsIgnoreCase(parameters.Name, "handling"u8))
            {
                return Ascii.EqualsIgnoreCase(parameters.Value, "required"u8);
            }
        }

        return false;
    }
}
