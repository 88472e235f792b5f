namespace MediaCore.Rtp.Rtcp;

/// <summary>NTP timestamps as RTCP carries them (RFC 3550 §4): seconds since 1900 in 32.32 fixed point.</summary>
public static class NtpTime
{
    private const long UnixEpochSeconds = 2_208_988_800;

    /// <summary>A time of day as 64-bit NTP timestamp, to 100 ns; wraps in 2036 as NTP does.</summary>
    public static ulong From(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        ulong fraction = (ulong)(((UInt128)(ulong)rest << 32) / TimeSpan.TicksPerSecond);
        return ((ulong)(uint)(seconds + UnixEpochSeconds) << 32) | fraction;
    }

    /// <summary>The middle 32 bits, which LSR and LRR give back: 16.16 seconds.</summary>
    public static uint Middle(ulong timestamp) => (uint)(timestamp >> 16);

    /// <summary>A span in 1/65536 s, as DLSR and DLRR carry it; clamped to what 32 bits hold.</summary>
    public static uint ToShort(TimeSpan span) => (uint)Math.Clamp(span.TotalSeconds * 65536, 0, uint.MaxValue);

    /// <summary>A span of 1/65536 s.</summary>
    public static TimeSpan FromShort(uint units) => TimeSpan.FromTicks((long)((ulong)units * TimeSpan.TicksPerSecond / 65536));
}
