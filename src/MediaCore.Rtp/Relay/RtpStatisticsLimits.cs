namespace MediaCore.Rtp.Relay;

/// <summary>Constants of RFC 3550 §A.1 and bounds of <see cref="RtpReceiverStatistics"/>.</summary>
public static class RtpStatisticsLimits
{
    /// <summary>Largest forward step that is loss and not another stream: MAX_DROPOUT of RFC 3550 §A.1, a minute at 50 packets per second.</summary>
    public const int MaxDropoutPackets = 3000;

    /// <summary>Largest backward step that is reordering and not another stream: MAX_MISORDER of RFC 3550 §A.1.</summary>
    public const int MaxMisorderPackets = 100;

    /// <summary>How far back duplicates are recognised: one machine word of sequence numbers, as the smallest SRTP replay list has (RFC 3711 §3.3.2).</summary>
    public const int DuplicateWindowPackets = 64;

    /// <summary>
    /// Largest change of transit time between two packets that counts as jitter: 10 s. More is a sender that restarted its timestamp without saying so, and would
    /// drown every real figure for minutes.
    /// </summary>
    public const int MaxTransitChangeSeconds = 10;
}
