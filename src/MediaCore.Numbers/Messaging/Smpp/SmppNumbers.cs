using MediaCore.Smpp.Pdus;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>Telephone numbers as SMPP writes them.</summary>
internal static class SmppNumbers
{
    private const byte International = 1;
    private const byte Alphanumeric = 5;
    private const byte Telephone = 1;

    /// <summary>Short codes have up to 7 digits.</summary>
    private const int MinInternationalDigits = 8;

    /// <summary>A number of ours as an address: international ones without their plus, names as alphanumeric, short codes as they are.</summary>
    public static SmppAddress ToAddress(string number, (byte Ton, byte Npi)? fixedKind = null)
    {
        bool isInternational = number.StartsWith('+');
        string digits = isInternational ? number[1..] : number;
        (byte ton, byte npi) = fixedKind ?? (isInternational ? (International, Telephone)
            : digits.AsSpan().ContainsAnyExceptInRange('0', '9') ? (Alphanumeric, (byte)0)
            : ((byte)0, Telephone));
        return new SmppAddress(digits, ton, npi);
    }

    /// <summary>An address as a number: with a plus where it says that it is international.</summary>
    public static string FromAddress(SmppAddress address) => address.Ton == International && address.Value.Length > 0 && !address.Value.StartsWith('+') ? "+" + address.Value : address.Value;

    /// <summary>A receiver as a program writes it: digits of an unknown type are international where they are too many for a short code, as centres take them.</summary>
    public static string FromProgram(SmppAddress address) =>
        address.Ton == 0 && address.Value.Length >= MinInternationalDigits && !address.Value.AsSpan().ContainsAnyExceptInRange('0', '9') ? "+" + address.Value : FromAddress(address);
}
