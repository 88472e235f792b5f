using System.Buffers.Binary;

namespace MediaCore.Smpp.Coding;

/// <summary>Which part of a message this is: the information elements 00 and 08 of a user data header, 3GPP TS 23.040 §9.2.3.24.1 and §9.2.3.24.8.</summary>
/// <param name="Reference">The same for all parts.</param>
/// <param name="Total">How many there are, 1 to 255.</param>
/// <param name="Sequence">Which one, from 1.</param>
/// <param name="IsWide">Whether the reference takes 16 bits.</param>
public readonly record struct Concatenation(ushort Reference, byte Total, byte Sequence, bool IsWide = false)
{
    private const byte Narrow = 0x00;
    private const byte Wide = 0x08;

    /// <summary>Octets of the header, its own length among them.</summary>
    public int HeaderLength => IsWide ? 7 : 6;

    /// <summary>Writes the header and, after it, the words.</summary>
    public byte[] Write(ReadOnlySpan<byte> words)
    {
        byte[] octets = new byte[HeaderLength + words.Length];
        octets[0] = (byte)(HeaderLength - 1);
        if (IsWide)
        {
            octets[1] = Wide;
            octets[2] = 4;
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(3), Reference);
        }
        else
        {
            octets[1] = Narrow;
            octets[2] = 3;
            octets[3] = (byte)Reference;
        }

        octets[HeaderLength - 2] = Total;
        octets[HeaderLength - 1] = Sequence;
        words.CopyTo(octets.AsSpan(HeaderLength));
        return octets;
    }

    /// <summary>Reads a user data header.</summary>
    /// <param name="octets">The user data, header first.</param>
    /// <param name="headerLength">Octets of the header, its own length among them; the words begin after them.</param>
    /// <param name="concatenation">Which part it is; null where the header does not say, or says what cannot be (part 0, part 3 of 2), which is then a message of its own, as TS 23.040 wants it.</param>
    /// <returns>Whether there is a header that fits into the octets.</returns>
    public static bool TryRead(ReadOnlySpan<byte> octets, out int headerLength, out Concatenation? concatenation)
    {
        headerLength = 0;
        concatenation = null;
        if (octets.IsEmpty || octets[0] + 1 > octets.Length)
        {
            return false;
        }

        headerLength = octets[0] + 1;
        ReadOnlySpan<byte> elements = octets[1..headerLength];
        while (elements.Length >= 2 && elements[1] + 2 <= elements.Length)
        {
            ReadOnlySpan<byte> value = elements.Slice(2, elements[1]);
            Concatenation? read = (elements[0], value.Length) switch
            {
                (Narrow, 3) => new Concatenation(value[0], value[1], value[2]),
                (Wide, 4) => new Concatenation(BinaryPrimitives.ReadUInt16BigEndian(value), value[2], value[3], IsWide: true),
                _ => null,
            };
            if (read is { Sequence: > 0 } part && part.Sequence <= part.Total)
            {
                // Of several the last one counts (§9.2.3.24).
                concatenation = part;
            }

            elements = elements[(2 + value.Length)..];
        }

        return true;
    }
}
