using System.Buffers.Binary;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A peer's RTP socket: sends a stream to one of our ports and sees what comes back.</summary>
internal sealed class PeerMedia(Peer peer, ushort port)
{
    private readonly uint _ssrc = (uint)(port << 8) + peer.Name[0];
    private ushort _sequenceNumber = 1000;
    private int _seen;

    public NetworkEndpoint Endpoint { get; } = World.Endpoint(peer.Host, port);

    public uint Ssrc => _ssrc;

    /// <summary>The next packets are lost on the way.</summary>
    public void Skip(int packets) => _sequenceNumber += (ushort)packets;

    /// <summary>Sends packets, 20 ms apart (or at once with those of another, without time between them), filled with a code: by default something to hear.</summary>
    public void Send(int toPort, byte payloadType, int packets = 1, byte code = 0, int milliseconds = 20)
    {
        for (int i = 0; i < packets; i++)
        {
            byte[] packet = new byte[172];
            packet[0] = 0x80;
            packet[1] = payloadType;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_sequenceNumber);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _sequenceNumber * 160u);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
            packet.AsSpan(12).Fill(code);
            peer.World.Advance(milliseconds / 1000.0);
            peer.World.DeliverMedia(Endpoint, (ushort)toPort, packet);
        }
    }

    /// <summary>Sends a comfort noise packet (RFC 3389).</summary>
    public void SendNoise(int toPort)
    {
        byte[] packet = new byte[13];
        (packet[0], packet[1], packet[12]) = (0x80, 13, 60);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _sequenceNumber * 160u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
        peer.World.DeliverMedia(Endpoint, (ushort)toPort, packet);
    }

    /// <summary>Payload types of the packets that have come here since the last call.</summary>
    public int[] Hear()
    {
        int[] all = [.. peer.World.MediaSent.Where(m => m.To == Endpoint).Select(static m => m.Packet[1] & 0x7f)];
        int[] news = all[_seen..];
        _seen = all.Length;
        return news;
    }
}
