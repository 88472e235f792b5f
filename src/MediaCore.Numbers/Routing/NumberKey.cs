namespace MediaCore.Numbers.Routing;

/// <summary>
/// A number of the inventory in 64 bits. E.164 has at most 15 digits, which is a value below 2⁵⁰ (no country code begins with 0, so nothing is lost); a short code
/// is bit 63, its country's two letters, and its digits behind a 1, which keeps leading zeros.
/// </summary>
public static class NumberKey
{
    private const int MaxShortCodeDigits = 9;

    /// <summary>Reads <c>+12025550100</c> or <c>US:12345</c>, as <see cref="Model.VirtualNumber.Number"/> has them.</summary>
    public static bool TryParse(ReadOnlySpan<char> number, out ulong key)
    {
        key = 0;
        if (number.Length is >= 3 and <= 16 && number[0] == '+' && number[1] != '0')
        {
            return TryReadDigits(number[1..], 0, out key);
        }

        if (number.Length is < 4 or > 3 + MaxShortCodeDigits || number[2] != ':' || !char.IsAsciiLetterUpper(number[0]) || !char.IsAsciiLetterUpper(number[1])
            || !TryReadDigits(number[3..], 1, out ulong digits))
        {
            return false;
        }

        key = 1UL << 63 | (ulong)((number[0] - 'A') * 26 + number[1] - 'A') << 40 | digits;
        return true;
    }

    /// <summary>The same of the digits of an E.164 number without <c>+</c>, as they stand in a request; false for what cannot be one.</summary>
    public static bool TryParseE164(ReadOnlySpan<byte> digits, out ulong key)
    {
        key = 0;
        if (digits.Length is < 2 or > 15 || digits[0] == (byte)'0')
        {
            return false;
        }

        foreach (byte b in digits)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9)
            {
                key = 0;
                return false;
            }

            key = key * 10 + digit;
        }

        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<char> digits, ulong start, out ulong value)
    {
        value = start;
        foreach (char c in digits)
        {
            uint digit = (uint)(c - '0');
            if (digit > 9)
            {
                value = 0;
                return false;
            }

            value = value * 10 + digit;
        }

        return true;
    }
}
