namespace MediaCore.Numbers.Routing;

/// <summary>
/// How dialled digits become an E.164 number. National dialling (a trunk prefix and an own country) is to come here; until then a number
/// is dialled with its country code.
/// </summary>
public sealed record DialPlan
{
    /// <summary>What stands for <c>+</c> in dialled digits: <c>00</c> as ITU-T E.164 recommends; empty for none.</summary>
    public string InternationalPrefix { get; init; } = "00";
}
