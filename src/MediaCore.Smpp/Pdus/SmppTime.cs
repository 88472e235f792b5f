using System.Globalization;

namespace MediaCore.Smpp.Pdus;

/// <summary>Times of SMPP 3.4 §7.1.1: <c>YYMMDDhhmmsstnnp</c>, where p is + or - for a time with its distance from UTC in quarters of an hour, and R for a time from now.</summary>
public static class SmppTime
{
    /// <summary>A time from now, to the second; at most 99 days, which is more than any centre keeps a message.</summary>
    public static string Relative(TimeSpan time)
    {
        TimeSpan kept = time < TimeSpan.Zero ? TimeSpan.Zero : time.Days > 99 ? TimeSpan.FromDays(99) : time;

        // Days beyond 30 go as days still: months have no length.
        return string.Create(CultureInfo.InvariantCulture, $"0000{kept.Days:D2}{kept.Hours:D2}{kept.Minutes:D2}{kept.Seconds:D2}000R");
    }

    /// <summary>A point in time, in UTC.</summary>
    public static string Absolute(DateTimeOffset at) => at.UtcDateTime.ToString("yyMMddHHmmss", CultureInfo.InvariantCulture) + "000+";

    /// <summary>Reads either form.</summary>
    /// <param name="text">The time; empty for none.</param>
    /// <param name="now">What times from now count from.</param>
    /// <param name="at">The time; null for none.</param>
    /// <returns>False when it is no time.</returns>
    public static bool TryRead(string text, DateTimeOffset now, out DateTimeOffset? at)
    {
        ArgumentNullException.ThrowIfNull(text);
        at = null;
        if (text.Length == 0)
        {
            return true;
        }

        if (text.Length != 16 || text.AsSpan(0, 15).ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        Span<int> pairs = stackalloc int[6];
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = ((text[2 * i] - '0') * 10) + text[(2 * i) + 1] - '0';
        }

        if (text[15] == 'R')
        {
            at = now.AddYears(pairs[0]).AddMonths(pairs[1]) + new TimeSpan(pairs[2], pairs[3], pairs[4], pairs[5]);
            return true;
        }

        int quarters = ((text[13] - '0') * 10) + text[14] - '0';
        if (text[15] is not ('+' or '-') || quarters > 48
            || !DateTime.TryParseExact("20" + text[..12], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local))
        {
            return false;
        }

        TimeSpan offset = TimeSpan.FromMinutes(15 * quarters);
        at = new DateTimeOffset(local, TimeSpan.Zero) - (text[15] == '+' ? offset : -offset);
        return true;
    }
}
