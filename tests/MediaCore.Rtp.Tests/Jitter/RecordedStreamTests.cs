using MediaCore.Primitives;
using MediaCore.Rtp.Jitter;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Tests.Captures;
using Xunit.Abstractions;

namespace MediaCore.Rtp.Tests.Jitter;

/// <summary>Streams that others recorded, with the arrival times of their captures.</summary>
public sealed class RecordedStreamTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("asterisk", "40msalaw.pcap", 8, 320)]
    [InlineData("asterisk", "fax-CARRIER_G711U.pcap", 0, 160)]
    [InlineData("asterisk", "ulaw-2013785496.pcap", 0, 160)]
    [InlineData("rtpproxy-rtcp", "rtcp.a.pcap", 8, 240)]
    [InlineData("sip-captures", "SIP_CALL_RTP_G711", 8, 160)]
    public void Capture_PlayedBack_LosesNothingThatCame(string folder, string file, byte payloadType, int units)
    {
        if (Corpus.TryReadCapture(output, folder, file) is not { } datagrams)
        {
            return;
        }

        JitterBuffer buffer = new(JitterBufferOptions.Default);
        uint ssrc = 0;
        int packets = 0;
        Timestamp at = Timestamp.Zero;
        foreach (CapturedDatagram datagram in datagrams)
        {
            if (!RtpPacket.TryParse(datagram.Payload, out RtpPacket packet) || (packet.PayloadType != payloadType && packet.PayloadType != 101) || (ssrc != 0 && packet.Ssrc != ssrc))
            {
                continue;
            }

            ssrc = packet.Ssrc;
            packets += packet.PayloadType == payloadType ? 1 : 0;
            at = packets == 1 ? datagram.Time : at;
            Listen(buffer, ref at, datagram.Time);
            PacketKind kind = packet.PayloadType == payloadType ? PacketKind.Audio : PacketKind.Other;
            buffer.Put(datagram.Time, packet.SequenceNumber, packet.Timestamp, packet.Ssrc, packet.Marker, kind, packet.PayloadType, units, packet.Payload);
        }

        Listen(buffer, ref at, datagrams[^1].Time + TimeSpan.FromSeconds(2));
        JitterBufferStatistics statistics = buffer.Statistics;
        output.WriteLine($"{packets} packets: played {statistics.Played}, late {statistics.Late}, duplicates {statistics.Duplicates}, skipped {statistics.SkippedLate}, concealed {statistics.Concealed}, expanded {statistics.Expanded}, restarts {statistics.Restarts}, target {buffer.TargetDelay.TotalMilliseconds} ms");
        Assert.True(packets > 100);
        Assert.InRange(statistics.Played + statistics.Duplicates + statistics.Flushed, packets * 0.985, packets);
        Assert.Equal(0, buffer.Count);
    }

    private static void Listen(JitterBuffer buffer, ref Timestamp at, Timestamp until)
    {
        while (at < until)
        {
            Playout playout = buffer.Next(at, speech: true);
            int units = playout.DurationUnits + (playout.Action == PlayoutAction.Stretch ? playout.AdjustUnits : -playout.AdjustUnits);
            at = new Timestamp(at.Nanoseconds + (units * 125_000L));
        }
    }
}
