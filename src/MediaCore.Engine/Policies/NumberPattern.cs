using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace MediaCore.Engine.Policies;

/// <summary>How a <see cref="NumberPattern"/> compares.</summary>
public enum NumberPatternKind : byte
{
    /// <summary>The whole text, byte for byte.</summary>
    Exact,

    /// <summary>The text begins so: written with a <c>*</c> at the end, which alone matches everything, the empty text too.</summary>
    Prefix,

    /// <summary>A regular expression that must match the whole text: written <c>regex:…</c>.</summary>
    Regex,
}

/// <summary>
/// What a route compares a number with: <c>+12025550100</c>, <c>+1*</c> or <c>regex:\+1(202|703)\d{7}</c>. Comparison is case-sensitive on
/// the user part as it was dialled, after unescaping: a pure SBC does not rewrite what it forwards. Exact and prefix comparison allocate
/// nothing. A regular expression runs in time linear in the text (no backtracking) and has a time limit besides.
/// </summary>
public sealed class NumberPattern
{
    /// <summary>Longest text a regular expression is tried on; E.164 numbers have 16 characters, SIP users seldom 64. Longer ones, and what is not UTF-8, do not match.</summary>
    public const int MaxRegexInputCharacters = 256;

    /// <summary>Longest pattern; a safeguard against a pasted file.</summary>
    public const int MaxPatternCharacters = 1024;

    /// <summary>
    /// A regular expression that takes longer on one number does not match. Linear matching of so short a text takes microseconds; this is
    /// a backstop, wide enough that a thread which the system did not run for a while is not taken for a bad pattern.
    /// </summary>
    public static readonly TimeSpan RegexTimeout = TimeSpan.FromMilliseconds(250);

    private const string RegexMark = "regex:";
    private readonly byte[] _text;
    private readonly Regex? _regex;

    private NumberPattern(NumberPatternKind kind, byte[] text, Regex? regex, string source)
    {
        Kind = kind;
        _text = text;
        _regex = regex;
        Source = source;
    }

    /// <summary>Matches everything.</summary>
    public static NumberPattern Any { get; } = new(NumberPatternKind.Prefix, [], null, "*");

    /// <summary>How this one compares.</summary>
    public NumberPatternKind Kind { get; }

    /// <summary>The text of an exact pattern or prefix; empty for a regular expression.</summary>
    internal ReadOnlySpan<byte> Text => _text;

    /// <summary>As it was written.</summary>
    public string Source { get; }

    /// <summary>Reads a pattern; <paramref name="error"/> says what is wrong and what is right.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NumberPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        pattern = null;
        error = null;
        int star = text.IndexOf('*');
        if (text.Length is 0 or > MaxPatternCharacters)
        {
            error = $"A pattern has 1 to {MaxPatternCharacters} characters.";
        }
        else if (text.StartsWith(RegexMark, StringComparison.Ordinal))
        {
            try
            {
                // \A … \z: half a number that matches would route calls nobody meant.
                var regex = new Regex($@"\A(?:{text[RegexMark.Length..]})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, RegexTimeout);

                // The first match builds the automaton and is compiled by the runtime, 80 ms in all: here, not on a shard.
                regex.IsMatch("+12025550100");
                pattern = new NumberPattern(NumberPatternKind.Regex, [], regex, text);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException or RegexMatchTimeoutException)
            {
                error = $"Not a usable regular expression (back references and look-around are not possible): {e.Message}";
            }
        }
        else if (star >= 0 && star < text.Length - 1)
        {
            error = "'*' may stand only at the end; for more use 'regex:'.";
        }
        else
        {
            pattern = star < 0
                ? new NumberPattern(NumberPatternKind.Exact, Encoding.UTF8.GetBytes(text), null, text)
                : new NumberPattern(NumberPatternKind.Prefix, Encoding.UTF8.GetBytes(text[..^1]), null, text);
        }

        return pattern is not null;
    }

    /// <summary>Reads a pattern that is known to be right.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static NumberPattern Parse(string text)
        => TryParse(text, out NumberPattern? pattern, out string? error) ? pattern : throw new FormatException(error);

    /// <summary>Whether the text matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> text) => Kind switch
    {
        NumberPatternKind.Exact => text.SequenceEqual(_text),
        NumberPatternKind.Prefix => text.StartsWith(_text),
        _ => IsRegexMatch(text),
    };

    /// <inheritdoc/>
    public override string ToString() => Source;

    private bool IsRegexMatch(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[MaxRegexInputCharacters];
        if (Utf8.ToUtf16(text, characters, out _, out int length, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            return false;
        }

        try
        {
            return _regex!.IsMatch(characters[..length]);
        }
        catch (RegexMatchTimeoutException)
        {
            // The stated verdict of a match that takes too long: no match, so the call goes to the next route.
            return false;
        }
    }
}
