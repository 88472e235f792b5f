using MediaCore.Engine.Policies.Numbers;

namespace MediaCore.Server.Configuration;

/// <summary>Key <c>numbers</c> of a trunk: how numbers are rewritten on their way in and out.</summary>
internal static class TrunkNumberSettings
{
    private const int MaxStrips = 16;

    /// <summary>Reads the object; null when nothing is to be rewritten.</summary>
    public static TrunkNumbers? Read(SectionReader trunk)
    {
        SectionReader section = trunk.Section("numbers");
        NumberRewrite? inbound = ReadRewrite(section.Section("inbound"));
        NumberRewrite? outbound = ReadRewrite(section.Section("outbound"));
        bool phone = section.Flag("userIsPhone", false);
        section.Finish();
        return inbound is null && outbound is null && !phone ? null : new TrunkNumbers { Inbound = inbound, Outbound = outbound, UserIsPhone = phone };
    }

    private static NumberRewrite? ReadRewrite(SectionReader section)
    {
        NumberRewrite defaults = new();
        List<string> strip = [];
        foreach (ConfigurationText text in section.Texts("strip"))
        {
            if (strip.Count == MaxStrips)
            {
                section.Error(text, $"has more than {MaxStrips} prefixes");
                break;
            }

            if (CheckPrefix(section, text))
            {
                strip.Add(text.Value);
            }
        }

        string prefix = ReadPrefix(section, "prefix", "", allowSigns: true);
        NumberFormat format = section.Choice("format", NumberFormat.AsIs, ("as-is", NumberFormat.AsIs), ("e164", NumberFormat.E164), ("digits", NumberFormat.Digits),
            ("national", NumberFormat.National), ("international", NumberFormat.International));
        string country = ReadPrefix(section, "country", "", allowSigns: false);
        string national = ReadPrefix(section, "nationalPrefix", "", allowSigns: false);
        string international = ReadPrefix(section, "internationalPrefix", defaults.InternationalPrefix, allowSigns: false);
        BareNumber bare = section.Choice("bare", BareNumber.Unknown, ("keep", BareNumber.Unknown), ("national", BareNumber.National), ("international", BareNumber.International));
        int minDigits = (int)section.Integer("minDigits", defaults.MinDigits, 1, NumberRewrite.MaxE164Digits);
        if (format != NumberFormat.AsIs && country.Length == 0 && !section.HasError("country"))
        {
            section.Error("country", $"is missing: format needs the country calling code, as \"1\" or \"49\"");
        }
        else if (country.Length > 3 || country.StartsWith('0'))
        {
            section.Error("country", "must be a country calling code: 1 to 3 digits without leading zeros, as \"1\" or \"49\"");
        }

        section.Finish();
        return !section.IsPresent ? null : new NumberRewrite
        {
            Strip = [.. strip],
            Prefix = prefix,
            Format = format,
            Country = country,
            NationalPrefix = national,
            InternationalPrefix = international,
            Bare = bare,
            MinDigits = minDigits,
        };
    }

    private static string ReadPrefix(SectionReader section, string name, string fallback, bool allowSigns)
    {
        if (section.OptionalText(name, fallback) is not { } text || text.Value.Length == 0)
        {
            return "";
        }

        if (allowSigns)
        {
            return CheckPrefix(section, text) ? text.Value : "";
        }

        if (text.Value.Length > NumberRewrite.MaxPrefixBytes || !text.Value.All(char.IsAsciiDigit))
        {
            section.Error(text, $"must be at most {NumberRewrite.MaxPrefixBytes} digits");
            return "";
        }

        return text.Value;
    }

    private static bool CheckPrefix(SectionReader section, in ConfigurationText text)
    {
        string digits = text.Value.StartsWith('+') ? text.Value[1..] : text.Value;
        if (text.Value.Length > NumberRewrite.MaxPrefixBytes || !digits.All(static c => char.IsAsciiDigit(c) || c is '*' or '#'))
        {
            section.Error(text, $"\"{text.Value}\" must be at most {NumberRewrite.MaxPrefixBytes} digits, * and #, with or without a plus sign in front");
            return false;
        }

        return true;
    }
}
