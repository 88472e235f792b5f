using System.Buffers.Binary;
using System.Text;

namespace MediaCore.Smpp.Coding;

/// <summary>Words as the octets of a short message, in each coding.</summary>
public static class ShortText
{
    /// <summary>The coding that a text needs: GSM 7 bit where its alphabet has every character, UCS-2 where it lacks one.</summary>
    public static TextCoding Choose(ReadOnlySpan<char> text) => GsmAlphabet.Count(text) >= 0 ? TextCoding.Gsm7 : TextCoding.Ucs2;

    /// <summary>Writes a text; what the coding lacks becomes a question mark.</summary>
    public static byte[] Encode(ReadOnlySpan<char> text, TextCoding coding)
    {
        switch (coding)
        {
            case TextCoding.Ucs2:
                byte[] units = new byte[text.Length * 2];
                for (int i = 0; i < text.Length; i++)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(units.AsSpan(i * 2), text[i]);
                }

                return units;
            case TextCoding.Gsm7:
                return GsmAlphabet.Encode(text);
            default:
                byte[] octets = new byte[text.Length];
                int limit = coding == TextCoding.Ascii ? 0x7F : 0xFF;
                for (int i = 0; i < text.Length; i++)
                {
                    octets[i] = text[i] <= limit ? (byte)text[i] : (byte)'?';
                }

                return octets;
        }
    }

    /// <summary>Reads a text. An odd octet at the end of UCS-2 is left out.</summary>
    public static string Decode(ReadOnlySpan<byte> octets, TextCoding coding) => coding switch
    {
        TextCoding.Gsm7 => GsmAlphabet.Decode(octets),
        TextCoding.Ucs2 => DecodeUcs2(octets),
        _ => Encoding.Latin1.GetString(octets),
    };

    /// <summary>
    /// The coding that a <c>data_coding</c> names: the values of SMPP 3.4 §5.2.19, and the groups of 3GPP TS 23.038 §4 that centres pass on as they got them
    /// from the network (general data coding, message waiting, message class).
    /// </summary>
    /// <param name="dataCoding">The octet.</param>
    public static TextCoding CodingOf(byte dataCoding) => dataCoding switch
    {
        0x01 => TextCoding.Ascii,
        0x03 => TextCoding.Latin1,
        0x02 or 0x04 => TextCoding.Binary,
        0x08 => TextCoding.Ucs2,
        < 0x10 => TextCoding.Gsm7,
        >= 0xF0 => (dataCoding & 0x04) != 0 ? TextCoding.Binary : TextCoding.Gsm7,
        >= 0xE0 => TextCoding.Ucs2,
        >= 0xC0 => TextCoding.Gsm7,
        < 0x40 => (dataCoding & 0x0C) switch
        {
            0x04 => TextCoding.Binary,
            0x08 => TextCoding.Ucs2,
            _ => TextCoding.Gsm7,
        },
        _ => TextCoding.Gsm7,
    };

    private static string DecodeUcs2(ReadOnlySpan<byte> octets) => string.Create(octets.Length / 2, octets, static (text, source) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (char)BinaryPrimitives.ReadUInt16BigEndian(source[(i * 2)..]);
        }
    });
}
