using MediaCore.Primitives;
using MediaCore.Rtp.Rtcp;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>What a peer's RTCP socket got since it was looked at last, and datagrams to send from it.</summary>
internal sealed class PeerControl(Peer peer, NetworkEndpoint endpoint)
{
    private int _seen;

    public PeerControl(Peer peer, ushort port)
        : this(peer, World.Endpoint(peer.Host, port))
    {
    }

    /// <summary>A compound: a sender report (with a packet count) or a receiver report, a name, and what else the test appends.</summary>
    public static byte[] Report(uint ssrc, ulong ntp = 0, ReportBlock? block = null, string name = "me@host", bool goodbye = false, byte[]? more = null)
    {
        byte[] buffer = new byte[512];
        RtcpWriter writer = new(buffer);
        ReportBlock[] blocks = block is { } one ? [one] : [];
        Assert.True(ntp == 0 ? writer.TryWriteReceiverReport(ssrc, blocks) : writer.TryWriteSenderReport(ssrc, ntp, 160, 10, 1600, blocks));
        Assert.True(writer.TryWriteCname(ssrc, System.Text.Encoding.ASCII.GetBytes(name)));
        Assert.True(!goodbye || writer.TryWriteBye(ssrc));
        return [.. buffer.AsSpan(0, writer.Length), .. more ?? []];
    }

    public void Send(int toPort, byte[] datagram) => peer.World.DeliverMedia(endpoint, (ushort)toPort, [.. datagram]);

    /// <summary>The datagrams that have come since the last call, RTCP alone.</summary>
    public List<byte[]> Hear()
    {
        byte[][] all = [.. peer.World.MediaSent.Where(m => m.To == endpoint && m.Packet[1] is >= 192 and <= 223).Select(static m => m.Packet)];
        List<byte[]> news = [.. all[_seen..]];
        _seen = all.Length;
        return news;
    }

    /// <summary>The packet types of a datagram, in order.</summary>
    public static string Types(byte[] datagram)
    {
        List<string> types = [];
        RtcpPacketEnumerator packets = new(datagram);
        while (packets.MoveNext())
        {
            types.Add(packets.Current.Type switch
            {
                RtcpPacketType.SenderReport => "SR",
                RtcpPacketType.ReceiverReport => "RR",
                RtcpPacketType.SourceDescription => "SDES",
                RtcpPacketType.Goodbye => "BYE",
                RtcpPacketType.ApplicationDefined => "APP",
                RtcpPacketType.ExtendedReport => "XR",
                RtcpPacketType other => ((int)other).ToString(System.Globalization.CultureInfo.InvariantCulture),
            });
        }

        Assert.False(packets.IsMalformed);
        return string.Join(' ', types);
    }

    public static string Cname(byte[] datagram)
    {
        foreach (RtcpPacket packet in new RtcpPacketEnumerator(datagram))
        {
            if (Sdes.TryParse(packet, out Sdes sdes) && sdes.TryReadNext(out _, out ReadOnlySpan<byte> cname))
            {
                return System.Text.Encoding.ASCII.GetString(cname);
            }
        }

        return "";
    }
}
