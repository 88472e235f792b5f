using MediaCore.Numbers.Inventory;

namespace MediaCore.Numbers.Routing;

/// <summary>
/// Reads the user part of a Request-URI as a telephone number. Visual separators (RFC 3966 §3: <c>- . ( )</c>, and the space) are taken
/// out, parameters after <c>;</c> are cut off. What is left is a number when it is digits, with or without <c>+</c> before them. It is then
/// looked for as E.164 in two ways: with a <c>+</c> put before it where it has none, and with the international prefix replaced by
/// <c>+</c>. (No country code begins with 0, so the two never both exist.)
/// </summary>
internal static class DialledNumber
{
    /// <summary>Characters a destination must hold: <c>+</c>, the international prefix and the digits of E.164.</summary>
    internal const int MaxCharacters = 1 + 8 + InventoryLimits.MaxE164Digits;

    /// <summary>
    /// Whether the text has the form of a number. <paramref name="destination"/> gets <c>+</c> and the digits, as many as fit: a number
    /// that is too long is a number all the same, and <paramref name="length"/> is 0 since it can be nobody's.
    /// </summary>
    internal static bool TryRead(ReadOnlySpan<byte> dialled, Span<char> destination, out int length, out bool hasPlus)
    {
        length = 0;
        hasPlus = false;
        int digits = 0;
        destination[0] = '+';
        foreach (byte b in dialled)
        {
            if (b is >= (byte)'0' and <= (byte)'9')
            {
                digits++;
                if (digits < destination.Length)
                {
                    destination[digits] = (char)b;
                }
            }
            else if (b == (byte)'+' && digits == 0 && !hasPlus)
            {
                hasPlus = true;
            }
            else if (b == (byte)';')
            {
                break;
            }
            else if (b is not ((byte)'-' or (byte)'.' or (byte)'(' or (byte)')' or (byte)' '))
            {
                return false;
            }
        }

        length = digits < destination.Length ? digits + 1 : 0;
        return digits > 0;
    }
}
