using MediaCore.Numbers.Numbering;

namespace MediaCore.Numbers.Plans;

/// <summary>Reads who calls as a number. Trunks present it with or without <c>+</c>, in national form or with the prefix for calls abroad; what cannot be told is left as it is.</summary>
internal static class CallerNumbers
{
    /// <summary>Whether the caller shows no number (RFC 3323 §4.1.1.3: <c>anonymous</c>).</summary>
    public static bool IsAnonymous(string presented)
        => presented.Length == 0 || presented.Equals("anonymous", StringComparison.OrdinalIgnoreCase) || presented.Equals("restricted", StringComparison.OrdinalIgnoreCase) || presented.Equals("unavailable", StringComparison.OrdinalIgnoreCase);

    /// <summary>The caller in E.164 form, read as it is written in the country of the number that was called; empty for an anonymous one.</summary>
    /// <param name="presented">As presented.</param>
    /// <param name="called">The number that was called, E.164.</param>
    public static string Read(string presented, string called)
    {
        if (IsAnonymous(presented))
        {
            return "";
        }

        string? country = NumberingPlans.TryParse(called, null, out PhoneNumber own) && own.Country.Length == 2 ? own.Country : null;
        return NumberingPlans.TryParse(presented, country, out PhoneNumber number) && number.Validity != NumberValidity.Impossible ? number.E164 : presented;
    }
}
