using System.Buffers.Binary;
using MediaCore.Engine.MediaSessions.Reports;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Rtp.Rtcp;

namespace MediaCore.Engine.Tests.MediaSessions;

/// <summary>RTCP in a call: what is passed, what is our own, and what is neither (docs/adr/0015-rtcp.md).</summary>
public sealed class RtcpRelayTests : CallTest
{
    private const ushort AlicePort = 40000;
    private const ushort BobPort = 50000;

    private readonly PeerMedia _alice;
    private readonly PeerMedia _bob;
    private readonly PeerControl _aliceControl;
    private readonly PeerControl _bobControl;

    public RtcpRelayTests()
    {
        _alice = new PeerMedia(Alice, AlicePort);
        _bob = new PeerMedia(Bob, BobPort);
        _aliceControl = new PeerControl(Alice, AlicePort + 1);
        _bobControl = new PeerControl(Bob, BobPort + 1);
    }

    private static uint Ssrc(PeerMedia media) => media.Ssrc;

    private int ToAlice => World.Call.Caller.Media.Port!.Port;

    private int ToBob => World.Call.Connected!.Media.Port!.Port;

    [Fact]
    public void PeersWithoutRtcp_GetReportsOfOurs_ThatMatchTheirStreams()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(500);
        List<byte[]> heard = _aliceControl.Hear();
        Assert.InRange(heard.Count, 1, 5);
        Assert.All(heard, static datagram => Assert.Equal("SR SDES", PeerControl.Types(datagram)));
        SenderReport report = ReadSenderReport(heard[^1]);
        Assert.Equal(Ssrc(_bob), report.Ssrc);
        Assert.Equal(Ssrc(_alice), report.GetBlock(0).Ssrc);
        Assert.Equal((0, 0), (report.GetBlock(0).FractionLost, report.GetBlock(0).CumulativeLost));
        Assert.InRange(report.PacketCount, 200u, 500u);
        Assert.Equal(report.PacketCount * 160, report.OctetCount);

        // The name is random, and the same in each report of the call.
        Assert.Equal(16, PeerControl.Cname(heard[0]).Length);
        Assert.Single(heard.Select(PeerControl.Cname).Distinct());
        Assert.NotEqual(PeerControl.Cname(heard[0]), PeerControl.Cname(_bobControl.Hear()[0]));

        HangUp(caller, callee);
        Assert.Equal("RR SDES BYE", PeerControl.Types(Assert.Single(_aliceControl.Hear())));
        Assert.Equal("RR SDES BYE", PeerControl.Types(Assert.Single(_bobControl.Hear())));
    }

    [Fact]
    public void Loss_IsReportedToWhoSent()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        for (int i = 0; i < 600; i++)
        {
            _alice.Send(ToAlice, 0);
            _bob.Send(ToBob, 0, milliseconds: 0);
            if (i % 10 == 9)
            {
                _alice.Skip(1);
            }
        }

        ReportBlock block = ReadSenderReport(_aliceControl.Hear()[^1]).GetBlock(0);
        Assert.Equal(256 / 11.0, block.FractionLost, 2.0);
        Assert.InRange(block.CumulativeLost, 20, 60);
        HangUp(caller, callee);
        Engine.CallRecords.MediaQuality quality = World.Record.Legs[0].Quality!;
        Assert.Equal(100 / 11.0, quality.LossPercent, 0.5);
        Assert.InRange(quality.Mos!.Value, 3, 3.6);
        Assert.InRange(quality.WorstMos!.Value, 3, quality.Mos.Value);
        Assert.Equal(1, quality.MaxLossBurst);
        Assert.True(World.Record.Legs[1].Quality!.Mos > 4.3);
    }

    /// <summary>What was lost on the way to us is missing at the far end as well, and is no loss of what we sent it.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(20, 4)]
    public void LossBeforeUs_IsNotTheFarSides(int lostBehindUs, double percent)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        for (int i = 0; i < 50; i++)
        {
            Talk(10);
            _alice.Skip(1);
        }

        Talk(1);
        _bobControl.Send(ToBob + 1, PeerControl.Report(Ssrc(_bob), block: new ReportBlock(Ssrc(_alice), 0, 50 + lostBehindUs, 9, 0, 0, 0)));
        HangUp(caller, callee);
        Engine.CallRecords.MediaQuality quality = World.Record.Legs[1].Quality!;
        Assert.Equal(percent, quality.FarLossPercent!.Value, 0.1);
        Assert.InRange(quality.FarMos!.Value, percent == 0 ? 4.3 : 3.6, percent == 0 ? 4.5 : 4.2);
        Assert.InRange(World.Record.Legs[0].Quality!.LossPercent, 8.5, 9.5);
    }

    [Fact]
    public void Reports_OfThePeers_ArePassedAsTheyAre_WithOtherNames_AndOursStop()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(10);
        ReportBlock block = new(Ssrc(_bob), 7, 8, 9, 10, 11, 12);
        for (int i = 0; i < 5; i++)
        {
            _aliceControl.Send(ToAlice + 1, PeerControl.Report(Ssrc(_alice), 0x1234_5678_9abc_def0, block, "alice@198.51.100.10"));
            _bobControl.Send(ToBob + 1, PeerControl.Report(Ssrc(_bob), 0x2234_5678_9abc_def0));
            Talk(200);
        }

        List<byte[]> heard = _bobControl.Hear();
        Assert.Equal(5, heard.Count);
        Assert.All(heard, datagram =>
        {
            Assert.Equal("SR SDES", PeerControl.Types(datagram));
            SenderReport report = ReadSenderReport(datagram);
            Assert.Equal((Ssrc(_alice), 0x1234_5678_9abc_def0UL, block), (report.Ssrc, report.NtpTimestamp, report.GetBlock(0)));
            Assert.DoesNotContain("alice", PeerControl.Cname(datagram), StringComparison.Ordinal);
        });
        Assert.Equal(16, Assert.Single(heard.Select(PeerControl.Cname).Distinct()).Length);

        // Alice falls silent: after five intervals bob hears from us again.
        Talk(1600);
        Assert.NotEmpty(_bobControl.Hear());
        HangUp(caller, callee);
    }

    [Fact]
    public void RoundTrip_IsMeasured_ByOurReportsAndByRelayedOnes()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(400);

        // Alice has had the last of our reports for all the time since it left but 80 ms.
        Engine.MediaSessions.MediaLeg leg = World.Call.Caller.Media;
        ulong ours;
        do
        {
            // When reports leave is drawn: this one may be younger than that.
            World.Advance(0.1);
            ours = ReadSenderReport(World.MediaSent.Last(m => m.To == leg.RemoteRtcp && m.Packet[1] == 200).Packet).NtpTimestamp;
        }
        while (World.WallClock - TimeOf(ours) < TimeSpan.FromMilliseconds(80));

        uint held = NtpTime.ToShort(World.WallClock - TimeOf(ours) - TimeSpan.FromMilliseconds(80));
        _aliceControl.Send(ToAlice + 1, PeerControl.Report(Ssrc(_alice), block: new ReportBlock(Ssrc(_bob), 26, 40, 9, 80, NtpTime.Middle(ours), held)));
        Assert.Equal(80, leg.Reports!.RoundTrip.TotalMilliseconds, 1.0);

        // Bob's own report passes, and is answered 150 ms later with 100 ms of them at alice.
        _bobControl.Send(ToBob + 1, PeerControl.Report(Ssrc(_bob), 0x2234_5678_9abc_def0));
        World.Advance(0.15);
        _aliceControl.Send(ToAlice + 1, PeerControl.Report(Ssrc(_alice), block: new ReportBlock(Ssrc(_bob), 26, 40, 9, 80, 0x5678_9abc, NtpTime.ToShort(TimeSpan.FromMilliseconds(100)))));
        Assert.Equal(50, leg.Reports!.RoundTrip.TotalMilliseconds, 1.0);
        HangUp(caller, callee);
        Engine.CallRecords.MediaQuality quality = World.Record.Legs[0].Quality!;
        Assert.Equal((50, 80), (Math.Round(quality.RoundTripMilliseconds!.Value), Math.Round(quality.MaxRoundTripMilliseconds!.Value)));
        Assert.InRange(quality.FarLossPercent!.Value, 9, 11);
        Assert.Equal(10, quality.FarJitterMilliseconds);
        Assert.InRange(quality.FarMos!.Value, 2.5, 3.7);
    }

    // RFC 3550 §6.4.1: jitter is in units of the stream's clock, which is that of the codec that the caller was answered with and not of the first that it offered.
    [Theory]
    [InlineData("111 0", "0", 8000)]
    [InlineData("0 111", "111", 48_000)]
    [InlineData("111 101 0", "101 0", 8000)]
    public void Jitter_IsOnTheClockOfTheAnswer(string offered, string answered, int clockHz)
    {
        (PeerDialog caller, PeerDialog callee) = Connect(offered, answered);
        Assert.Equal(((uint)clockHz, (uint)clockHz), (World.Call.Caller.Media.ClockRateHz, World.Call.Connected!.Media.ClockRateHz));
        if (clockHz == 8000)
        {
            Talk(500);
            Assert.Equal(0u, ReadSenderReport(_aliceControl.Hear()[^1]).GetBlock(0).Jitter);
        }

        HangUp(caller, callee);
    }

    // AC-33, AC-38: what is no RTCP, or lies about its lengths, goes nowhere.
    [Theory]
    [InlineData("80c90000", "the four octets of AST-2017-008")]
    [InlineData("80c9", "half a header")]
    [InlineData("80c9000100", "cut off")]
    [InlineData("9fc8000600000001000000000000000000000000000000000000000000000000", "31 blocks, none there")]
    [InlineData("80c9ffff00000001", "65536 words")]
    [InlineData("81cb000100000001" + "80c9", "a header without an end behind it")]
    [InlineData("82cb000100000001", "BYE of two sources, one there")]
    [InlineData("a0c900010000000d", "padding longer than the packet")]
    [InlineData("40c9000100000001", "version 1")]
    public void Malformed_IsDropped_AndCounted(string hex, string why)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(2);
        _aliceControl.Send(ToAlice + 1, Convert.FromHexString(hex));
        Assert.True(_bobControl.Hear().Count == 0, why);
        Assert.Equal(1, World.Statistics.RtpMalformed);
        HangUp(caller, callee);
    }

    // AC-33: forged reports and farewells.
    [Fact]
    public void Forged_IsNotBelieved_AndNotPassed()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(50);
        PeerControl stranger = new(Carol, 4000);
        stranger.Send(ToAlice + 1, PeerControl.Report(Ssrc(_alice), 1, goodbye: true));
        Assert.Equal(1, World.Statistics.RtpRejectedSource);

        // From the right address, but about a stream that does not come from there.
        _aliceControl.Send(ToAlice + 1, PeerControl.Report(0xdeadbeef, 1));
        Assert.Equal(1, World.Statistics.RtcpForeign);
        Assert.Empty(_bobControl.Hear());

        // A farewell in the middle of a call: the call goes on, and the other side hears nothing of it.
        _aliceControl.Send(ToAlice + 1, PeerControl.Report(Ssrc(_alice), 1, goodbye: true));
        Assert.Equal("SR SDES", PeerControl.Types(Assert.Single(_bobControl.Hear())));
        _bob.Hear();
        Talk(5);
        Assert.Equal(5, _bob.Hear().Length);
        HangUp(caller, callee);
        Assert.Equal("RR SDES BYE", PeerControl.Types(Assert.Single(_bobControl.Hear())));
    }

    [Fact]
    public void Flood_IsCutOff_SecondBySecond()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(1);
        for (int i = 0; i < 1000; i++)
        {
            _aliceControl.Send(ToAlice + 1, PeerControl.Report(Ssrc(_alice), 5));
        }

        Assert.Equal(ReportLimits.MaxPacketsPerSecond, _bobControl.Hear().Count);
        Assert.Equal(1000 - ReportLimits.MaxPacketsPerSecond, World.Statistics.RtcpFlooded);
        World.Advance(1);
        _aliceControl.Send(ToAlice + 1, PeerControl.Report(Ssrc(_alice), 5));
        Assert.Single(_bobControl.Hear());
        HangUp(caller, callee);
    }

    // RFC 4585 §6.1: a side with the plain profile never sees the feedback of one that has it.
    [Fact]
    public void Feedback_IsKeptFromASideWithoutIt()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(1);
        byte[] nack = new byte[16];
        (nack[0], nack[1], nack[3]) = (0x81, 205, 3);
        BinaryPrimitives.WriteUInt32BigEndian(nack.AsSpan(4), Ssrc(_alice));
        BinaryPrimitives.WriteUInt32BigEndian(nack.AsSpan(8), Ssrc(_bob));
        byte[] pli = [.. nack];
        pli[1] = 206;
        byte[] app = [.. nack];
        (app[0], app[1]) = (0x80, 204);
        _aliceControl.Send(ToAlice + 1, PeerControl.Report(Ssrc(_alice), 5, more: [.. nack, .. pli, .. app]));
        Assert.Equal("SR SDES APP", PeerControl.Types(Assert.Single(_bobControl.Hear())));

        // Nothing is left of a datagram with feedback alone.
        _aliceControl.Send(ToAlice + 1, nack);
        Assert.Empty(_bobControl.Hear());

        // With the feedback profile it passes; a lone message behind an empty report, as a compound wants it.
        World.Call.Connected!.Media.Terms |= Engine.MediaSessions.LegTerms.Feedback;
        _aliceControl.Send(ToAlice + 1, nack);
        Assert.Equal("RR 205", PeerControl.Types(Assert.Single(_bobControl.Hear())));
        HangUp(caller, callee);
    }

    // RFC 3611: who asks for metrics gets them, beside the reports that the other side sends.
    [Fact]
    public void ExtendedReports_GoToWhoAsks()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.Call.Caller.Media.Terms |= Engine.MediaSessions.LegTerms.VoipMetrics | Engine.MediaSessions.LegTerms.ReceiverRoundTrip;
        Talk(500);
        byte[] heard = _aliceControl.Hear()[^1];
        Assert.Equal("SR SDES XR", PeerControl.Types(heard));
        Assert.Equal("SR SDES", PeerControl.Types(_bobControl.Hear()[^1]));
        (VoipMetrics metrics, ulong reference) = ReadExtended(heard);
        Assert.Equal((Ssrc(_alice), 0, 44), (metrics.Ssrc, metrics.LossRate, metrics.ListeningMos));
        Assert.NotEqual(VoipMetrics.Unavailable, metrics.SignalLevel);

        // Alice answers the reference time 90 ms after it was sent, of which she had it for 50.
        _bobControl.Send(ToBob + 1, PeerControl.Report(Ssrc(_bob), 7));
        Talk(PacketsToNextReport);
        heard = _aliceControl.Hear().Last(static datagram => PeerControl.Types(datagram).EndsWith("XR", StringComparison.Ordinal));
        Assert.Equal("RR SDES XR", PeerControl.Types(heard));
        (_, reference) = ReadExtended(heard);
        byte[] buffer = new byte[64];
        RtcpWriter writer = new(buffer);
        TimeSpan since = World.WallClock - TimeOf(reference);
        Assert.True(writer.TryWriteExtendedReport(Ssrc(_alice), null, 0x0011_2233_4455_6677, (Ssrc(_bob), NtpTime.Middle(reference), NtpTime.ToShort(since - TimeSpan.FromMilliseconds(40)))));
        _aliceControl.Send(ToAlice + 1, PeerControl.Report(Ssrc(_alice), 9, more: buffer[..writer.Length]));
        Assert.Equal(40, World.Call.Caller.Media.Reports!.RoundTrip.TotalMilliseconds, 1.0);
        HangUp(caller, callee);
    }

    // AC-41: a new SSRC in each packet leaves the state as large as it was, and the reports go on.
    [Fact]
    public void SsrcStorm_CostsNoMemory()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(400);
        _aliceControl.Hear();
        Transport.Media.MediaPort port = World.Call.Caller.Media.Port!;
        long before = GC.GetAllocatedBytesForCurrentThread();
        byte[] packet = new byte[172];
        packet[0] = 0x80;
        for (uint i = 0; i < 20_000; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), i * 2_654_435_761);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)i);
            World.Shard.Core.HandleMedia(port, packet, isRtcp: false, _alice.Endpoint);
        }

        // The list of what was sent belongs to the simulation: a copy of each packet, and nothing per source beside it.
        long perPacket = (GC.GetAllocatedBytesForCurrentThread() - before) / 20_000;
        Assert.InRange(perPacket, 0, 172 + 24 + 150);
        Assert.Equal(20_000, World.Call.Caller.Media.Received.SsrcChanges, 2.0);
        Talk(PacketsToNextReport);
        Assert.NotEmpty(_aliceControl.Hear());
        HangUp(caller, callee);
    }

    private (PeerDialog Caller, PeerDialog Callee) Connect(string offered, string answered)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, AlicePort, formats: offered));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, BobPort, formats: answered));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        return (caller, callee);
    }

    /// <summary>The interval between reports is random: so many packets of 20 ms last longer than the longest one, 6.16 s.</summary>
    private const int PacketsToNextReport = 350;

    private void Talk(int packets)
    {
        for (int i = 0; i < packets; i++)
        {
            _alice.Send(ToAlice, 0);
            _bob.Send(ToBob, 0, milliseconds: 0);
        }
    }

    private static SenderReport ReadSenderReport(byte[] datagram)
    {
        RtcpPacketEnumerator packets = new(datagram);
        Assert.True(packets.MoveNext());
        Assert.True(SenderReport.TryParse(packets.Current, out SenderReport report));
        return report;
    }

    private static (VoipMetrics Metrics, ulong Reference) ReadExtended(byte[] datagram)
    {
        VoipMetrics metrics = default;
        ulong reference = 0;
        foreach (RtcpPacket packet in new RtcpPacketEnumerator(datagram))
        {
            if (ExtendedReport.TryParse(packet, out ExtendedReport extended))
            {
                while (extended.TryReadNext())
                {
                    if (extended.TryGetReferenceTime(out ulong time))
                    {
                        reference = time;
                    }
                    else
                    {
                        Assert.True(VoipMetrics.TryParse(extended.Block, out metrics));
                    }
                }
            }
        }

        return (metrics, reference);
    }

    private static DateTimeOffset TimeOf(ulong ntp) => DateTimeOffset.UnixEpoch.AddSeconds((long)(ntp >> 32) - 2_208_988_800L + ((uint)ntp / 4294967296.0));
}
