using System.Buffers.Binary;

namespace MediaCore.Primitives;

/// <content>The text form of IPv6 addresses: read by RFC 4291 §2.2, written by RFC 5952, neither with an allocation.</content>
public readonly partial struct NetworkEndpoint
{
    private const int Groups = 8;

    private static bool TryParseIPv6(ReadOnlySpan<byte> text, ushort port, out NetworkEndpoint endpoint)
    {
        endpoint = default;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        int group = 0;
        int gap = -1;
        int i = 0;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            i = 2;
        }

        while (i < text.Length)
        {
            if (group == Groups)
            {
                return false;
            }

            ReadOnlySpan<byte> rest = text[i..];
            int colon = rest.IndexOf((byte)':');
            if (colon < 0 && rest.IndexOf((byte)'.') >= 0)
            {
                // The last 32 bits as dotted IPv4.
                if (group > Groups - 2 || !TryParseIPv4(rest, 0, out NetworkEndpoint tail))
                {
                    return false;
                }

                tail.CopyAddressTo(bytes[(2 * group)..]);
                group += 2;
                break;
            }

            int digits = colon < 0 ? rest.Length : colon;
            if (!TryParseHexGroup(rest[..digits], out ushort value))
            {
                return false;
            }

            BinaryPrimitives.WriteUInt16BigEndian(bytes[(2 * group++)..], value);
            i += digits;
            if (colon < 0)
            {
                break;
            }

            i++;
            if (i == text.Length)
            {
                return false;
            }

            if (text[i] == (byte)':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = group;
                i++;
            }
        }

        // "::" stands for one group at least (RFC 3986, IPv6address); without it there are exactly eight.
        if (gap < 0 ? group != Groups : group == Groups)
        {
            return false;
        }

        if (gap >= 0)
        {
            Span<byte> afterGap = bytes[(2 * gap)..(2 * group)];
            afterGap.CopyTo(bytes[^afterGap.Length..]);
            bytes[(2 * gap)..^afterGap.Length].Clear();
        }

        endpoint = FromBytes(bytes, port);
        return true;
    }

    private static bool TryParseHexGroup(ReadOnlySpan<byte> digits, out ushort value)
    {
        value = 0;
        if (digits.Length is 0 or > 4)
        {
            return false;
        }

        foreach (byte digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }

            int lower = digit | 0x20;
            value = (ushort)((value << 4) | (lower >= 'a' ? lower - 'a' + 10 : digit - '0'));
        }

        return true;
    }

    /// <summary>RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as "::".</summary>
    private bool TryFormatIPv6(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        (int gap, int gapEnd) = LongestZeroRun();
        int at = 0;
        for (int i = 0; i < Groups; i++)
        {
            if (i == gap)
            {
                if (!"::"u8.TryCopyTo(destination[at..]))
                {
                    return false;
                }

                at += 2;
                i = gapEnd - 1;
                continue;
            }

            if (i != 0 && i != gapEnd)
            {
                if (at >= destination.Length)
                {
                    return false;
                }

                destination[at++] = (byte)':';
            }

            if (!Group(i).TryFormat(destination[at..], out int digits, "x"))
            {
                return false;
            }

            at += digits;
        }

        bytesWritten = at;
        return true;
    }

    private (int Start, int End) LongestZeroRun()
    {
        int best = -1;
        int bestLength = 1;
        int start = 0;
        for (int i = 0; i < Groups; i++)
        {
            if (Group(i) != 0)
            {
                start = i + 1;
            }
            else if (i + 1 - start > bestLength)
            {
                best = start;
                bestLength = i + 1 - start;
            }
        }

        return best < 0 ? (-1, -1) : (best, best + bestLength);
    }

    private ushort Group(int index) => (ushort)((index < 4 ? _high : _low) >> (48 - (16 * (index & 3))));
}
