using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using MediaCore.Numbers.Inventory;

namespace MediaCore.Numbers.Numbering;

/// <summary>
/// The numbering plans of the world (ITU-T E.164), from the metadata of Google's libphonenumber (docs/dependencies.md). Plans are always behind the world, so
/// what they do not have may still be called when its length is possible; only what is sold must be valid. Thread-safe.
/// </summary>
public static class NumberingPlans
{
    /// <summary>Characters of a text that may be a number; the longest that people write, with separators and an extension, has fewer.</summary>
    public const int MaxCharacters = 64;

    private static readonly Lazy<Table> Plans = new(Table.Load);

    /// <summary>Countries that have a plan, ISO 3166-1 alpha-2.</summary>
    public static IReadOnlyCollection<string> Countries => Plans.Value.ByCountry.Keys;

    /// <summary>Whether there is a plan for a country, ISO 3166-1 alpha-2.</summary>
    public static bool HasCountry(string country) => Plans.Value.ByCountry.ContainsKey(country);

    /// <summary>
    /// Reads a number as people of a country write and dial it: with separators, <c>tel:</c>, letters as on the keypad, with <c>+</c>, with the country's prefix
    /// for calls abroad, with or without its national prefix. What is read may be of no possible length: <see cref="PhoneNumber.Validity"/> says so.
    /// </summary>
    /// <param name="text">What was written.</param>
    /// <param name="country">Where it was written, ISO 3166-1 alpha-2; null where that is not known, and only numbers with <c>+</c> are read.</param>
    /// <param name="number">The number.</param>
    /// <returns>False when the text is no number, or of a country code that is nobody's.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, string? country, out PhoneNumber number)
    {
        number = default;
        if (text is null || !TryReadDigits(text, out string digits, out bool international))
        {
            return false;
        }

        Table plans = Plans.Value;
        NumberingPlan? home = country is null ? null : plans.ByCountry.GetValueOrDefault(country.ToUpperInvariant());
        if (!international && home is not null)
        {
            if (home.StripInternationalPrefix(digits) is { } abroad)
            {
                return TryReadInternational(plans, abroad, out number);
            }

            string national = home.StripNationalPrefix(digits);

            // Written with the country code but without "+": only where the plan does not have the number as it stands.
            if (digits.StartsWith(home.CallingCode, StringComparison.Ordinal))
            {
                string shorter = home.StripNationalPrefix(digits[home.CallingCode.Length..]);
                if ((!home.Matches(national) && home.Matches(shorter)) || home.IsTooLong(national))
                {
                    return TryReadInternational(plans, digits, out number);
                }
            }

            return TryMake(plans, home.CallingCode, national, home, out number);
        }

        return international && TryReadInternational(plans, digits, out number);
    }

    private static bool TryReadInternational(Table plans, string digits, out PhoneNumber number)
    {
        for (int length = 1; length <= 3 && length < digits.Length; length++)
        {
            if (plans.ByCode.TryGetValue(digits[..length], out NumberingPlan[]? sharing))
            {
                // "+44 (0)20 …": the national prefix is often written along.
                return TryMake(plans, digits[..length], sharing[0].StripNationalPrefix(digits[length..]), sharing[0], out number);
            }
        }

        number = default;
        return false;
    }

    private static bool TryMake(Table plans, string callingCode, string national, NumberingPlan first, out PhoneNumber number)
    {
        number = default;
        if (national.Length < 2 || callingCode.Length + national.Length > InventoryLimits.MaxE164Digits)
        {
            return false;
        }

        NumberingPlan plan = first;
        NumberType type = NumberType.Unknown;
        NumberingPlan[] sharing = plans.ByCode[callingCode];
        foreach (NumberingPlan candidate in sharing)
        {
            if (sharing.Length > 1 && candidate.HasLeadingDigits(national) is { } has)
            {
                if (!has)
                {
                    continue;
                }

                plan = candidate;
                type = candidate.TypeOf(national);
                break;
            }

            if (candidate.TypeOf(national) is var found and not NumberType.Unknown)
            {
                plan = candidate;
                type = found;
                break;
            }
        }

        // Every plan says what kinds of numbers it has: one of no kind is not there, though its digits look right.
        NumberValidity validity = type != NumberType.Unknown ? NumberValidity.Valid
            : plan.IsPossible(national) ? NumberValidity.Possible
            : NumberValidity.Impossible;
        number = new PhoneNumber($"+{callingCode}{national}", callingCode, national, plan.Country, type, validity);
        return true;
    }

    private static bool TryReadDigits(string text, out string digits, out bool international)
    {
        digits = "";
        international = false;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.Length > MaxCharacters)
        {
            return false;
        }

        rest = rest.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) ? rest[4..] : rest;
        int end = rest.IndexOf(';');
        rest = WithoutExtension(end < 0 ? rest : rest[..end]);
        Span<char> read = stackalloc char[MaxCharacters];
        int count = 0;
        foreach (char c in rest)
        {
            if (c is >= '0' and <= '9')
            {
                read[count++] = c;
            }
            else if (Vanity.TryGetDigit(c, out char digit))
            {
                // Letters stand for digits only behind digits, as in 1-800-FLOWERS: a word alone is a name.
                if (count == 0)
                {
                    return false;
                }

                read[count++] = digit;
            }
            else if (c is '+' or '\uFF0B' && count == 0 && !international)
            {
                international = true;
            }
            else if (c is not (' ' or '-' or '.' or '(' or ')' or '/' or '\u00A0' or '\u2010' or '\u2011' or '\u2013'))
            {
                return false;
            }
        }

        digits = new string(read[..count]);
        return count > 1;
    }

    // "… ext. 12", "… x12": behind a number and before nothing but digits, or it is a letter of a word.
    private static ReadOnlySpan<char> WithoutExtension(ReadOnlySpan<char> text)
    {
        int x = text.LastIndexOfAny('x', 'X');
        ReadOnlySpan<char> behind = x < 0 ? default : text[(x + 1)..].TrimStart('t').TrimStart('T').TrimStart(". :");
        if (behind.IsEmpty || behind.ContainsAnyExceptInRange('0', '9'))
        {
            return text;
        }

        ReadOnlySpan<char> before = text[..x];
        before = before.EndsWith("e", StringComparison.OrdinalIgnoreCase) ? before[..^1] : before;
        return before.Length > 0 && (before[^1] is ' ' or ',' || char.IsAsciiDigit(before[^1])) ? before.TrimEnd(" ,") : text;
    }

    private sealed record Table(FrozenDictionary<string, NumberingPlan> ByCountry, FrozenDictionary<string, NumberingPlan[]> ByCode)
    {
        internal static Table Load()
        {
            using Stream stream = typeof(NumberingPlans).Assembly.GetManifestResourceStream("MediaCore.Numbers.Numbering.numbering.tsv")!;
            using var reader = new StreamReader(stream);
            var plans = new List<NumberingPlan>();
            while (reader.ReadLine() is { } line)
            {
                if (line.Length > 0 && line[0] != '#')
                {
                    plans.Add(new NumberingPlan(line));
                }
            }

            // In a country code that several share, the file has the main country first.
            return new Table(
                plans.Where(static plan => !plan.IsInternational).ToFrozenDictionary(static plan => plan.Country, StringComparer.Ordinal),
                plans.GroupBy(static plan => plan.CallingCode, StringComparer.Ordinal).ToFrozenDictionary(static group => group.Key, static group => group.ToArray(), StringComparer.Ordinal));
        }
    }
}
