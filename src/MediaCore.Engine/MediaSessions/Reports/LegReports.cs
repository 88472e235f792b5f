using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Quality;
using MediaCore.Rtp.Rtcp;

namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>
/// Reports and quality of one leg: what we tell its peer about its stream (RFC 3550 §6.4, RFC 3611), what it tells us about ours, and the watch over what comes from it. Made when
/// the leg's first packet comes and kept with the pooled leg; one timer, every two seconds. About 900 bytes; owned by its shard.
/// </summary>
internal sealed class LegReports : ITimerOwner
{
    private const int CnameBytes = 16;

    private readonly RtcpRelay _relay;
    private readonly MediaLeg _leg;
    private readonly OwnedTimer _timer;
    private readonly byte[] _cname = new byte[CnameBytes];
    private QualityWindows _windows;
    private SentReports _sent;
    private SentStreamMeter _relayed;
    private SentStreamMeter _own;
    private long _ownPackets;
    private double _farLoss;
    private Timestamp _nextWindow;
    private Timestamp _nextReport;
    private Timestamp _heardRtcp;
    private Timestamp _countingSince;
    private Timestamp _referenceTimeAt;
    private Timestamp _silentSince;
    private Timestamp _missingSince;
    private double _power;
    private long _powerCount;
    private long _packetsAtWindow;
    private long _sentAtReport;
    private long _sentBefore;
    private long _sentBytesBefore;
    private uint _sentSsrc;
    private uint _referenceTime;
    private uint _referenceSsrc;
    private AudioFault _lapses;
    private int _rtcpInSecond;
    private int _windowsClosed;
    private bool _hasHeardRtcp;
    private bool _hasReported;
    private bool _hasSound;
    private bool _hasKnownCodec;
    private bool _hasLevel;
    private bool _hasName;

    public LegReports(RtcpRelay relay, MediaLeg leg)
    {
        _relay = relay;
        _leg = leg;
        _timer = new OwnedTimer(this);
    }

    /// <summary>Whether the leg is watched; from its first packet, or its peer's, until it is closed.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Whether the peer takes feedback messages: its description has a profile with feedback (RFC 4585).</summary>
    public bool TakesFeedback => _leg.IsOpaque || _leg.Terms.HasFlag(LegTerms.Feedback);

    /// <summary>Who we are in reports of our own: an SSRC and a CNAME made for this leg alone (RFC 7022), so that they lead nowhere.</summary>
    public uint OwnSsrc { get; private set; }

    /// <summary>The CNAME of everything that this peer hears.</summary>
    public ReadOnlySpan<byte> Cname => _cname;

    /// <summary>The round trip between us and the peer; zero when not known.</summary>
    public TimeSpan RoundTrip { get; private set; }

    /// <summary>The longest one.</summary>
    public TimeSpan MaxRoundTrip { get; private set; }

    /// <summary>What the peer said last about what it hears; null when nothing.</summary>
    public ReportBlock? FarEnd { get; private set; }

    /// <summary>What was wrong with its audio.</summary>
    public AudioFault Faults { get; private set; }

    /// <summary>For how long nothing came although it should have.</summary>
    public TimeSpan MissingFor { get; private set; }

    /// <summary>For how long only silence came.</summary>
    public TimeSpan SilentFor { get; private set; }

    /// <summary>The peer sends reports of its own, which the other side gets: nobody else has to report for it.</summary>
    public bool IsReporting(Timestamp now) => _hasHeardRtcp && now - _heardRtcp < RtcpInterval.Timeout;

    /// <summary>Begins the watch.</summary>
    public void Start(Timestamp now)
    {
        Reset();
        IsRunning = true;
        OwnSsrc = (uint)_relay.NextRandom() | 1;
        EnsureName();
        Renew(now);
        _nextWindow = now + ReportLimits.Window;

        // A peer with reports of its own has sent one by then, so that nobody hears two voices for it.
        _nextReport = now + RtcpInterval.Longest;
        _leg.WantsLook = true;

        // What is relayed is watched from its first packet on, so what was sent before is a prompt's.
        _ownPackets = _leg.SentPackets;
        _relay.Context.Wheel.Schedule(_timer, _nextWindow);
    }

    /// <summary>Makes the name up, once for each use of the leg.</summary>
    public void EnsureName()
    {
        if (!_hasName)
        {
            _hasName = true;
            WriteCname(_relay.NextRandom(), _relay.NextRandom());
        }
    }

    /// <summary>The leg is being closed: whoever heard reports in the stream's name hears that it is over (RFC 3550 §6.6). The figures stay until the leg is used again.</summary>
    public void Stop()
    {
        if (!IsRunning)
        {
            return;
        }

        IsRunning = false;
        _relay.Context.Wheel.Cancel(_timer);
        if (_hasReported)
        {
            _relay.SendGoodbye(_leg, this);
        }
    }

    /// <summary>The peer has another description: it is given its time to send anew.</summary>
    public void Renew(Timestamp now) => _silentSince = _missingSince = now;

    /// <summary>Forgets all of the last use.</summary>
    public void Reset()
    {
        _windows = default;
        _sent = default;
        _relayed = _own = default;
        _ownPackets = 0;
        _farLoss = 0;
        _heardRtcp = _countingSince = _referenceTimeAt = default;
        _power = 0;
        _powerCount = _packetsAtWindow = _sentAtReport = _sentBefore = _sentBytesBefore = 0;
        _sentSsrc = _referenceTime = _referenceSsrc = 0;
        _rtcpInSecond = _windowsClosed = 0;
        _hasHeardRtcp = _hasReported = _hasSound = _hasKnownCodec = _hasLevel = _hasName = false;
        Datagrams = Bytes = 0;
        RoundTrip = MaxRoundTrip = MissingFor = SilentFor = TimeSpan.Zero;
        FarEnd = null;
        Faults = _lapses = AudioFault.None;
    }

    /// <summary>
    /// Looks into a packet: asked for at the start of each window, until sound is found. A talking peer is looked at once in two seconds, a silent one packet by packet.
    /// </summary>
    public void Look(in RtpPacket packet)
    {
        if (!G711Level.Knows(packet.PayloadType))
        {
            _leg.WantsLook = false;
            return;
        }

        _hasKnownCodec = true;
        ReadOnlySpan<byte> payload = packet.Payload;
        if (!_hasLevel)
        {
            _hasLevel = true;
            NotePower(G711Level.GetPower(packet.PayloadType, payload));
        }

        if (!G711Level.IsSilent(packet.PayloadType, payload))
        {
            _hasSound = true;
            _leg.WantsLook = false;
        }
    }

    /// <summary>How loud the peer is: from a packet now and then while it is relayed, from whoever decodes it otherwise.</summary>
    /// <param name="power">Mean power of the samples, 1 for a full-scale square wave.</param>
    public void NotePower(double power)
    {
        _power += power;
        _powerCount++;
    }

    /// <summary>Counts an RTCP datagram; false when there were too many of them within a second.</summary>
    public bool Admit(Timestamp now)
    {
        if (now - _countingSince >= TimeSpan.FromSeconds(1))
        {
            _countingSince = now;
            _rtcpInSecond = 0;
        }

        return ++_rtcpInSecond <= ReportLimits.MaxPacketsPerSecond;
    }

    /// <summary>The peer has reported.</summary>
    public void NoteHeard(Timestamp now, int bytes)
    {
        _hasHeardRtcp = true;
        _heardRtcp = now;
        Datagrams++;
        Bytes += bytes;
    }

    /// <summary>When the peer's last RTCP came; null when none has.</summary>
    public Timestamp? LastHeard => _hasHeardRtcp ? _heardRtcp : null;

    /// <summary>RTCP datagrams of the peer's that were accepted.</summary>
    public long Datagrams { get; private set; }

    /// <summary>Bytes of them, less what SRTCP adds.</summary>
    public long Bytes { get; private set; }

    /// <summary>What the peer says about what it hears of us.</summary>
    public void NoteFarEnd(in ReportBlock block, Timestamp now)
    {
        FarEnd = block;
        ObserveSent(now);
        bool isRelayed = _leg.Peer is { } peer && peer.Received.Ssrc == block.Ssrc;
        _farLoss = isRelayed ? _relayed.GetLoss(block.CumulativeLost) : _own.GetLoss(block.CumulativeLost);
        NoteAnswer(block.LastSenderReport, block.DelaySinceLastSenderReport, now);
    }

    /// <summary>An answer to a report or a reference time that went to the peer.</summary>
    public void NoteAnswer(uint lastReport, uint delay, Timestamp now)
    {
        if (_sent.TryGetRoundTrip(lastReport, delay, now, out TimeSpan roundTrip))
        {
            RoundTrip = roundTrip;
            MaxRoundTrip = roundTrip > MaxRoundTrip ? roundTrip : MaxRoundTrip;
        }
    }

    /// <summary>The peer has asked for the time since its reference time (RFC 3611 §4.4).</summary>
    public void NoteReferenceTime(uint ssrc, uint ntpMiddle, Timestamp now) => (_referenceSsrc, _referenceTime, _referenceTimeAt) = (ssrc, ntpMiddle, now);

    /// <summary>A packet of a stream of our own has left to the peer, and not a relayed one.</summary>
    public void NoteOwnPacket() => _ownPackets++;

    /// <summary>A sender report leaves to the peer, ours or a relayed one.</summary>
    public void NoteSent(uint ntpMiddle, Timestamp now)
    {
        _sent.Note(ntpMiddle, now);
        _hasReported = true;
    }

    void ITimerOwner.OnTimer(OwnedTimer timer)
    {
        Timestamp now = _relay.Context.Now;
        if (now >= _nextWindow)
        {
            CloseWindow(now);
            _nextWindow = now + ReportLimits.Window;
        }

        if (now >= _nextReport)
        {
            _relay.SendReport(_leg, this);
            _nextReport = now + RtcpInterval.Next((uint)_relay.NextRandom());
        }

        _relay.Context.Wheel.Schedule(_timer, Timestamp.Min(_nextWindow, _nextReport));
    }

    /// <summary>Writes what is due to the peer; false when there is nothing to say.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="now">The time.</param>
    /// <param name="wallClock">The same moment as time of day.</param>
    /// <param name="isStandIn">In the name of the stream that the peer hears; otherwise in our own, beside the reports of whoever sends that stream.</param>
    public bool TryWriteReport(ref RtcpWriter writer, Timestamp now, DateTimeOffset wallClock, bool isStandIn)
    {
        bool hasBlock = _leg.Received.FillReportBlock(now, out ReportBlock block);
        ReadOnlySpan<ReportBlock> blocks = hasBlock ? [block] : [];
        ulong ntp = NtpTime.From(wallClock);
        uint ssrc = OwnSsrc;
        bool isSending = false;
        if (isStandIn && _leg.TryGetSentStream(now, out uint streamSsrc, out uint rtpTimestamp))
        {
            ssrc = streamSsrc;
            if (streamSsrc != _sentSsrc)
            {
                // The counts of a sender report are those of its SSRC (RFC 3550 §6.4.1).
                (_sentBefore, _sentBytesBefore) = _sentSsrc == 0 ? (0, 0) : (_sentAtReport, _leg.SentBytes * _sentAtReport / Math.Max(1, _leg.SentPackets));
                _sentSsrc = streamSsrc;
            }

            isSending = _leg.SentPackets > _sentAtReport;
            _sentAtReport = _leg.SentPackets;
            if (isSending)
            {
                long packets = _leg.SentPackets - _sentBefore;
                long octets = _leg.SentBytes - _sentBytesBefore - (packets * RtpHeader.MinBytes);
                if (!writer.TryWriteSenderReport(ssrc, ntp, rtpTimestamp, (uint)packets, (uint)octets, blocks))
                {
                    return false;
                }

                NoteSent(NtpTime.Middle(ntp), now);
            }
        }

        if (!isSending && ((!hasBlock && !isStandIn) || !writer.TryWriteReceiverReport(ssrc, blocks)))
        {
            return false;
        }

        _hasReported = true;
        return writer.TryWriteCname(ssrc, _cname) && TryWriteExtended(ref writer, ssrc, ntp, now);
    }

    /// <summary>What is said of the leg at its end; null when it never had media to be good or bad.</summary>
    public MediaQuality? GetQuality()
    {
        if (_leg.Received.Packets == 0 && Faults == AudioFault.None && FarEnd is null)
        {
            return null;
        }

        BurstGapMeter bursts = _leg.Received.GetBursts();
        double r = EModel.GetR(_leg.Codec, _leg.Received.LossFraction, bursts.BurstRatio, GetDelay());
        double mos = EModel.GetMos(r);
        bool hasHeard = _leg.Received.Packets > 0;
        return new MediaQuality
        {
            Mos = hasHeard ? Math.Round(mos, 2) : null,
            RFactor = hasHeard ? Math.Round(r, 1) : null,
            WorstMos = hasHeard ? Math.Round(_windows.WorstMos == 0 ? mos : Math.Min(mos, _windows.WorstMos), 2) : null,
            LossPercent = Percent(_leg.Received.LossFraction),
            Bursts = bursts.Bursts,
            BurstLossPercent = Percent(bursts.BurstDensity),
            BurstMilliseconds = GetMeanMilliseconds(bursts.BurstPackets, bursts.Bursts),
            GapLossPercent = Percent(bursts.GapDensity),
            GapMilliseconds = GetMeanMilliseconds(bursts.GapPackets, bursts.Gaps),
            MaxLossBurst = _leg.Received.MaxLossBurstPackets,
            OutOfOrder = _leg.Received.OutOfOrder,
            Duplicates = _leg.Received.Duplicates,
            SsrcChanges = _leg.Received.SsrcChanges,
            RoundTripMilliseconds = MaxRoundTrip == TimeSpan.Zero ? null : Math.Round(RoundTrip.TotalMilliseconds, 1),
            MaxRoundTripMilliseconds = MaxRoundTrip == TimeSpan.Zero ? null : Math.Round(MaxRoundTrip.TotalMilliseconds, 1),
            LevelDbov = GetLevel(),
            MissingMilliseconds = (long)MissingFor.TotalMilliseconds,
            SilentMilliseconds = (long)SilentFor.TotalMilliseconds,
            IsOneWay = Faults.HasFlag(AudioFault.OneWay),
            IsSilent = Faults.HasFlag(AudioFault.Silent),
            FarLossPercent = FarEnd is { } ? Percent(_farLoss) : null,
            FarJitterMilliseconds = FarEnd is { } heard && _leg.ClockRateHz > 0 ? Math.Round(heard.Jitter * 1000.0 / _leg.ClockRateHz, 1) : null,
            FarMos = FarEnd is { } ? Math.Round(EModel.GetMos(EModel.GetR(_leg.Peer?.Codec ?? _leg.Codec, _farLoss, 1, GetDelay())), 2) : null,
        };
    }

    /// <summary>Notes what has gone to the peer of the stream that is relayed, and of our own where it hears one.</summary>
    private void ObserveSent(Timestamp now)
    {
        if (_leg.Peer is { Received.Packets: > 0 } peer)
        {
            _relayed.Observe(peer.Received.Ssrc, peer.Received.SsrcReceived, peer.Received.SsrcLost, _leg.SentPackets - _ownPackets);
        }

        if (_leg.HasOwnStream && _leg.TryGetSentStream(now, out uint ssrc, out _))
        {
            _own.Observe(ssrc, _ownPackets, 0, _ownPackets);
        }
    }

    private static double Percent(double fraction) => Math.Round(100 * fraction, 2);

    private double GetMeanMilliseconds(long packets, long periods) => periods == 0 ? 0 : Math.Round(packets * GetPacketMilliseconds() / periods);

    private double GetPacketMilliseconds() => _leg.PacketMilliseconds > 0 ? _leg.PacketMilliseconds : 20;

    /// <summary>
    /// From mouth to ear, as far as it can be known: half of each side's round trip, a packet, and a jitter buffer of twice the jitter at the one who listens.
    /// </summary>
    private double GetDelay()
    {
        double network = (RoundTrip + (_leg.Peer?.Reports?.RoundTrip ?? TimeSpan.Zero)).TotalMilliseconds / 2;
        return network + GetPacketMilliseconds() + (2 * _leg.Received.JitterMilliseconds);
    }

    private double? GetLevel() => _powerCount == 0 ? null : Math.Round(Math.Max(-96, 10 * Math.Log10(Math.Max(1e-12, _power / _powerCount))), 1);

    private bool TryWriteExtended(ref RtcpWriter writer, uint ssrc, ulong ntp, Timestamp now)
    {
        bool wantsMetrics = _leg.Terms.HasFlag(LegTerms.VoipMetrics) && _leg.Received.Packets > 0;
        bool answersTime = _referenceTimeAt != default;
        bool asksTime = _leg.Terms.HasFlag(LegTerms.ReceiverRoundTrip);
        if (!wantsMetrics && !answersTime && !asksTime)
        {
            return true;
        }

        VoipMetrics? metrics = wantsMetrics ? GetMetrics() : null;
        (uint, uint, uint)? delay = answersTime ? (_referenceSsrc, _referenceTime, NtpTime.ToShort(now - _referenceTimeAt)) : null;
        if (asksTime)
        {
            _sent.Note(NtpTime.Middle(ntp), now);
        }

        return writer.TryWriteExtendedReport(ssrc, metrics, asksTime ? ntp : null, delay);
    }

    private VoipMetrics GetMetrics()
    {
        BurstGapMeter bursts = _leg.Received.GetBursts();
        double loss = _leg.Received.LossFraction;
        double conversational = EModel.GetR(_leg.Codec, loss, bursts.BurstRatio, GetDelay());
        double listening = EModel.GetR(_leg.Codec, loss, bursts.BurstRatio, 0);
        return new VoipMetrics(_leg.Received.Ssrc)
        {
            LossRate = Fraction(loss),
            BurstDensity = Fraction(bursts.BurstDensity),
            GapDensity = Fraction(bursts.GapDensity),
            BurstMilliseconds = Clip(GetMeanMilliseconds(bursts.BurstPackets, bursts.Bursts)),
            GapMilliseconds = Clip(GetMeanMilliseconds(bursts.GapPackets, bursts.Gaps)),
            RoundTripMilliseconds = Clip(RoundTrip.TotalMilliseconds),
            SignalLevel = GetLevel() is { } level ? unchecked((byte)(sbyte)Math.Clamp(level + 3, -96, 3)) : VoipMetrics.Unavailable,
            RFactor = (byte)Math.Round(conversational),
            ListeningMos = (byte)Math.Round(10 * EModel.GetMos(listening)),
            ConversationalMos = (byte)Math.Round(10 * EModel.GetMos(conversational)),
        };
    }

    private static byte Fraction(double value) => (byte)Math.Min(255, (int)(value * 256));

    private static ushort Clip(double milliseconds) => (ushort)Math.Clamp(milliseconds, 0, ushort.MaxValue);

    private void CloseWindow(Timestamp now)
    {
        MediaLeg? peer = _leg.Peer;
        if (peer is { Port: not null, Reports: not { IsRunning: true } })
        {
            // Connected since then, and whoever never sends a packet has to be watched too.
            _relay.Watch(peer);
        }

        ObserveSent(now);
        _windows.Close(_leg.Received, _leg.Codec, GetDelay());
        long packets = _leg.Received.Packets - _packetsAtWindow;
        _packetsAtWindow = _leg.Received.Packets;
        bool isExpected = _leg.Terms.HasFlag(LegTerms.Answered | LegTerms.MaySend) && peer is { } && peer.Terms.HasFlag(LegTerms.Answered | LegTerms.MayReceive);
        if (!isExpected)
        {
            Renew(now);
        }
        else
        {
            WatchMissing(peer!, packets, now);
            WatchSilence(packets, now);
        }

        _hasSound = _hasLevel = _hasKnownCodec = false;
        _leg.WantsLook = true;
        if (++_windowsClosed % ReportLimits.WindowCount == 0)
        {
            _relay.Watcher?.OnQuality(_leg);
        }
    }

    private void WatchMissing(MediaLeg peer, long packets, Timestamp now)
    {
        bool isOtherHeard = peer.Received.Packets > 0 && now - peer.Received.LastArrival < ReportLimits.Window;
        bool suppresses = _leg.Received.Packets > 0 && _leg.LastPayloadBytes <= ReportLimits.MaxSilenceDescriptorBytes;
        if (packets > 0 || !isOtherHeard || suppresses)
        {
            EndLapse(AudioFault.OneWay);
            _missingSince = packets > 0 ? _leg.Received.LastArrival : now;
            return;
        }

        TimeSpan missing = now - _missingSince;
        if (missing < ReportLimits.FaultAfter)
        {
            return;
        }

        // The whole of it at once when it is first seen, then window by window.
        MissingFor += missing - ReportLimits.Window < ReportLimits.FaultAfter ? missing : ReportLimits.Window;
        Report(AudioFault.OneWay);
    }

    private void WatchSilence(long packets, Timestamp now)
    {
        if (packets == 0 || _hasSound || !_hasKnownCodec)
        {
            EndLapse(AudioFault.Silent);
            _silentSince = now;
            return;
        }

        TimeSpan silent = now - _silentSince;
        if (silent < ReportLimits.FaultAfter)
        {
            return;
        }

        SilentFor += silent - ReportLimits.Window < ReportLimits.FaultAfter ? silent : ReportLimits.Window;
        Report(AudioFault.Silent);
    }

    private void Report(AudioFault fault)
    {
        if (!_lapses.HasFlag(fault))
        {
            _lapses |= fault;
            _relay.Watcher?.OnLapse(_leg, fault, isOver: false);
        }

        if (!Faults.HasFlag(fault))
        {
            Faults |= fault;
            _relay.NoteFault(_leg, fault);
        }
    }

    private void EndLapse(AudioFault fault)
    {
        if (_lapses.HasFlag(fault))
        {
            _lapses &= ~fault;
            _relay.Watcher?.OnLapse(_leg, fault, isOver: true);
        }
    }

    private void WriteCname(ulong first, ulong second)
    {
        // 96 random bits as base64 (RFC 7022).
        Span<byte> random = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(random, first);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(random[8..], second);
        System.Buffers.Text.Base64.EncodeToUtf8(random[..12], _cname, out _, out _);
    }
}
