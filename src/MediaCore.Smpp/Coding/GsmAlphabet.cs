using System.Text;

namespace MediaCore.Smpp.Coding;

/// <summary>The GSM 7 bit default alphabet and its extension table, 3GPP TS 23.038 §6.2.1 and §6.2.1.1. One septet is one octet with its highest bit 0, as SMPP carries it.</summary>
public static class GsmAlphabet
{
    /// <summary>Says that the next septet is of the extension table.</summary>
    public const byte Escape = 0x1B;

    private const string Table =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const byte Extended = 0x80;
    private const byte None = 0xFF;

    private static readonly char[] ExtensionTable = MakeExtension();

    // Every character of both tables is below U+0400 but the euro sign: septet, with the highest bit for "after an escape".
    private static readonly byte[] Septets = MakeSeptets();

    /// <summary>Septets that a character takes: 1, 2 for one of the extension table, 0 for one that the alphabet lacks.</summary>
    public static int Count(char character)
    {
        byte septet = Find(character);
        return septet == None ? 0 : septet >= Extended ? 2 : 1;
    }

    /// <summary>Septets that a text takes; -1 where the alphabet lacks one of its characters.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int septets = 0;
        foreach (char character in text)
        {
            int count = Count(character);
            if (count == 0)
            {
                return -1;
            }

            septets += count;
        }

        return septets;
    }

    /// <summary>Writes a text, a septet in an octet; what the alphabet lacks becomes a question mark.</summary>
    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        var octets = new List<byte>(text.Length);
        foreach (char character in text)
        {
            byte septet = Find(character);
            if (septet == None)
            {
                octets.Add((byte)'?');
                continue;
            }

            if (septet >= Extended)
            {
                octets.Add(Escape);
            }

            octets.Add((byte)(septet & 0x7F));
        }

        return [.. octets];
    }

    /// <summary>
    /// Reads septets that are an octet each. An escape before a code that the extension table lacks gives the character of the main table, and one
    /// with nothing after it a space, as TS 23.038 §6.2.1.1 wants it; the highest bit of an octet is not looked at.
    /// </summary>
    public static string Decode(ReadOnlySpan<byte> septets)
    {
        var text = new StringBuilder(septets.Length);
        for (int i = 0; i < septets.Length; i++)
        {
            int septet = septets[i] & 0x7F;
            if (septet != Escape)
            {
                text.Append(Table[septet]);
                continue;
            }

            i++;
            int next = i < septets.Length ? septets[i] & 0x7F : Escape;
            text.Append(next == Escape ? ' ' : ExtensionTable[next] != '\0' ? ExtensionTable[next] : Table[next]);
        }

        return text.ToString();
    }

    /// <summary>Reads septets that are packed, eight in seven octets (TS 23.038 §6.1.2.1.1).</summary>
    /// <param name="octets">The octets.</param>
    /// <param name="count">Septets in them; fewer are read where there are fewer.</param>
    /// <param name="fillBits">Bits to pass over first, up to 6: after a header the first septet begins on a septet's border.</param>
    public static string DecodePacked(ReadOnlySpan<byte> octets, int count, int fillBits = 0)
    {
        int available = Math.Max(0, ((octets.Length * 8) - fillBits) / 7);
        byte[] septets = new byte[Math.Clamp(count, 0, available)];
        for (int i = 0; i < septets.Length; i++)
        {
            int bit = fillBits + (i * 7);
            int value = octets[bit / 8] >> (bit % 8);
            if (bit % 8 > 1)
            {
                value |= octets[(bit / 8) + 1] << (8 - (bit % 8));
            }

            septets[i] = (byte)(value & 0x7F);
        }

        return Decode(septets);
    }

    private static byte Find(char character) => character switch
    {
        '€' => 0x65 | Extended,
        < '\u0400' => Septets[character],
        _ => None,
    };

    private static char[] MakeExtension()
    {
        char[] table = new char[128];
        table[0x0A] = '\f';
        table[0x14] = '^';
        table[0x28] = '{';
        table[0x29] = '}';
        table[0x2F] = '\\';
        table[0x3C] = '[';
        table[0x3D] = '~';
        table[0x3E] = ']';
        table[0x40] = '|';
        table[0x65] = '€';
        return table;
    }

    private static byte[] MakeSeptets()
    {
        byte[] septets = new byte[0x400];
        Array.Fill(septets, None);
        for (int i = 0; i < Table.Length; i++)
        {
            if (i != Escape)
            {
                septets[Table[i]] = (byte)i;
            }

            if (ExtensionTable[i] is not '\0' and not '€')
            {
                septets[ExtensionTable[i]] = (byte)(i | Extended);
            }
        }

        return septets;
    }
}
