namespace MediaCore.Engine.Policies.Numbers;

/// <summary>How numbers are written to or for a trunk.</summary>
public enum NumberFormat : byte
{
    /// <summary>As they come.</summary>
    AsIs,

    /// <summary>E.164 with a plus sign: <c>+12025550100</c>.</summary>
    E164,

    /// <summary>E.164 without the plus sign: <c>12025550100</c>.</summary>
    Digits,

    /// <summary>As dialled within the country: national prefix and number, other countries with the international prefix.</summary>
    National,

    /// <summary>With the international prefix in place of the plus sign: <c>0049301234567</c>.</summary>
    International,
}

/// <summary>What a number without plus sign, international or national prefix is.</summary>
public enum BareNumber : byte
{
    /// <summary>Not known: it is left alone.</summary>
    Unknown,

    /// <summary>A national number without its prefix, as in North America.</summary>
    National,

    /// <summary>An international number whose plus sign was left out, as many carriers do.</summary>
    International,
}
