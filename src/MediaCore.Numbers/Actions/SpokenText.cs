using System.Globalization;

namespace MediaCore.Numbers.Actions;

/// <summary>Writes values so that the synthesizer says them as people do, in the call's language. In texts: <c>{account:digits}</c>, <c>{position:number}</c>, <c>{closes:time}</c>.</summary>
public static class SpokenText
{
    /// <summary>A value in a form; one that is none of that form is said as it is, and so is any value of a form that there is not.</summary>
    /// <param name="value">The value.</param>
    /// <param name="form"><c>digits</c>, <c>number</c> or <c>time</c>.</param>
    /// <param name="language">Language, RFC 5646.</param>
    public static string Say(string value, string form, string language)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(language);
        return form switch
        {
            "digits" => Digits(value),
            "number" when long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) => Number(number),
            "time" when TimeOnly.TryParseExact(value, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time) => Time(time, language),
            _ => value,
        };
    }

    /// <summary>One digit after the other, "1 2 3", with a pause after each four: a number of an account, of a telephone.</summary>
    public static string Digits(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        string[] digits = [.. value.Where(static c => char.IsAsciiDigit(c) || c is '*' or '#').Select(static c => c.ToString())];
        return string.Join(", ", digits.Chunk(4).Select(static group => string.Join(' ', group)));
    }

    /// <summary>A whole number, "3", without anything between its digits: the synthesizer knows how numbers are said.</summary>
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time of day.</summary>
    public static string Time(TimeOnly time, string language)
    {
        ArgumentNullException.ThrowIfNull(language);
        (int hour, int minute) = (time.Hour, time.Minute);
        return language.Split('-', 2)[0].ToLowerInvariant() switch
        {
            "en" => string.Create(CultureInfo.InvariantCulture, $"{(hour % 12 == 0 ? 12 : hour % 12)}{(minute == 0 ? "" : $" {minute:00}")} {(hour < 12 ? "a m" : "p m")}"),
            "de" => minute == 0 ? $"{hour} Uhr" : $"{hour} Uhr {minute}",
            "fr" => minute == 0 ? $"{hour} heures" : $"{hour} heures {minute}",
            "es" => minute == 0 ? $"las {hour} horas" : $"las {hour} y {minute}",
            "it" => minute == 0 ? $"le ore {hour}" : $"le ore {hour} e {minute}",
            "nl" => minute == 0 ? $"{hour} uur" : $"{hour} uur {minute}",
            "pt" => minute == 0 ? $"{hour} horas" : $"{hour} horas e {minute}",
            _ => time.ToString("HH:mm", CultureInfo.InvariantCulture),
        };
    }
}
