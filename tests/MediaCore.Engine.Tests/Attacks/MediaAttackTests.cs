using System.Buffers.Binary;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using MediaCore.Rtp.Relay;

namespace MediaCore.Engine.Tests.Attacks;

/// <summary>RTP bleed, RTP injection and ports that are not given back, on calls with plain RTP; with SRTP see <c>LegSecurityTests</c>.</summary>
public sealed class MediaAttackTests : CallTest
{
    private readonly PeerMedia _alice;
    private readonly PeerMedia _bob;
    private readonly Peer _attacker;

    public MediaAttackTests()
    {
        _alice = new PeerMedia(Alice, 40000);
        _bob = new PeerMedia(Bob, 50000);
        _attacker = World.AddPeer("mallory", "198.51.100.66");
    }

    private int ToAlice => World.Call.Caller.Media.Port!.Port;

    private int ToBob => World.Call.Connected!.Media.Port!.Port;

    [Fact]
    public void AC_31_SprayOverThePorts_BeforeAndDuringACall_GetsNoMedia_AndAtMostFivePacketsThrough()
    {
        // Somebody sprays before, while and after the call comes up, faster than the peers speak.
        int through = Spray(40);
        (PeerDialog caller, PeerDialog callee) = Establish();
        through += Spray(40);
        _alice.Send(ToAlice, 0, packets: 20);
        _bob.Send(ToBob, 0, packets: 20);
        through += Spray(40);

        Assert.InRange(through, 0, LatchLimits.MaxUnconfirmedPackets);
        Assert.DoesNotContain(World.MediaSent, m => m.To.HasSameAddress(World.Endpoint(_attacker.Host, 1)));
        Assert.Equal(20, _alice.Hear().Length);
        Assert.True(World.Shard.Core.Context.Statistics.RtpRejectedSource > 0);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AC_32_Injection_AfterLatching_WithTheRightSsrcAndSequence_IsNotHeard(bool hasSsrc)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        _alice.Send(ToAlice, 0, packets: 20);
        _bob.Send(ToBob, 0, packets: 20);
        int heard = _bob.Hear().Length;
        NetworkEndpoint expected = World.Call.Caller.Media.Latch.Source;
        for (ushort i = 0; i < 500; i++)
        {
            World.Advance(0.02);
            World.DeliverMedia(World.Endpoint(_attacker.Host, 7000), (ushort)ToAlice, Packet((ushort)(1021 + i), hasSsrc ? _alice.Ssrc : 0xbad));
        }

        Assert.Empty(_bob.Hear());
        Assert.Equal(20, heard);
        Assert.Equal(expected, World.Call.Caller.Media.Latch.Source);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(486)]
    [InlineData(488)]
    [InlineData(200)]
    public void AC_42_FailedNegotiation_GivesEveryPortBack(int status)
    {
        for (int i = 0; i < 20; i++)
        {
            PeerDialog.Call(Alice, "+1001");
            PeerDialog callee = PeerDialog.Answering(Bob);

            // An answer without anything that was offered, or none. Nobody acknowledges or answers what follows.
            callee.Respond(status, status == 200 ? "v=0\r\no=- 1 1 IN IP4 203.0.113.101\r\ns=-\r\nc=IN IP4 203.0.113.101\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n" : null);
            Assert.InRange(World.Shard.Ports.InUse, 0, 2);
            World.Advance(80);
            Alice.TakeAll();
            Bob.TakeAll();
            Assert.Equal(0, World.Shard.Ports.InUse);
        }
    }

    /// <summary>Sprays all ports that there are; returns how many of the packets came out on the other side.</summary>
    private int Spray(int packets)
    {
        int before = World.MediaSent.Count(static m => m.Packet.Length == 12);
        for (ushort i = 0; i < packets; i++)
        {
            World.Advance(0.005);
            for (int port = 30000; port < 30008; port += 2)
            {
                World.DeliverMedia(World.Endpoint(_attacker.Host, (ushort)(6000 + port % 1000)), (ushort)port, Packet(i, 0xbad)[..12]);
            }
        }

        return World.MediaSent.Count(static m => m.Packet.Length == 12) - before;
    }

    private static byte[] Packet(ushort sequence, uint ssrc)
    {
        byte[] packet = new byte[172];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), sequence * 160u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        return packet;
    }
}
