namespace MediaCore.Sdp;

/// <summary>
/// The <c>m=</c> lines of a description in the short form that declining them takes: kind, protocol and one format each. An answer, and every
/// later description of the session, repeats them in their places with port 0 (RFC 3264 §6 and §8). A value of 32 bytes that is not changed once it is made; descriptions with more than
/// the audio make an object for the rest.
/// </summary>
public struct MediaLayout
{
    private Line _first;
    private Line[]? _further;
    private byte[]? _text;
    private byte _count;

    /// <summary>Number of lines.</summary>
    public readonly int Count => _count;

    /// <summary>
    /// All lines of a description, the audio among them. False when the tokens of unusual lines exceed
    /// <see cref="SdpLimits.MaxLayoutTextBytes"/>.
    /// </summary>
    public static bool TryCreate(SdpDescription description, out MediaLayout layout)
    {
        ArgumentNullException.ThrowIfNull(description);
        layout = default;
        if (description.MediaCount > SdpLimits.MaxMediaCount)
        {
            return false;
        }

        Span<byte> text = stackalloc byte[SdpLimits.MaxLayoutTextBytes];
        int length = 0;
        for (int i = 0; i < description.MediaCount; i++)
        {
            if (!TryRead(description.GetMedia(i), text, ref length, out Line line))
            {
                layout = default;
                return false;
            }

            if (i == 0)
            {
                layout._first = line;
            }
            else
            {
                layout._further ??= new Line[description.MediaCount - 1];
                layout._further[i - 1] = line;
            }
        }

        layout._text = length == 0 ? null : text[..length].ToArray();
        layout._count = (byte)description.MediaCount;
        return true;
    }

    /// <summary>The media type of a line.</summary>
    public readonly SdpMediaKind GetKind(int index) => GetLine(index).Kind;

    internal readonly Line GetLine(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, (int)_count);
        return index == 0 ? _first : _further![index - 1];
    }

    /// <summary>The tokens of a line that has no codes: kind, protocol and format, one space between them.</summary>
    internal readonly ReadOnlySpan<byte> GetText(int index)
    {
        Line line = GetLine(index);
        return _text.AsSpan(line.TextStart, line.TextLength);
    }

    private static bool TryRead(SdpMedia media, Span<byte> destination, ref int used, out Line line)
    {
        byte payloadType = 0;
        bool coded = media.Kind != SdpMediaKind.Unknown
            && SdpGrammar.IsRtp(media.Protocol)
            && (media.FormatCount == 0 || media.TryGetPayloadType(0, out payloadType));
        if (coded)
        {
            line = new Line(media.Kind, media.Protocol, payloadType, 0, 0);
            return true;
        }

        ReadOnlySpan<byte> kind = media.KindToken;
        ReadOnlySpan<byte> protocol = media.ProtocolToken;
        ReadOnlySpan<byte> format = media.FormatCount == 0 ? "0"u8 : media.GetFormat(0);
        int length = kind.Length + protocol.Length + format.Length + 2;
        line = new Line(media.Kind, media.Protocol, 0, (ushort)used, (byte)length);
        if (length > SdpLimits.MaxLayoutTextBytes - used)
        {
            return false;
        }

        Span<byte> text = destination.Slice(used, length);
        kind.CopyTo(text);
        text[kind.Length] = (byte)' ';
        protocol.CopyTo(text[(kind.Length + 1)..]);
        text[kind.Length + 1 + protocol.Length] = (byte)' ';
        format.CopyTo(text[(kind.Length + protocol.Length + 2)..]);
        used += length;
        return true;
    }

    /// <summary>One line: codes where it has them (<c>TextLength</c> 0), else its place in the text.</summary>
    internal readonly record struct Line(SdpMediaKind Kind, SdpProtocol Protocol, byte PayloadType, ushort TextStart, byte TextLength);
}
