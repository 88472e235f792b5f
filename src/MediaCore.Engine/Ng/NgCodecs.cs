using System.Globalization;
using System.Text;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>Codecs by the names of requests: <c>PCMA</c>, <c>opus</c>, <c>opus/48000/2</c>, <c>L16/16000</c>.</summary>
internal static class NgCodecs
{
    /// <summary>The format of a name, with its static payload type or 96 for any dynamic one; false for a codec that is never spoken here.</summary>
    public static bool TryParse(string name, out AudioFormat format, out byte[] encodingName)
    {
        string[] parts = name.Split('/');
        (string written, byte payloadType, AudioCodec codec, uint clockRateHz, byte channels) = parts[0].ToUpperInvariant() switch
        {
            "PCMU" => ("PCMU", (byte)0, AudioCodec.Pcmu, 8_000u, (byte)1),
            "PCMA" => ("PCMA", (byte)8, AudioCodec.Pcma, 8_000u, (byte)1),
            "G722" => ("G722", (byte)9, AudioCodec.Other, 8_000u, (byte)1),
            "OPUS" => ("opus", (byte)96, AudioCodec.Other, 48_000u, (byte)2),
            "L16" => ("L16", (byte)96, AudioCodec.Other, 8_000u, (byte)1),
            _ => ("", (byte)0, AudioCodec.None, 0u, (byte)0),
        };
        bool isKnown = codec != AudioCodec.None;
        if (parts.Length > 1)
        {
            isKnown &= uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint clock) && (clock == clockRateHz || written == "L16");
            clockRateHz = isKnown ? uint.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture) : clockRateHz;
        }

        format = new AudioFormat(payloadType, codec, clockRateHz, channels);
        encodingName = Encoding.ASCII.GetBytes(written);
        return isKnown;
    }
}
