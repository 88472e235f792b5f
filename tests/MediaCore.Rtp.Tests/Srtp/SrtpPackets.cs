using System.Buffers.Binary;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Srtp;

namespace MediaCore.Rtp.Tests.Srtp;

/// <summary>Keys and packets for tests.</summary>
internal static class SrtpPackets
{
    public const uint Ssrc = 0x1234_5678;

    public static readonly SrtpProfile[] Profiles = Enum.GetValues<SrtpProfile>();

    public static byte[] Key(SrtpProfile profile, byte seed = 1) => Bytes(SrtpParameters.Of(profile).KeyBytes, seed);

    public static byte[] Salt(SrtpProfile profile, byte seed = 1) => Bytes(SrtpParameters.Of(profile).SaltBytes, (byte)(seed + 100));

    public static SrtpSender Sender(SrtpProfile profile, byte seed = 1, SrtpOptions? options = null, byte[]? mki = null) =>
        new(profile, Key(profile, seed), Salt(profile, seed), options, mki);

    public static SrtpReceiver Receiver(SrtpProfile profile, byte seed = 1, SrtpOptions? options = null, byte[]? mki = null) =>
        new(profile, Key(profile, seed), Salt(profile, seed), options, mki);

    /// <summary>A packet of 20 ms of G.711 whose payload tells its number.</summary>
    public static byte[] Packet(ushort sequenceNumber, uint ssrc = Ssrc, int payloadBytes = 160)
    {
        byte[] packet = new byte[RtpHeader.MinBytes + payloadBytes];
        RtpHeader.Write(packet, 0, marker: false, sequenceNumber, sequenceNumber * 160u, ssrc);
        packet.AsSpan(RtpHeader.MinBytes).Fill((byte)sequenceNumber);
        return packet;
    }

    /// <summary>A sender report without blocks.</summary>
    public static byte[] Report(uint ssrc = Ssrc)
    {
        byte[] packet = new byte[28];
        packet[0] = 0x80;
        packet[1] = 200;
        packet[3] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        return packet;
    }

    public static byte[] Protect(this SrtpSender sender, byte[] packet)
    {
        byte[] buffer = new byte[packet.Length + sender.RtpTrailerBytes];
        packet.CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.Ok, sender.Protect(buffer, packet.Length, out int length));
        Assert.Equal(buffer.Length, length);
        return buffer;
    }

    public static byte[] ProtectRtcp(this SrtpSender sender, byte[] packet)
    {
        byte[] buffer = new byte[packet.Length + sender.RtcpTrailerBytes];
        packet.CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.Ok, sender.ProtectRtcp(buffer, packet.Length, out int length));
        Assert.Equal(buffer.Length, length);
        return buffer;
    }

    /// <summary>What the receiver says of a copy of the datagram; where it is refused the copy must be as it was.</summary>
    public static SrtpStatus Try(this SrtpReceiver receiver, byte[] datagram, out byte[] packet)
    {
        byte[] copy = [.. datagram];
        SrtpStatus status = receiver.Unprotect(copy, out int length);
        packet = copy[..length];
        if (status != SrtpStatus.Ok)
        {
            Assert.Equal(datagram, copy);
            Assert.Equal(0, length);
        }

        return status;
    }

    public static SrtpStatus TryRtcp(this SrtpReceiver receiver, byte[] datagram, out byte[] packet)
    {
        byte[] copy = [.. datagram];
        SrtpStatus status = receiver.UnprotectRtcp(copy, out int length);
        packet = copy[..length];
        if (status != SrtpStatus.Ok)
        {
            Assert.Equal(datagram, copy);
            Assert.Equal(0, length);
        }

        return status;
    }

    private static byte[] Bytes(int count, byte seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
