namespace MediaCore.Rtp.Rtcp;

/// <summary>
/// When the next report is due, RFC 3550 §6.3.1, for a session of two members: with a telephone call's bandwidth the five-second minimum always rules, so that only the
/// randomisation is left.
/// </summary>
public static class RtcpInterval
{
    /// <summary>e − 3/2, which compensates for timer reconsideration converging below the mean (RFC 3550 §6.3.1).</summary>
    private const double Compensation = 1.21828;

    /// <summary>Tmin of RFC 3550 §6.2.</summary>
    public static readonly TimeSpan Minimum = TimeSpan.FromSeconds(5);

    /// <summary>Longest time between two reports of somebody who sends them: 1.5 × Tmin ÷ 1.21828.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5 * 1.5 / Compensation);

    /// <summary>Someone who was silent for five intervals has left or sends no RTCP (RFC 3550 §6.3.5).</summary>
    public static readonly TimeSpan Timeout = 5 * Minimum;

    /// <summary>The interval for 32 random bits: 2.05 to 6.16 s, 4.1 s in the mean.</summary>
    public static TimeSpan Next(uint random) => Minimum * (((random / (double)uint.MaxValue) + 0.5) / Compensation);
}
