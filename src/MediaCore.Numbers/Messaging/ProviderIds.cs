using System.Globalization;
using System.Numerics;

namespace MediaCore.Numbers.Messaging;

/// <summary>
/// Identifiers that centres give. A centre may answer <c>0000A1B2</c> and name the same message <c>41394</c>, or <c>a1b2</c>, in its receipt, so they are compared as texts without case and leading zeros, and as numbers read in base 10 and in base 16.
/// </summary>
public static class ProviderIds
{
    /// <summary>The identifier without case, without <c>0x</c> and without leading zeros.</summary>
    public static string Fold(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        string text = id.Trim().ToLowerInvariant();
        text = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        string stripped = text.TrimStart('0');
        return stripped.Length == 0 && text.Length > 0 ? "0" : stripped;
    }

    /// <summary>A folded identifier read as a hexadecimal number, in decimal; null where it is none.</summary>
    public static string? FromHex(string folded)
    {
        ArgumentNullException.ThrowIfNull(folded);
        return folded.Length is > 0 and <= MessageLimits.MaxProviderIdCharacters && folded.All(char.IsAsciiHexDigit)
            ? BigInteger.Parse("0" + folded, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>How surely a receipt's identifier names a part: 3 as a text, 2 where the part's is hexadecimal and the receipt's decimal, 1 the other way round, 0 not at all.</summary>
    /// <param name="given">What the carrier's answer said.</param>
    /// <param name="told">What the receipt says.</param>
    public static int Match(string given, string told)
    {
        (string part, string receipt) = (Fold(given), Fold(told));
        return part == receipt ? 3 : FromHex(part) == receipt ? 2 : FromHex(receipt) == part ? 1 : 0;
    }
}
