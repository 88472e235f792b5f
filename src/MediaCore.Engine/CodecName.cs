using System.Text;
using MediaCore.Audio.Codecs;
using MediaCore.Sdp;

namespace MediaCore.Engine;

/// <summary>A codec as a configuration names it: the encoding name of SDP, and its RTP clock where there are several, as <c>PCMA</c> or <c>L16/16000</c>.</summary>
public readonly record struct CodecName
{
    private readonly byte[] _encoding;

    private CodecName(string text, byte[] encoding, int clockHz)
    {
        Text = text;
        _encoding = encoding;
        ClockHz = clockHz;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>RTP clock in Hz; 0 for any.</summary>
    public int ClockHz { get; }

    /// <summary>Our own implementation, whether or not this machine has what it needs; null for a codec that is only relayed.</summary>
    public CodecDescriptor? Own
    {
        get
        {
            foreach (CodecDescriptor codec in CodecDescriptor.All)
            {
                if ((ClockHz == 0 || ClockHz == codec.RtpClockHz) && Ascii.EqualsIgnoreCase(_encoding, codec.EncodingName))
                {
                    return codec;
                }
            }

            return null;
        }
    }

    /// <summary>Reads a name; false when it is none.</summary>
    public static bool TryParse(string text, out CodecName name)
    {
        ArgumentNullException.ThrowIfNull(text);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string encoding = slash < 0 ? text : text[..slash];
        int clock = 0;
        bool valid = encoding.Length is > 0 and <= SdpLimits.MaxEncodingNameBytes
            && encoding.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '+')
            && (slash < 0 || (int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out clock) && clock > 0));
        name = valid ? new CodecName(text, Encoding.ASCII.GetBytes(encoding), clock) : default;
        return valid;
    }

    /// <summary>A list of names that are known to be right.</summary>
    public static System.Collections.Immutable.ImmutableArray<CodecName> List(params string[] names) =>
        [.. names.Select(static text => TryParse(text, out CodecName name) ? name : throw new FormatException($"\"{text}\" is no codec."))];

    /// <summary>Whether a format is this codec.</summary>
    public bool Matches(in AudioFormatList formats, int index) =>
        (ClockHz == 0 || formats[index].ClockRateHz == ClockHz) && Ascii.EqualsIgnoreCase(_encoding, formats.GetEncodingName(index));

    /// <summary>Compared by its text.</summary>
    public bool Equals(CodecName other) => string.Equals(Text, other.Text, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Text ?? "");

    /// <inheritdoc/>
    public override string ToString() => Text;
}
