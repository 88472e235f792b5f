namespace MediaCore.Engine.Policies;

/// <summary>
/// Up to 15 digits (E.164) in 64 bits: four bits each from the top, the digit plus one, so that numeric order is the order of a dictionary. A leading
/// <c>+</c> is passed over, in sheets and in what is dialled.
/// </summary>
public static class RatePrefix
{
    /// <summary>Longest prefix: the longest E.164 number.</summary>
    public const int MaxDigits = 15;

    /// <summary>Packs digits; false when there are too many, or something else among them. No digits at all stand for every number.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong prefix)
    {
        prefix = 0;
        text = SkipPlus(text);
        if (text.Length > MaxDigits || text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            prefix |= (ulong)(text[i] - '0' + 1) << (60 - (4 * i));
        }

        return true;
    }

    /// <summary>The digits of a packed prefix.</summary>
    public static string Format(ulong prefix)
    {
        Span<char> digits = stackalloc char[MaxDigits];
        int length = 0;
        for (; length < MaxDigits && GetDigit(prefix, length) != 0; length++)
        {
            digits[length] = (char)('0' + GetDigit(prefix, length) - 1);
        }

        return new string(digits[..length]);
    }

    /// <summary>Whether a number begins with the prefix. A number with anything but digits after its plus has no prefix.</summary>
    public static bool IsPrefixOf(ulong prefix, ReadOnlySpan<byte> number)
    {
        number = SkipPlus(number);
        if (number.IsEmpty || number.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return false;
        }

        int i = 0;
        for (; i < MaxDigits && GetDigit(prefix, i) != 0; i++)
        {
            if (i >= number.Length || number[i] - '0' + 1 != GetDigit(prefix, i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Digit plus one at a position; 0 past the end.</summary>
    internal static int GetDigit(ulong prefix, int position) => position >= MaxDigits ? 0 : (int)(prefix >> (60 - (4 * position))) & 15;

    internal static ReadOnlySpan<byte> SkipPlus(ReadOnlySpan<byte> text) => text is [(byte)'+', ..] ? text[1..] : text;
}
