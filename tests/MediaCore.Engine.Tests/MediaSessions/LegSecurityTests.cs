using System.Buffers.Binary;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Srtp;
using MediaCore.Transport.Media;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.Tests.MediaSessions;

/// <summary>The relay between a leg with SRTP and a leg without.</summary>
public sealed class LegSecurityTests : IMediaNetwork, IDisposable
{
    private const SrtpProfile Profile = SrtpProfile.AesCm128HmacSha1Tag80;
    private static readonly byte[] _peerKey = Bytes(16, 1), _peerSalt = Bytes(14, 2), _ownKey = Bytes(16, 3), _ownSalt = Bytes(14, 4);
    private static readonly NetworkEndpoint _phone = World.Endpoint("198.51.100.10", 4000);
    private static readonly NetworkEndpoint _carrier = World.Endpoint("203.0.113.77", 5000);
    private static readonly NetworkEndpoint _stranger = World.Endpoint("192.0.2.66", 6000);

    private readonly List<string> _violations = [];
    private readonly List<(MediaPort Port, bool IsRtcp, byte[] Packet, NetworkEndpoint Destination)> _sent = [];
    private readonly ShardContext _context;
    private readonly RtpRelay _relay;
    private readonly MediaLeg _secure;
    private readonly MediaLeg _plain;
    private readonly SrtpSender _peer = new(Profile, _peerKey, _peerSalt);
    private readonly SrtpReceiver _hearer = new(Profile, _ownKey, _ownSalt);

    public LegSecurityTests()
    {
        _context = new ShardContext(
            0,
            new EngineOptions { MediaAddress = World.Endpoint("192.0.2.1", 0) },
            new EngineServices { Policy = null!, CallRecords = null!, Loggers = NullLoggerFactory.Instance },
            new SessionTable(32),
            new SipHashKey(1, 2),
            null!,
            Timestamp.Zero) { MediaNetwork = this };
        _relay = new RtpRelay(_context);
        SimulatedMediaPorts ports = new(_violations);
        _secure = Open(ports, _phone);
        _plain = Open(ports, _carrier);
        MediaLeg.Bridge(_secure, _plain);
        LegSecurity security = _secure.Secure();
        security.Receive(Profile, _peerKey, _peerSalt, default);
        security.Send(Profile, _ownKey, _ownSalt);
    }

    public void Dispose()
    {
        _peer.Dispose();
        _hearer.Dispose();
        _secure.Unsecure();
        Assert.Empty(_violations);
    }

    bool IMediaNetwork.Send(MediaPort port, bool isRtcp, ReadOnlySpan<byte> packet, in NetworkEndpoint destination)
    {
        _sent.Add((port, isRtcp, packet.ToArray(), destination));
        return true;
    }

    [Fact]
    public void Packets_PassBothWays_ProtectedOnOneSideAlone()
    {
        for (ushort i = 1; i <= 50; i++)
        {
            Receive(_secure, Protected(i), _phone);
            Assert.Equal(Packet(i), _sent[^1].Packet);
            Assert.Equal(_carrier, _sent[^1].Destination);
            Receive(_plain, Packet(i), _carrier);
            byte[] datagram = _sent[^1].Packet;
            Assert.Equal(_phone, _sent[^1].Destination);
            Assert.NotEqual(Packet(i)[12..], datagram[12..172]);
            Assert.Equal(SrtpStatus.Ok, _hearer.Unprotect(datagram, out int length));
            Assert.Equal(Packet(i), datagram[..length]);
        }

        Assert.Equal(100, _context.Statistics.RtpRelayed);
        Assert.Equal((0, 0), (_context.Statistics.RtpUnauthenticated, _context.Statistics.RtpUnprotected));
    }

    [Fact]
    public void Reports_PassBothWays()
    {
        Receive(_secure, Protected(1), _phone);
        byte[] report = Report();
        byte[] datagram = new byte[report.Length + _peer.RtcpTrailerBytes];
        report.CopyTo(datagram, 0);
        Assert.Equal(SrtpStatus.Ok, _peer.ProtectRtcp(datagram, report.Length, out _));
        Receive(_secure, datagram, _phone.WithPort(4001), isRtcp: true);
        Assert.Equal(report, _sent[^1].Packet);
        Assert.True(_sent[^1].IsRtcp);
        Receive(_plain, Packet(1), _carrier);
        Receive(_plain, report, _carrier.WithPort(5001), isRtcp: true);
        datagram = _sent[^1].Packet;
        Assert.Equal(SrtpStatus.Ok, _hearer.UnprotectRtcp(datagram, out int length));
        Assert.Equal(report, datagram[..length]);
    }

    // AC-41, or a gateway that takes a new SSRC for each pause: whoever is connected next is heard.
    [Fact]
    public void ManySources_OfThePlainSide_DoNotMakeTheOtherDeaf()
    {
        Receive(_secure, Protected(1), _phone);
        _sent.Clear();
        for (ushort i = 1; i <= 300; i++)
        {
            byte[] packet = Packet(i);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), i <= 200 ? i : 0x0a0b_0c0du);
            Receive(_plain, packet, _carrier);
        }

        Assert.Equal(300, _sent.Count);
        Assert.All(_sent, datagram => Assert.Equal(SrtpStatus.Ok, _hearer.Unprotect(datagram.Packet, out _)));
        Assert.Equal(0, _context.Statistics.RtpUnprotected);
    }

    // AC-32 and AC-36: whoever has not the key neither gets a packet through nor draws the stream to himself.
    [Fact]
    public void ForgedPackets_AreNeitherRelayedNorLatched()
    {
        for (ushort i = 1; i <= 100; i++)
        {
            // Plain RTP from the right address, well-formed SRTP with a wrong tag from another, and a copy of an authentic packet.
            Receive(_secure, Packet(i), _phone);
            byte[] forged = Protected(i);
            forged[^1] ^= 1;
            Receive(_secure, forged, _stranger);
        }

        Assert.Empty(_sent);
        Assert.False(_secure.Latch.IsLatched);
        Assert.Equal(0, _secure.Received.Packets);
        Assert.Equal(200, _context.Statistics.RtpUnauthenticated);
        byte[] authentic = Protected(101);
        Receive(_secure, [.. authentic], _phone);
        Assert.Single(_sent);
        Receive(_secure, authentic, _stranger);
        Assert.Single(_sent);
        Assert.Equal(_phone, _secure.Latch.Source);
    }

    // AC-34: a server that hung up after a hundred errors.
    [Fact]
    public void Garbage_OfEveryLength_IsDroppedAndCounted_AndTheCallGoesOn()
    {
        Receive(_secure, Protected(1), _phone);
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] garbage = new byte[random.Next(300)];
            random.NextBytes(garbage);
            if (garbage.Length > 0)
            {
                garbage[0] = (byte)(0x80 | (garbage[0] & 0x3f));
            }

            Receive(_secure, garbage, _phone, isRtcp: i % 4 == 0);
        }

        Assert.Single(_sent);
        Assert.Equal(2000, _context.Statistics.RtpUnauthenticated);
        Receive(_secure, Protected(2), _phone);
        Assert.Equal(Packet(2), _sent[^1].Packet);
        Assert.Equal(2, _secure.Received.Packets);
    }

    [Fact]
    public void RepeatedNumberFromThePlainSide_IsNotProtectedTwice()
    {
        Receive(_plain, Packet(7), _carrier);
        byte[] other = Packet(7);
        other[100] ^= 0xff;
        Receive(_plain, other, _carrier);
        Assert.Single(_sent);
        Assert.Equal(1, _context.Statistics.RtpUnprotected);
    }

    [Fact]
    public void LegWithoutItsKeysYet_CarriesNothing()
    {
        _secure.Unsecure();
        LegSecurity security = _secure.Secure();
        Receive(_secure, Protected(1), _phone);
        Receive(_secure, Packet(2), _phone);
        Receive(_plain, Packet(1), _carrier);
        Assert.Empty(_sent);
        Assert.Equal((null, null), (security.Receives, security.Sends));
        security.Receive(Profile, _peerKey, _peerSalt, default);
        Receive(_secure, Protected(3), _phone);
        Assert.Single(_sent);
    }

    [Fact]
    public void SameKeyInAnotherDescription_KeepsTheCounters_AndClosingEndsThem()
    {
        byte[] first = Protected(1);
        Receive(_secure, [.. first], _phone);
        _secure.Security!.Receive(Profile, _peerKey, _peerSalt, default);
        _secure.Security.Send(Profile, _ownKey, _ownSalt);
        Receive(_secure, first, _phone);
        Assert.Single(_sent);
        _secure.Close();
        Assert.Null(_secure.Security);
    }

    [Fact]
    public void SecurePacket_AllocatesNothing()
    {
        byte[] buffer = new byte[256];
        ushort number = 0;
        byte[] packet = Packet(0);
        QuietNetwork network = new();
        ShardContext context = new(
            0, _context.Options, new EngineServices { Policy = null!, CallRecords = null!, Loggers = NullLoggerFactory.Instance }, new SessionTable(32), new SipHashKey(1, 2), null!, Timestamp.Zero) { MediaNetwork = network };
        RtpRelay relay = new(context);
        MediaCore.Tests.AllocationAssert.Zero(1_000, 1_000, () =>
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++number);
            packet.CopyTo(buffer, 0);
            _peer.Protect(buffer, packet.Length, out int length);
            relay.HandlePacket(_secure.Port!, buffer.AsSpan(0, length), isRtcp: false, _phone);
            packet.CopyTo(buffer, 0);
            relay.HandlePacket(_plain.Port!, buffer.AsSpan(0, packet.Length), isRtcp: false, _carrier);
        });
        Assert.Equal(context.Statistics.RtpRelayed, network.Packets);
        Assert.True(network.Packets >= 4_000, network.Packets + " packets");
    }

    private static MediaLeg Open(SimulatedMediaPorts ports, NetworkEndpoint peer)
    {
        MediaLeg leg = new();
        Assert.True(ports.TryAllocate(Timestamp.Zero, out MediaPort? port));
        leg.Open(port, Timestamp.Zero);
        leg.Expect(peer, peer.WithPort((ushort)(peer.Port + 1)));
        return leg;
    }

    private static byte[] Packet(ushort number)
    {
        byte[] packet = new byte[172];
        RtpHeader.Write(packet, 0, marker: false, number, number * 160u, 0x0102_0304);
        packet.AsSpan(RtpHeader.MinBytes).Fill(0x55);
        return packet;
    }

    private static byte[] Report()
    {
        byte[] report = new byte[28];
        report[0] = 0x80;
        report[1] = 200;
        report[3] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(report.AsSpan(4), 0x0102_0304);
        return report;
    }

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private byte[] Protected(ushort number)
    {
        byte[] datagram = new byte[172 + _peer.RtpTrailerBytes];
        Packet(number).CopyTo(datagram, 0);
        Assert.Equal(SrtpStatus.Ok, _peer.Protect(datagram, 172, out _));
        return datagram;
    }

    private void Receive(MediaLeg leg, byte[] datagram, NetworkEndpoint source, bool isRtcp = false) => _relay.HandlePacket(leg.Port!, datagram, isRtcp, source);

    private sealed class QuietNetwork : IMediaNetwork
    {
        public int Packets { get; private set; }

        public bool Send(MediaPort port, bool isRtcp, ReadOnlySpan<byte> packet, in NetworkEndpoint destination)
        {
            Packets++;
            return true;
        }
    }
}
