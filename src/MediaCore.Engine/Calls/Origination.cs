using MediaCore.Engine.Control;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// How a call began that nobody's INVITE began: who had it made, and who it says calls. Made for such calls alone. Until somebody answers, a leg without dialog and media has the caller's place
/// (<see cref="Nobody"/>); who answers takes it.
/// </summary>
internal sealed class Origination
{
    /// <summary>Who had it made, for the record.</summary>
    public required string By { get; init; }

    /// <summary>Number that it comes from; null for anonymous.</summary>
    public string? CallerNumber { get; init; }

    /// <summary>Name that it comes from; null for none.</summary>
    public string? CallerName { get; init; }

    /// <summary>Whether it is to be found out if a person or a machine answers.</summary>
    public bool DetectsAnswerer { get; init; }

    /// <summary>The leg that has the caller's place until somebody answers, and stands for nobody.</summary>
    public required Leg Nobody { get; init; }

    /// <summary>The command that made it, until somebody answers or nobody does.</summary>
    public OriginateOperation? Operation { get; set; }

    /// <summary>From of a leg of ours, without tag: the name and number at the host that the leg goes out from. A number that does not fit is anonymous.</summary>
    public int WriteCaller(Span<byte> destination, ReadOnlySpan<byte> host)
    {
        Span<byte> text = stackalloc byte[4 * ControlLimits.MaxTextChars];
        var writer = new SipWriter(destination);
        if (CallerName is { Length: > 0 } name && System.Text.Encoding.UTF8.TryGetBytes(name, text, out int nameLength))
        {
            WriteQuoted(ref writer, text[..nameLength]);
            writer.Raw(" "u8);
        }

        writer.Raw("<sip:"u8);
        if (CallerNumber is { Length: > 0 } number && System.Text.Encoding.UTF8.TryGetBytes(number, text, out int length))
        {
            writer.Raw(text[..length]);
        }
        else
        {
            writer.Raw("anonymous"u8);
        }

        writer.Raw("@"u8);
        writer.Raw(host);
        writer.Raw(">"u8);
        return writer.Overflowed ? 0 : writer.Length;
    }

    /// <summary>A display name as a quoted string (RFC 3261 §25.1).</summary>
    private static void WriteQuoted(ref SipWriter writer, scoped ReadOnlySpan<byte> name)
    {
        writer.Raw("\""u8);
        for (int i = 0; i < name.Length; i++)
        {
            writer.Raw(name[i] is (byte)'"' or (byte)'\\' ? "\\"u8 : default);
            writer.Raw(name.Slice(i, 1));
        }

        writer.Raw("\""u8);
    }
}
