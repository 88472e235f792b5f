using MediaCore.Rtp.Rtcp;

namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>Bounds and times of the reports and of the watch over a leg's audio.</summary>
internal static class ReportLimits
{
    /// <summary>
    /// RTCP datagrams taken from one leg in a second; more are dropped and counted. Two participants send one each four seconds (RFC 3550 §6.2), feedback of audio at most one per lost packet (RFC 4585 §3.5).
    /// </summary>
    public const int MaxPacketsPerSecond = 50;

    /// <summary>Sender reports whose way back is remembered, for the round trip: two intervals of two reporters (<see cref="RtcpInterval"/>).</summary>
    public const int MaxSentReports = 4;

    /// <summary>Windows that make up the ten seconds of the worst score.</summary>
    public const int WindowCount = 5;

    /// <summary>How long a leg's figures are gathered before they are looked at.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <summary>
    /// So long nothing may come, or only silence, before it is said: with windows of 2 s it is noticed after 4 to 6 s. A pause in speech is not silent: there is noise in the room.
    /// </summary>
    public static readonly TimeSpan FaultAfter = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Payloads of up to so many bytes before a pause are a silence descriptor, after which a sender may be silent for long: comfort noise (RFC 3389) has 1 to 11, G.729 Annex B 2, Opus DTX 1 or 2.
    /// </summary>
    public const int MaxSilenceDescriptorBytes = 11;
}
