using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MediaCore.Sdp;

/// <summary>
/// The <c>m=</c> lines of a description in the short form that declining them takes: kind, protocol and one format each. An answer, and every
/// later description of the session, repeats them in their places with port 0 (RFC 3264 §6 and §8). A plain value of about 390 bytes.
/// </summary>
public struct MediaLayout
{
    private LineSlots _lines;
    private TextBytes _text;
    private ushort _textLength;
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
        for (int i = 0; i < description.MediaCount; i++)
        {
            if (!layout.TryAdd(description.GetMedia(i)))
            {
                layout = default;
                return false;
            }
        }

        return true;
    }

    /// <summary>The media type of a line.</summary>
    public readonly SdpMediaKind GetKind(int index) => GetLine(index).Kind;

    internal readonly Line GetLine(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, (int)_count);
        return _lines[index];
    }

    /// <summary>The tokens of a line that has no codes: kind, protocol and format, one space between them.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<byte> GetText(int index)
    {
        Line line = GetLine(index);
        return ((ReadOnlySpan<byte>)_text).Slice(line.TextStart, line.TextLength);
    }

    private bool TryAdd(SdpMedia media)
    {
        if (_count == SdpLimits.MaxMediaCount)
        {
            return false;
        }

        byte payloadType = 0;
        bool coded = media.Kind != SdpMediaKind.Unknown
            && SdpGrammar.IsRtp(media.Protocol)
            && (media.FormatCount == 0 || media.TryGetPayloadType(0, out payloadType));
        if (coded)
        {
            _lines[_count++] = new Line(media.Kind, media.Protocol, payloadType, 0, 0);
            return true;
        }

        ReadOnlySpan<byte> kind = media.KindToken;
        ReadOnlySpan<byte> protocol = media.ProtocolToken;
        ReadOnlySpan<byte> format = media.FormatCount == 0 ? "0"u8 : media.GetFormat(0);
        int length = kind.Length + protocol.Length + format.Length + 2;
        if (length > SdpLimits.MaxLayoutTextBytes - _textLength)
        {
            return false;
        }

        Span<byte> text = ((Span<byte>)_text).Slice(_textLength, length);
        kind.CopyTo(text);
        text[kind.Length] = (byte)' ';
        protocol.CopyTo(text[(kind.Length + 1)..]);
        text[kind.Length + 1 + protocol.Length] = (byte)' ';
        format.CopyTo(text[(kind.Length + protocol.Length + 2)..]);
        _lines[_count++] = new Line(media.Kind, media.Protocol, 0, _textLength, (byte)length);
        _textLength += (ushort)length;
        return true;
    }

    /// <summary>One line: codes where it has them (<c>TextLength</c> 0), else its place in the text.</summary>
    internal readonly record struct Line(SdpMediaKind Kind, SdpProtocol Protocol, byte PayloadType, ushort TextStart, byte TextLength);

    [InlineArray(SdpLimits.MaxMediaCount)]
    private struct LineSlots
    {
        private Line _first;
    }

    [InlineArray(SdpLimits.MaxLayoutTextBytes)]
    private struct TextBytes
    {
        private byte _first;
    }
}
