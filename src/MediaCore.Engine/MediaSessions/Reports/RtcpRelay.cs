using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Rtp.Rtcp;

namespace MediaCore.Engine.MediaSessions.Reports;

/// <summary>
/// The RTCP path of one shard (docs/adr/0015-rtcp.md). What comes from a leg's peer is checked, read for what it says of us, and passed to the other leg taken apart and put together anew: reports as
/// they are, since packets are relayed with the SSRC and numbers of their sender, names replaced, farewells held back. Where a peer sends no reports, or the packets are our own,
/// the reports are ours. Nothing is allocated per packet.
/// </summary>
internal sealed class RtcpRelay(ShardContext context, RtpRelay relay)
{
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(RtpRelay.MaxPacketBytes, pinned: true);

    private Timestamp _nextFaultLog;

    public ShardContext Context => context;

    /// <summary>Is told what legs are like; null for nobody.</summary>
    public ILegWatcher? Watcher { get; set; }

    /// <summary>Random bits for SSRCs, names and intervals.</summary>
    public ulong NextRandom() => context.Identifiers.Next();

    /// <summary>Begins to watch a leg and to report to its peer; nothing when that has begun.</summary>
    public LegReports Watch(MediaLeg leg)
    {
        LegReports reports = leg.Reports ??= new LegReports(this, leg);
        if (!reports.IsRunning)
        {
            reports.Start(context.Now);
        }

        return reports;
    }

    /// <summary>An RTCP datagram for a leg, authenticated where the leg has SRTP.</summary>
    public void Handle(MediaLeg leg, ReadOnlySpan<byte> datagram, in NetworkEndpoint source)
    {
        ShardStatistics statistics = context.Statistics;

        // A report has at least a header and an SSRC; four octets once disabled a peer's checks (AST-2017-008).
        if (datagram.Length < 8 || !IsWellFormed(datagram))
        {
            statistics.RtpMalformed++;
            return;
        }

        if (!leg.Latch.AcceptsControlFrom(source))
        {
            statistics.RtpRejectedSource++;
            return;
        }

        LegReports reports = Watch(leg);
        if (!reports.Admit(context.Now))
        {
            statistics.RtcpFlooded++;
            return;
        }

        if (IsForeign(leg, datagram))
        {
            statistics.RtcpForeign++;
            return;
        }

        if (!leg.Terms.HasFlag(LegTerms.RtcpMux))
        {
            RtpRelay.NoteRtcpSource(leg, source);
        }

        reports.NoteHeard(context.Now, datagram.Length);
        Read(leg, reports, datagram);
        if (leg is { IsBlocked: false, Peer: { Port: not null, HasOwnStream: false } peer })
        {
            Pass(peer, Watch(peer), datagram);
        }
    }

    /// <summary>RTCP of a line beside the audio, its source accepted: passed with the names replaced, feedback included, since the two sides have agreed on that by themselves.</summary>
    public void HandleOpaque(MediaLeg leg, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < 8 || !IsWellFormed(datagram))
        {
            context.Statistics.RtpMalformed++;
            return;
        }

        if (leg is { IsBlocked: false, Peer: { Port: not null } peer })
        {
            LegReports reports = peer.Reports ??= new LegReports(this, peer);
            reports.EnsureName();
            Pass(peer, reports, datagram);
        }
    }

    /// <summary>A leg's report is due: in the name of the stream that its peer hears when nobody else reports for it, in our own when the peer wants more than that.</summary>
    public void SendReport(MediaLeg leg, LegReports reports)
    {
        if (leg.Port is null || (leg.Received.Packets == 0 && leg.SentPackets == 0))
        {
            return;
        }

        bool isStandIn = leg.HasOwnStream || leg.Peer is not { IsBlocked: false, Reports: { } others } || !others.IsReporting(context.Now);
        if (!isStandIn && (leg.Terms & (LegTerms.VoipMetrics | LegTerms.ReceiverRoundTrip)) == LegTerms.None)
        {
            return;
        }

        RtcpWriter writer = new(_scratch);
        if (reports.TryWriteReport(ref writer, context.Now, context.WallClock, isStandIn))
        {
            Send(leg, writer.Length);
        }
    }

    /// <summary>The stream that a leg's peer heard of in reports is over (RFC 3550 §6.6).</summary>
    public void SendGoodbye(MediaLeg leg, LegReports reports)
    {
        RtcpWriter writer = new(_scratch);
        uint ssrc = leg.TryGetSentStream(context.Now, out uint streamSsrc, out _) ? streamSsrc : reports.OwnSsrc;
        if (writer.TryWriteReceiverReport(ssrc, []) && writer.TryWriteCname(ssrc, reports.Cname) && writer.TryWriteBye(ssrc))
        {
            Send(leg, writer.Length);
        }
    }

    /// <summary>Something is wrong with a leg's audio: counted, and logged at most once a second.</summary>
    public void NoteFault(MediaLeg leg, AudioFault fault)
    {
        if (fault == AudioFault.OneWay)
        {
            context.Statistics.OneWayLegs++;
        }
        else
        {
            context.Statistics.SilentLegs++;
        }

        if (context.Now >= _nextFaultLog)
        {
            _nextFaultLog = context.Now + TimeSpan.FromSeconds(1);
            relay.LogFault(leg, fault);
        }

        Watcher?.OnFault(leg, fault);
    }

    private void Send(MediaLeg leg, int length)
    {
        if (relay.SendRtcp(leg, _scratch.AsSpan(0, length)))
        {
            context.Statistics.RtcpSent++;
        }
    }

    /// <summary>Whether a datagram is RTCP packets from its first byte to its last, with in each what it says is in it.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> datagram)
    {
        RtcpPacketEnumerator packets = new(datagram);
        bool isShort = false;
        while (packets.MoveNext())
        {
            RtcpPacket packet = packets.Current;

            // A packet with less in it than it counts is no sender's: whoever reads past its end reads somebody else's memory.
            isShort |= packet.Type switch
            {
                RtcpPacketType.SenderReport => !SenderReport.TryParse(packet, out _),
                RtcpPacketType.ReceiverReport => !ReceiverReport.TryParse(packet, out _),
                RtcpPacketType.Goodbye => !Bye.TryParse(packet, out _),
                _ => false,
            };
        }

        return !packets.IsMalformed && !isShort;
    }

    /// <summary>Whether a sender report is about another stream than the one that comes from there: forged, or too old to be of use.</summary>
    private static bool IsForeign(MediaLeg leg, ReadOnlySpan<byte> datagram)
    {
        if (leg.Received.Packets == 0)
        {
            return false;
        }

        foreach (RtcpPacket packet in new RtcpPacketEnumerator(datagram))
        {
            if (packet.Type == RtcpPacketType.SenderReport && packet.Ssrc != leg.Received.Ssrc)
            {
                return true;
            }
        }

        return false;
    }

    private void Read(MediaLeg leg, LegReports reports, ReadOnlySpan<byte> datagram)
    {
        Timestamp now = context.Now;
        uint ours = leg.TryGetSentStream(now, out uint ssrc, out _) ? ssrc : reports.OwnSsrc;
        foreach (RtcpPacket packet in new RtcpPacketEnumerator(datagram))
        {
            if (SenderReport.TryParse(packet, out SenderReport sent))
            {
                leg.Received.RecordSenderReport(sent.Ssrc, sent.NtpMiddle, now);
                for (int i = 0; i < sent.BlockCount; i++)
                {
                    NoteBlock(reports, sent.GetBlock(i), ours, now);
                }
            }
            else if (ReceiverReport.TryParse(packet, out ReceiverReport received))
            {
                for (int i = 0; i < received.BlockCount; i++)
                {
                    NoteBlock(reports, received.GetBlock(i), ours, now);
                }
            }
            else if (ExtendedReport.TryParse(packet, out ExtendedReport extended))
            {
                ReadExtended(reports, ref extended, ours, now);
            }
        }
    }

    private static void NoteBlock(LegReports reports, in ReportBlock block, uint ours, Timestamp now)
    {
        if (block.Ssrc == ours)
        {
            reports.NoteFarEnd(block, now);
        }
    }

    private static void ReadExtended(LegReports reports, ref ExtendedReport extended, uint ours, Timestamp now)
    {
        while (extended.TryReadNext())
        {
            if (extended.TryGetReferenceTime(out ulong time))
            {
                reports.NoteReferenceTime(extended.Ssrc, NtpTime.Middle(time), now);
            }
            else if (extended.TryGetDelay(ours, out uint last, out uint delay) || extended.TryGetDelay(reports.OwnSsrc, out last, out delay))
            {
                reports.NoteAnswer(last, delay, now);
            }
        }
    }

    /// <summary>Passes a datagram on to a leg's peer.</summary>
    private void Pass(MediaLeg to, LegReports reports, ReadOnlySpan<byte> datagram)
    {
        RtcpWriter writer = new(_scratch);
        foreach (RtcpPacket packet in new RtcpPacketEnumerator(datagram))
        {
            bool isReport = packet.Type is RtcpPacketType.SenderReport or RtcpPacketType.ReceiverReport;
            if (packet.Body.Length < 4 || !IsPassed(packet.Type, reports))
            {
                continue;
            }

            // A compound opens with a report (RFC 3550 §6.1); a lone feedback message (RFC 5506) gets an empty one.
            if (writer.Length == 0 && !isReport && !writer.TryWriteReceiverReport(packet.Ssrc, []))
            {
                return;
            }

            if (packet.Type == RtcpPacketType.SourceDescription)
            {
                WriteNames(ref writer, packet, reports);
                continue;
            }

            if (!writer.TryWritePacket(packet))
            {
                return;
            }

            if (packet.Type == RtcpPacketType.SenderReport && SenderReport.TryParse(packet, out SenderReport sent))
            {
                reports.NoteSent(sent.NtpMiddle, context.Now);
            }
        }

        if (writer.Length > 0 && relay.SendRtcp(to, _scratch.AsSpan(0, writer.Length)))
        {
            context.Statistics.RtcpRelayed++;
        }
    }

    /// <summary>
    /// A farewell is ours to say, when the call is over: a forged one must not make the other side stop listening. Feedback goes to those who take it.
    /// </summary>
    private static bool IsPassed(RtcpPacketType type, LegReports reports) => type switch
    {
        RtcpPacketType.Goodbye => false,
        RtcpPacketType.TransportFeedback or RtcpPacketType.PayloadFeedback => reports.TakesFeedback,
        _ => true,
    };

    /// <summary>Names of the other side's sources say where it is (user@host, telephone numbers, tools): each source keeps one name, which is ours (RFC 7022).</summary>
    private static void WriteNames(ref RtcpWriter writer, RtcpPacket packet, LegReports reports)
    {
        if (!Sdes.TryParse(packet, out Sdes sdes))
        {
            return;
        }

        while (sdes.TryReadNext(out uint ssrc, out _) && writer.TryWriteCname(ssrc, reports.Cname))
        {
            // Each chunk becomes a packet of its own; there are at most 31.
        }
    }
}
