namespace MediaCore.Numbers.Dialling;

/// <summary>What somebody asks for by dialling a code; North American telephone companies have the same figures for the last four.</summary>
public enum FeatureCode
{
    /// <summary><c>*97</c>: hears the messages of his own box.</summary>
    OwnMailbox,

    /// <summary><c>*98</c>: hears the messages of a box, whose number is asked for.</summary>
    Mailbox,

    /// <summary><c>*78</c>: is not rung any more.</summary>
    DoNotDisturbOn,

    /// <summary><c>*79</c>: is rung again.</summary>
    DoNotDisturbOff,

    /// <summary><c>*72</c> and a number: his calls go there.</summary>
    ForwardOn,

    /// <summary><c>*73</c>: his calls come to him again.</summary>
    ForwardOff,
}

/// <summary>The codes as they are dialled.</summary>
public static class FeatureCodes
{
    /// <summary>Codes, and whether a number follows.</summary>
    public static IReadOnlyList<(string Dialled, FeatureCode Code, bool HasNumber)> All { get; } =
    [
        ("*97", FeatureCode.OwnMailbox, false),
        ("*98", FeatureCode.Mailbox, false),
        ("*78", FeatureCode.DoNotDisturbOn, false),
        ("*79", FeatureCode.DoNotDisturbOff, false),
        ("*72", FeatureCode.ForwardOn, true),
        ("*73", FeatureCode.ForwardOff, false),
    ];

    /// <summary>Reads what was dialled; false for no code.</summary>
    /// <param name="dialled">User part of the Request-URI.</param>
    /// <param name="code">The code.</param>
    /// <param name="number">What was dialled behind it.</param>
    public static bool TryRead(ReadOnlySpan<char> dialled, out FeatureCode code, out ReadOnlySpan<char> number)
    {
        foreach ((string digits, FeatureCode one, bool hasNumber) in All)
        {
            if (dialled.StartsWith(digits) && (hasNumber || dialled.Length == digits.Length))
            {
                code = one;
                number = dialled[digits.Length..];
                return true;
            }
        }

        code = default;
        number = default;
        return false;
    }
}
