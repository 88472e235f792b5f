using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MediaCore.Numbers.Numbering;

/// <summary>
/// The numbering plan of a country, one line of <c>numbering.tsv</c> (made by <c>tools/numbering/generate.mjs</c>). Its patterns are compiled when they are
/// first needed, without backtracking, so no number can hold a thread up. Immutable.
/// </summary>
internal sealed class NumberingPlan
{
    private readonly Lazy<Regex> _general;
    private readonly Lazy<Regex>? _nationalPrefix;
    private readonly Lazy<Regex>? _internationalPrefix;
    private readonly Lazy<Regex>? _leadingDigits;
    private readonly string? _transform;
    private readonly ulong _lengths;
    private readonly ImmutableArray<TypeRule> _types;

    internal NumberingPlan(string line)
    {
        string[] columns = line.Split('\t');
        Country = columns[0];
        CallingCode = columns[1];
        _internationalPrefix = Pattern(columns[2], atStart: true);
        NationalPrefix = columns[3];
        _nationalPrefix = Pattern(columns[4], atStart: true);
        _transform = columns[5].Length == 0 ? null : columns[5];
        _leadingDigits = Pattern(columns[6], atStart: true);
        _lengths = Lengths(columns[7]);
        _general = Pattern(columns[8], atStart: false)!;
        var types = ImmutableArray.CreateBuilder<TypeRule>();
        foreach (string column in columns.AsSpan(9))
        {
            string[] parts = column.Split('@');
            types.Add(new TypeRule(Enum.Parse<NumberType>(parts[0]), Pattern(parts[2], atStart: false)!, parts[1].Length == 0 ? _lengths : Lengths(parts[1])));
        }

        _types = types.ToImmutable();
    }

    internal string Country { get; }

    internal string CallingCode { get; }

    internal string NationalPrefix { get; }

    /// <summary>Whether numbers of the plan are of no country.</summary>
    internal bool IsInternational => Country == "001";

    /// <summary>Whether the national number begins with digits that are this country's alone; null where the plan does not go by them.</summary>
    internal bool? HasLeadingDigits(string national) => _leadingDigits?.Value.IsMatch(national);

    internal bool IsPossible(string national) => Has(_lengths, national.Length);

    internal bool IsTooLong(string national) => national.Length > 63 - System.Numerics.BitOperations.LeadingZeroCount(_lengths);

    internal bool Matches(string national) => _general.Value.IsMatch(national);

    /// <summary>Takes the prefix for calls to other countries off; null when the digits do not begin with one.</summary>
    internal string? StripInternationalPrefix(string digits)
    {
        if (_internationalPrefix is null || _internationalPrefix.Value.Match(digits) is not { Success: true, Length: > 0 } match)
        {
            return null;
        }

        string rest = digits[match.Length..];

        // No country code begins with 0: what looks like a prefix there is part of a national number.
        return rest.Length > 0 && rest[0] != '0' ? rest : null;
    }

    /// <summary>
    /// Takes the national prefix (and a carrier selection code) off, where what is left makes more sense: a number that the plan has is not made one
    /// that it does not have, nor one of no possible length.
    /// </summary>
    internal string StripNationalPrefix(string digits)
    {
        if (_nationalPrefix is null || _nationalPrefix.Value.Match(digits) is not { Success: true } match)
        {
            return digits;
        }

        int last = match.Groups.Count - 1;
        string stripped = _transform is not null && last > 0 && match.Groups[last].Success && match.Groups[last].Length > 0
            ? Transform(match) + digits[match.Length..]
            : digits[match.Length..];
        return (Matches(digits) && !Matches(stripped)) || (stripped != digits && !IsAtLeastPossible(stripped)) ? digits : stripped;
    }

    internal NumberType TypeOf(string national)
    {
        if (!Matches(national))
        {
            return NumberType.Unknown;
        }

        if (IsInternational)
        {
            return NumberType.International;
        }

        foreach (TypeRule rule in _types)
        {
            if (Has(rule.Lengths, national.Length) && rule.Pattern.Value.IsMatch(national))
            {
                return rule.Type;
            }
        }

        return NumberType.Unknown;
    }

    // Of a length in between two possible ones, or shorter than all, it is not; longer than all is left to the caller to find impossible.
    private bool IsAtLeastPossible(string national) => IsPossible(national) || IsTooLong(national);

    private string Transform(Match match)
    {
        string result = _transform!;
        for (int i = match.Groups.Count - 1; i > 0; i--)
        {
            result = result.Replace("$" + i.ToString(CultureInfo.InvariantCulture), match.Groups[i].Value, StringComparison.Ordinal);
        }

        return result;
    }

    private static Lazy<Regex>? Pattern(string pattern, bool atStart)
        => pattern.Length == 0
            ? null
            : new Lazy<Regex>(() => new Regex(atStart ? $@"\A(?:{pattern})" : $@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    private static ulong Lengths(string list)
    {
        ulong lengths = 0;
        foreach (Range one in list.AsSpan().Split(','))
        {
            lengths |= 1UL << int.Parse(list.AsSpan()[one], CultureInfo.InvariantCulture);
        }

        return lengths;
    }

    private static bool Has(ulong lengths, int length) => length < 64 && (lengths >> length & 1) != 0;

    private sealed record TypeRule(NumberType Type, Lazy<Regex> Pattern, ulong Lengths);
}
