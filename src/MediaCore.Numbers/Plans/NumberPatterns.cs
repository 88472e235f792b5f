using System.Collections.Frozen;

namespace MediaCore.Numbers.Plans;

/// <summary>Numbers and beginnings of numbers (<c>+4420*</c>). A look-up costs one step per digit, however many there are.</summary>
public sealed class NumberPatterns
{
    /// <summary>Patterns of one list.</summary>
    public const int MaxPatterns = 10_000;

    private readonly FrozenSet<string> _numbers;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _prefixes;
    private readonly int _longest;
    private readonly int _shortest;

    /// <summary>Patterns of texts that <see cref="IsPattern"/> has found to be some.</summary>
    public NumberPatterns(IReadOnlyCollection<string> patterns)
    {
        _numbers = patterns.Where(static one => !one.EndsWith('*')).ToFrozenSet(StringComparer.Ordinal);
        FrozenSet<string> prefixes = patterns.Where(static one => one.EndsWith('*')).Select(static one => one[..^1]).ToFrozenSet(StringComparer.Ordinal);
        _prefixes = prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = prefixes.Count == 0 ? -1 : prefixes.Max(static one => one.Length);
        _shortest = prefixes.Count == 0 ? 0 : prefixes.Min(static one => one.Length);
    }

    /// <summary>Whether a text is a number or the beginning of one: digits, letters of SIP names, <c>+</c> at the front, one <c>*</c> at the end.</summary>
    public static bool IsPattern(string text)
        => text.Length is > 0 and <= 64 && text.AsSpan().TrimEnd('*').IndexOfAny('*', ' ') < 0 && text.AsSpan().IndexOf('*') is var star && (star < 0 || star == text.Length - 1);

    /// <summary>Whether a number is one of them, or begins with one.</summary>
    public bool Match(string number)
    {
        if (_numbers.Contains(number))
        {
            return true;
        }

        for (int length = _shortest; length <= Math.Min(_longest, number.Length); length++)
        {
            if (_prefixes.Contains(number.AsSpan(0, length)))
            {
                return true;
            }
        }

        return false;
    }
}
