namespace MediaCore.Numbers.Numbering;

/// <summary>Letters on the keypad, ITU-T E.161 (option A, which all telephones have now).</summary>
public static class Vanity
{
    private const string Keys = "22233344455566677778889999";

    /// <summary>The key that has a letter.</summary>
    public static bool TryGetDigit(char letter, out char digit)
    {
        int index = (letter | 0x20) - 'a';
        bool isLetter = index is >= 0 and < 26;
        digit = isLetter ? Keys[index] : default;
        return isLetter;
    }

    /// <summary>
    /// A pattern of digits, letters, <c>?</c> (one digit) and <c>*</c> (any digits), as <c>*FLOWERS</c>, in the form of SQL's LIKE; null when it holds anything
    /// else, or no digit or letter at all.
    /// </summary>
    public static string? ToLike(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        Span<char> like = stackalloc char[MaxPatternCharacters];
        if (pattern.Length > MaxPatternCharacters)
        {
            return null;
        }

        bool selects = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c is >= '0' and <= '9')
            {
                like[i] = c;
                selects = true;
            }
            else if (TryGetDigit(c, out char digit))
            {
                like[i] = digit;
                selects = true;
            }
            else if (c is '?' or '*')
            {
                like[i] = c == '?' ? '_' : '%';
            }
            else
            {
                return null;
            }
        }

        return selects ? new string(like[..pattern.Length]) : null;
    }

    /// <summary>Characters of a pattern: no number has so many digits.</summary>
    public const int MaxPatternCharacters = 32;
}
