using MediaCore.Primitives;
using MediaCore.Rtp.Quality;
using MediaCore.Rtp.Rtcp;

namespace MediaCore.Rtp.Relay;

/// <summary>
/// What a leg received: RFC 3550 §A.1 (sequence numbers), §A.3 (loss) and §A.8 (jitter). One instance per leg, constant size: a new SSRC restarts the
/// sequence and the jitter and keeps the leg's totals, so a storm of SSRCs costs no memory. Owned by its shard.
/// <para>
/// Two choices where RFC 3550 leaves room: duplicates do not make up for loss (the RFC's figure can go negative, ours cannot), and packets that share the previous
/// timestamp, as those of a telephone event do (RFC 4733 §2.2), say nothing about jitter.
/// </para>
/// </summary>
public struct RtpReceiverStatistics
{
    private const uint NoBadSequence = (1 << 16) + 1;

    private ulong _seen;
    private BurstGapMeter _bursts;
    private long _lastLost;
    private long _lostBefore;
    private long _expectedBefore;
    private long _receivedInSegment;
    private long _expectedPrior;
    private long _receivedPrior;
    private uint _baseSequence;
    private uint _cycles;
    private uint _badSequence;
    private uint _transit;
    private uint _lastTimestamp;
    private uint _jitterTimes16;
    private uint _maxJitterTimes16;
    private uint _clockRateHz;
    private uint _lastSenderReport;
    private Timestamp _lastSenderReportAt;
    private Timestamp _lastArrival;
    private ushort _maxSequence;
    private bool _hasTransit;

    /// <summary>Packets received, duplicates and all SSRCs included.</summary>
    public long Packets { get; private set; }

    /// <summary>Payload bytes received.</summary>
    public long Bytes { get; private set; }

    /// <summary>Packets that came twice within <see cref="RtpStatisticsLimits.DuplicateWindowPackets"/>.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Packets that came after one with a higher sequence number, duplicates left out.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>How often the SSRC changed after the first one.</summary>
    public long SsrcChanges { get; private set; }

    /// <summary>How often the sequence restarted without a new SSRC (RFC 3550 §A.1: two packets in a row out of range).</summary>
    public long SequenceRestarts { get; private set; }

    /// <summary>The SSRC heard last; 0 before any.</summary>
    public uint Ssrc { get; private set; }

    /// <summary>Longest run of sequence numbers that were missing when the next one came, in packets.</summary>
    public int MaxLossBurstPackets { get; private set; }

    /// <summary>Longest time between two packets.</summary>
    public TimeSpan MaxArrivalGap { get; private set; }

    /// <summary>When the last packet came; <see cref="Timestamp.Zero"/> before any.</summary>
    public readonly Timestamp LastArrival => _lastArrival;

    /// <summary>Highest sequence number of the current SSRC with its wraps in the upper half.</summary>
    public readonly uint ExtendedHighestSequence => _cycles + _maxSequence;

    /// <summary>Packets expected from the sequence numbers, all SSRCs.</summary>
    public readonly long Expected => _expectedBefore + ExpectedInSegment;

    /// <summary>Packets missing, all SSRCs; late ones are not missing. Never negative.</summary>
    public readonly long Lost => _lostBefore + LostInSegment;

    /// <summary>Packets of the current SSRC, since its sequence began or was restarted; duplicates and late ones from before it left out.</summary>
    public readonly long SsrcReceived => _receivedInSegment;

    /// <summary>Packets of the same that are missing.</summary>
    public readonly long SsrcLost => LostInSegment;

    /// <summary><see cref="Lost"/> in <see cref="Expected"/>, 0 to 1.</summary>
    public readonly double LossFraction => Expected == 0 ? 0 : (double)Lost / Expected;

    /// <summary>Interarrival jitter of the current SSRC in RTP timestamp units, as reports carry it.</summary>
    public readonly uint Jitter => _jitterTimes16 >> 4;

    /// <summary>Interarrival jitter of the current SSRC.</summary>
    public readonly double JitterMilliseconds => ToMilliseconds(_jitterTimes16);

    /// <summary>Highest value that <see cref="JitterMilliseconds"/> ever had.</summary>
    public readonly double MaxJitterMilliseconds => ToMilliseconds(_maxJitterTimes16);

    private readonly long ExpectedInSegment => _receivedInSegment == 0 ? 0 : (long)_cycles + _maxSequence - _baseSequence + 1;

    private readonly long LostInSegment => Math.Max(0, ExpectedInSegment - _receivedInSegment);

    /// <summary>The RTP timestamp that the current SSRC's clock has reached, by its last packet; 0 before any and where no clock rate was known.</summary>
    public readonly uint GetRtpTimestamp(Timestamp now) =>
        _hasTransit ? unchecked(_lastTimestamp + (uint)(long)((now - _lastArrival).TotalSeconds * _clockRateHz)) : 0;

    /// <summary>Bursts and gaps of all SSRCs until now (RFC 3611 §4.7.2); reordered packets within <see cref="RtpStatisticsLimits.DuplicateWindowPackets"/> are no losses.</summary>
    public readonly BurstGapMeter GetBursts()
    {
        RtpReceiverStatistics copy = this;
        copy._bursts.Finish(copy.SettleSegment());
        return copy._bursts;
    }

    /// <summary>Counts one valid packet that the leg accepted.</summary>
    /// <param name="seq">Sequence number.</param>
    /// <param name="rtpTimestamp">RTP timestamp.</param>
    /// <param name="ssrc">SSRC.</param>
    /// <param name="payloadBytes">Payload bytes without padding.</param>
    /// <param name="now">When it came.</param>
    /// <param name="clockRateHz">The clock of its payload type; 0 when unknown, which leaves jitter as it is.</param>
    public void Update(ushort seq, uint rtpTimestamp, uint ssrc, int payloadBytes, Timestamp now, uint clockRateHz)
    {
        bool first = Packets == 0;
        Packets++;
        Bytes += payloadBytes;
        if (!first)
        {
            TimeSpan gap = now - _lastArrival;
            if (gap > MaxArrivalGap)
            {
                MaxArrivalGap = gap;
            }
        }

        _lastArrival = now;
        if (first || ssrc != Ssrc)
        {
            if (!first)
            {
                SsrcChanges++;
            }

            long run = first ? 0 : CloseSegment();
            Ssrc = ssrc;
            _lastSenderReport = 0;
            RestartJitter();
            StartSegment(seq, run);
        }
        else if (!UpdateSequence(seq))
        {
            return;
        }

        UpdateJitter(rtpTimestamp, now, clockRateHz);
    }

    /// <summary>Remembers an SR of the current SSRC for LSR and DLSR; one of another SSRC is ignored.</summary>
    public void RecordSenderReport(uint ssrc, uint ntpMiddle, Timestamp now)
    {
        if (Packets > 0 && ssrc == Ssrc)
        {
            _lastSenderReport = ntpMiddle;
            _lastSenderReportAt = now;
        }
    }

    /// <summary>
    /// The report block about the current SSRC, RFC 3550 §A.3, and the start of the next interval for its fraction. False before any packet.
    /// </summary>
    public bool FillReportBlock(Timestamp now, out ReportBlock block)
    {
        block = default;
        if (Packets == 0)
        {
            return false;
        }

        long expectedInterval = ExpectedInSegment - _expectedPrior;
        long lostInterval = expectedInterval - (_receivedInSegment - _receivedPrior);
        _expectedPrior = ExpectedInSegment;
        _receivedPrior = _receivedInSegment;
        long fraction = expectedInterval <= 0 || lostInterval <= 0 ? 0 : Math.Min(255, (lostInterval << 8) / expectedInterval);
        uint delay = 0;
        if (_lastSenderReport != 0)
        {
            // 1/65536 s; 18 hours fit, and a peer that stays silent for longer gets the largest value.
            double units = (now - _lastSenderReportAt).TotalSeconds * 65536;
            delay = units >= uint.MaxValue ? uint.MaxValue : (uint)Math.Max(0, units);
        }

        int lost = (int)Math.Min(LostInSegment, 0x7f_ffff);
        block = new ReportBlock(Ssrc, (byte)fraction, lost, ExtendedHighestSequence, Jitter, _lastSenderReport, delay);
        return true;
    }

    private readonly double ToMilliseconds(uint jitterTimes16) => _clockRateHz == 0 ? 0 : jitterTimes16 / 16.0 * 1000 / _clockRateHz;

    private void StartSegment(ushort seq, long receivedSinceLoss)
    {
        _lastLost = seq - 1L - receivedSinceLoss;
        _baseSequence = seq;
        _maxSequence = seq;
        _badSequence = NoBadSequence;
        _cycles = 0;
        _seen = 1;
        _receivedInSegment = 1;
        _expectedPrior = 0;
        _receivedPrior = 0;
    }

    /// <summary>Adds the segment to the totals; returns how many packets came since its last loss.</summary>
    private long CloseSegment()
    {
        _lostBefore += LostInSegment;
        _expectedBefore += ExpectedInSegment;
        return SettleSegment();
    }

    /// <summary>Nothing more is waited for: what the window lacks is lost. Returns how many packets came since the last loss.</summary>
    private long SettleSegment()
    {
        if (_receivedInSegment == 0)
        {
            return 0;
        }

        SettleLosses(RtpStatisticsLimits.DuplicateWindowPackets);
        return (long)_cycles + _maxSequence - _lastLost;
    }

    /// <summary>The window moves on: the numbers that leave it without having come are lost, and a step longer than the window takes all the numbers that it passes over.</summary>
    private void SettleLosses(int step)
    {
        long highest = (long)_cycles + _maxSequence;
        for (int i = Math.Min(step, RtpStatisticsLimits.DuplicateWindowPackets) - 1, age = RtpStatisticsLimits.DuplicateWindowPackets - 1; i >= 0; i--, age--)
        {
            long number = highest - age;
            if (number >= _baseSequence && ((_seen >> age) & 1) == 0)
            {
                _bursts.Lose(number - _lastLost - 1);
                _lastLost = number;
            }
        }

        int passed = step - RtpStatisticsLimits.DuplicateWindowPackets;
        if (passed > 0)
        {
            _bursts.Lose(highest - _lastLost, passed);
            _lastLost = highest + passed;
        }
    }

    private void RestartJitter()
    {
        _jitterTimes16 = 0;
        _hasTransit = false;
    }

    /// <summary>RFC 3550 §A.1 update_seq; false when the packet belongs to no sequence that we know (yet).</summary>
    private bool UpdateSequence(ushort seq)
    {
        uint step = unchecked((ushort)(seq - _maxSequence));
        if (step == 0)
        {
            Duplicates++;
            return false;
        }

        if (step < RtpStatisticsLimits.MaxDropoutPackets)
        {
            // The oldest number of the window is settled now; nearly always it has come, and there is nothing to do.
            if (step != 1 || (long)_seen >= 0)
            {
                SettleLosses((int)step);
            }

            if (seq < _maxSequence)
            {
                _cycles = unchecked(_cycles + (1 << 16));
            }

            _maxSequence = seq;
            _badSequence = NoBadSequence;
            _seen = step >= RtpStatisticsLimits.DuplicateWindowPackets ? 1 : (_seen << (int)step) | 1;
            _receivedInSegment++;
            MaxLossBurstPackets = Math.Max(MaxLossBurstPackets, (int)step - 1);
            return true;
        }

        uint back = (1 << 16) - step;
        if (back > RtpStatisticsLimits.MaxMisorderPackets)
        {
            return UpdateBadSequence(seq);
        }

        return UpdateMisordered(back);
    }

    /// <summary>A jump: one packet may be a stray, two in a row are a sender that restarted.</summary>
    private bool UpdateBadSequence(ushort seq)
    {
        if (seq != _badSequence)
        {
            _badSequence = (ushort)(seq + 1);
            return false;
        }

        SequenceRestarts++;
        StartSegment((ushort)(seq - 1), CloseSegment());
        _maxSequence = seq;
        _cycles = seq == 0 ? 1u << 16 : 0;
        _seen = 3;
        _receivedInSegment = 2;
        RestartJitter();
        return true;
    }

    private bool UpdateMisordered(uint back)
    {
        if (back < RtpStatisticsLimits.DuplicateWindowPackets)
        {
            ulong bit = 1UL << (int)back;
            if ((_seen & bit) != 0)
            {
                Duplicates++;
                return false;
            }

            _seen |= bit;
        }

        OutOfOrder++;

        // Late from before the first packet that we heard: it was never expected, so it must not make up for a loss.
        long extended = (long)_cycles + _maxSequence - back;
        if (extended >= _baseSequence)
        {
            _receivedInSegment++;
        }

        return true;
    }

    private void UpdateJitter(uint rtpTimestamp, Timestamp now, uint clockRateHz)
    {
        if (clockRateHz == 0)
        {
            return;
        }

        if (clockRateHz != _clockRateHz)
        {
            // Another clock: what was measured is in other units. The maximum is converted, the running value starts again.
            _maxJitterTimes16 = _clockRateHz == 0 ? 0 : (uint)((ulong)_maxJitterTimes16 * clockRateHz / _clockRateHz);
            _clockRateHz = clockRateHz;
            RestartJitter();
        }

        long seconds = now.Nanoseconds / 1_000_000_000;
        long rest = now.Nanoseconds % 1_000_000_000;
        uint arrival = unchecked((uint)((seconds * clockRateHz) + (rest * clockRateHz / 1_000_000_000)));
        uint transit = unchecked(arrival - rtpTimestamp);
        if (!_hasTransit)
        {
            _hasTransit = true;
        }
        else if (rtpTimestamp == _lastTimestamp)
        {
            return;
        }
        else
        {
            long change = Math.Abs((long)unchecked((int)(transit - _transit)));
            if (change <= (long)clockRateHz * RtpStatisticsLimits.MaxTransitChangeSeconds)
            {
                // RFC 3550 §A.8: J += (|D| - J) / 16, kept times 16 with rounding.
                _jitterTimes16 = (uint)(_jitterTimes16 + change - ((_jitterTimes16 + 8) >> 4));
                _maxJitterTimes16 = Math.Max(_maxJitterTimes16, _jitterTimes16);
            }
        }

        _transit = transit;
        _lastTimestamp = rtpTimestamp;
    }
}
