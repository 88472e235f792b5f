namespace MediaCore.Rtp.Quality;

/// <summary>
/// Bursts and gaps of a packet stream, RFC 3611 §4.7.2 with Gmin 16: driven by losses, with the packets that came between them counted by whoever drives it. Constant size,
/// constant work per loss. Take a copy and <see cref="Finish"/> it for a report.
/// </summary>
public struct BurstGapMeter
{
    /// <summary>Received packets in a row that end a burst; the value RFC 3611 §4.7.2 recommends.</summary>
    public const int Gmin = 16;

    private long _clusterPackets;
    private long _clusterLost;

    /// <summary>Bursts.</summary>
    public long Bursts { get; private set; }

    /// <summary>Packets expected within bursts.</summary>
    public long BurstPackets { get; private set; }

    /// <summary>Packets lost within bursts.</summary>
    public long BurstLost { get; private set; }

    /// <summary>Packets expected within gaps.</summary>
    public long GapPackets { get; private set; }

    /// <summary>Packets lost within gaps.</summary>
    public long GapLost { get; private set; }

    /// <summary>Runs of consecutive losses.</summary>
    public long LossRuns { get; private set; }

    /// <summary>Gaps: one before the first burst and one after each.</summary>
    public readonly long Gaps => BurstPackets + GapPackets == 0 ? 0 : Bursts + 1;

    /// <summary>Loss within bursts, 0 to 1.</summary>
    public readonly double BurstDensity => BurstPackets == 0 ? 0 : (double)BurstLost / BurstPackets;

    /// <summary>Loss within gaps, 0 to 1.</summary>
    public readonly double GapDensity => GapPackets == 0 ? 0 : (double)GapLost / GapPackets;

    /// <summary>
    /// BurstR of ITU-T G.107: the mean length of a loss run to what it would be, were losses independent of each other; 1 without loss, and never less.
    /// </summary>
    public readonly double BurstRatio
    {
        get
        {
            long lost = BurstLost + GapLost;
            long expected = BurstPackets + GapPackets;
            return LossRuns == 0 || lost >= expected ? 1 : Math.Max(1, (double)lost / LossRuns * (expected - lost) / expected);
        }
    }

    /// <summary>Packets were lost in a row.</summary>
    /// <param name="receivedBefore">Packets that came since the loss before this one, or since the start.</param>
    /// <param name="packets">How many were lost.</param>
    public void Lose(long receivedBefore, long packets = 1)
    {
        // The stream counts as preceded by Gmin received packets, so that the first loss begins a cluster whatever came before it.
        if (_clusterLost == 0 || receivedBefore >= Gmin)
        {
            CloseCluster();
            GapPackets += receivedBefore;
            (_clusterPackets, _clusterLost) = (packets, packets);
            LossRuns++;
            return;
        }

        LossRuns += receivedBefore > 0 ? 1 : 0;
        _clusterPackets += receivedBefore + packets;
        _clusterLost += packets;
    }

    /// <summary>The stream, or the time that is reported, is over.</summary>
    /// <param name="receivedSince">Packets that came since the last loss, or since the start.</param>
    public void Finish(long receivedSince)
    {
        CloseCluster();
        GapPackets += receivedSince;
    }

    private void CloseCluster()
    {
        if (_clusterLost > 1)
        {
            Bursts++;
            BurstPackets += _clusterPackets;
            BurstLost += _clusterLost;
        }
        else
        {
            GapPackets += _clusterPackets;
            GapLost += _clusterLost;
        }

        _clusterPackets = _clusterLost = 0;
    }
}
