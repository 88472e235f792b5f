namespace MediaCore.Engine.CallRecords;

/// <summary>
/// How good the audio of one leg was: of what its peer sent us, by our own count, and of what it heard from us, by its own reports (RFC 3550 §6.4). Scores are of the E-model (ITU-T G.107)
/// and mean conversational quality, 1 to 4.5.
/// </summary>
public sealed record MediaQuality
{
    /// <summary>Opinion score of the whole call; null when no packet came.</summary>
    public double? Mos { get; init; }

    /// <summary>R factor of the whole call, 0 to 93.2.</summary>
    public double? RFactor { get; init; }

    /// <summary>The lowest score of any ten seconds.</summary>
    public double? WorstMos { get; init; }

    /// <summary>Packets lost of those expected.</summary>
    public double LossPercent { get; init; }

    /// <summary>Bursts of loss (RFC 3611 §4.7.2, Gmin 16).</summary>
    public long Bursts { get; init; }

    /// <summary>Loss within them.</summary>
    public double BurstLossPercent { get; init; }

    /// <summary>Their mean duration.</summary>
    public double BurstMilliseconds { get; init; }

    /// <summary>Loss outside of them.</summary>
    public double GapLossPercent { get; init; }

    /// <summary>Mean duration of the gaps between them.</summary>
    public double GapMilliseconds { get; init; }

    /// <summary>Most packets missing in a row.</summary>
    public int MaxLossBurst { get; init; }

    /// <summary>Packets that came after a later one.</summary>
    public long OutOfOrder { get; init; }

    /// <summary>Packets that came twice.</summary>
    public long Duplicates { get; init; }

    /// <summary>How often the peer changed its SSRC.</summary>
    public long SsrcChanges { get; init; }

    /// <summary>Round trip between us and the peer, last measured; null when no report allowed it.</summary>
    public double? RoundTripMilliseconds { get; init; }

    /// <summary>The longest one.</summary>
    public double? MaxRoundTripMilliseconds { get; init; }

    /// <summary>Mean level of what the peer said, in dB below a full-scale square wave; null for codecs that we did not decode.</summary>
    public double? LevelDbov { get; init; }

    /// <summary>Nothing came for seconds although it should have, while the other side's packets came.</summary>
    public bool IsOneWay { get; init; }

    /// <summary>For how long, from the first second of it.</summary>
    public long MissingMilliseconds { get; init; }

    /// <summary>Only digital silence came for seconds.</summary>
    public bool IsSilent { get; init; }

    /// <summary>For how long, from the first second of it.</summary>
    public long SilentMilliseconds { get; init; }

    /// <summary>What the peer says it lost of what we sent; null when it did not report.</summary>
    public double? FarLossPercent { get; init; }

    /// <summary>The jitter that it reports.</summary>
    public double? FarJitterMilliseconds { get; init; }

    /// <summary>The score of what it heard, by its own loss.</summary>
    public double? FarMos { get; init; }
}
