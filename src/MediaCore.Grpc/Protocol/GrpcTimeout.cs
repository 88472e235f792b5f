using System.Globalization;

namespace Grpc.Protocol;

/// <summary>The value of <c>grpc-timeout</c>: up to eight digits and a unit (PROTOCOL-HTTP2, Timeout).</summary>
internal static class GrpcTimeout
{
    private const long MaxValue = 99_999_999;

    /// <summary>Reads a value. Times below a tick (100 ns) count as one, 0 as passed at once.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > GrpcLimits.MaxTimeoutDigits + 1)
        {
            return false;
        }

        long ticksPerUnit = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (ticksPerUnit < 0)
        {
            return false;
        }

        long value = 0;
        foreach (char c in text[..^1])
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        // 99,999,999 hours are less than a third of what 63 bits of ticks hold: no overflow.
        timeout = TimeSpan.FromTicks(ticksPerUnit == 0 ? (value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick : value * ticksPerUnit);
        return true;
    }

    /// <summary>Writes a time in the finest unit that it fits into, rounded up: a server must not give up before the client does.</summary>
    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            // A positive integer is asked for; a nanosecond has passed when it arrives.
            return "1n";
        }

        long ticks = timeout.Ticks;
        if (ticks <= MaxValue / TimeSpan.NanosecondsPerTick)
        {
            return Write(ticks * TimeSpan.NanosecondsPerTick, 'n');
        }

        ReadOnlySpan<(long Ticks, char Unit)> units =
        [
            (TimeSpan.TicksPerMicrosecond, 'u'),
            (TimeSpan.TicksPerMillisecond, 'm'),
            (TimeSpan.TicksPerSecond, 'S'),
            (TimeSpan.TicksPerMinute, 'M'),
        ];
        foreach ((long perUnit, char unit) in units)
        {
            long value = DivideUp(ticks, perUnit);
            if (value <= MaxValue)
            {
                return Write(value, unit);
            }
        }

        return Write(Math.Min(DivideUp(ticks, TimeSpan.TicksPerHour), MaxValue), 'H');
    }

    private static long DivideUp(long ticks, long perUnit) => (ticks / perUnit) + (ticks % perUnit == 0 ? 0 : 1);

    private static string Write(long value, char unit) => string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
}
