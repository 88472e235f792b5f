using System.Buffers.Binary;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using MediaCore.Rtp.Relay;

namespace MediaCore.Engine.Tests.Attacks;

/// <summary>Somebody sends whole streams to every media port, so as to be taken for a party of a call: while it rings, beside the party, and when the party moves (AC-31).</summary>
public sealed class SourceTakeoverTests : CallTest
{
    private const string Inside = "10.0.0.9";
    private const uint StrangersSsrc = 0xbad;

    private readonly PeerMedia _alice;
    private readonly PeerMedia _bob;
    private readonly NetworkEndpoint _stranger = World.Endpoint("198.51.100.66", 6000);
    private readonly PeerSecurity _security;
    private ushort _sequenceNumber;

    public SourceTakeoverTests()
    {
        _alice = new PeerMedia(Alice, 40000);
        _bob = new PeerMedia(Bob, 50000);
        _security = new PeerSecurity(Alice, 40000);
    }

    public override void Dispose()
    {
        _security.Dispose();
        base.Dispose();
    }

    private MediaLeg ToAlice => World.Call.Caller.Media;

    private MediaLeg ToBob => World.Call.Connected!.Media;

    private int SentToStranger => World.MediaSent.Count(m => m.To.HasSameAddress(_stranger));

    private int HeardOfStranger => World.MediaSent.Count(static m => m.Packet.Length == 172 && BinaryPrimitives.ReadUInt32BigEndian(m.Packet.AsSpan(8)) == StrangersSsrc);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AC_31_ACallerBehindNat_SprayedWhileItRings_KeepsItsCall(bool isPublic)
    {
        (PeerDialog caller, PeerDialog callee) = Ring(Describe(Alice, 40000, isPublic));
        Spray(200);
        Assert.False(ToAlice.Latch.IsLatched);
        Answer(caller, callee, PeerSdp.Audio(Bob, 50000));
        _bob.Send(ToBob.Port!.Port, 0, packets: 10);
        AssertOurs();
        _alice.Send(ToAlice.Port!.Port, 0, packets: 10);
        Assert.Equal(10, _bob.Hear().Length);
        _alice.Hear();
        _bob.Send(ToBob.Port!.Port, 0, packets: 10);
        Assert.Equal(10, _alice.Hear().Length);
        Spray(200);
        AssertOurs();
        HangUp(caller, callee);
    }

    /// <summary>Whoever goes on spraying is first at the answer, and out again as soon as the phone speaks: its packets come from where its signalling does.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(400)]
    public void AC_31_ACallerBehindNat_SprayedUntilItSpeaks_GetsItsCallBack(int rounds)
    {
        (PeerDialog caller, PeerDialog callee) = Ring(Describe(Alice, 40000, isPublic: false));
        Spray(20);
        Answer(caller, callee, PeerSdp.Audio(Bob, 50000));
        _bob.Send(ToBob.Port!.Port, 0);
        Spray(rounds);
        _alice.Send(ToAlice.Port!.Port, 0, packets: LatchLimits.ProbationPackets);
        Assert.Equal(_alice.Endpoint, ToAlice.Latch.Source);
        (int sent, int heard) = (SentToStranger, HeardOfStranger);
        Spray(200);
        _alice.Hear();
        _bob.Send(ToBob.Port!.Port, 0, packets: 10);
        Assert.Equal(10, _alice.Hear().Length);
        Assert.Equal((sent, heard), (SentToStranger, HeardOfStranger));
        HangUp(caller, callee);
    }

    /// <summary>Its signalling comes by a proxy, so nothing is known of where it is.</summary>
    [Fact]
    public void AC_31_ACallerBehindNatAndAProxy_SprayedWhileItRings_KeepsItsCall()
    {
        (PeerDialog caller, PeerDialog callee) = Ring(Describe(Alice, 40000, isPublic: false));
        Spray(200);
        Answer(caller, callee, PeerSdp.Audio(Bob, 50000));
        NetworkEndpoint behind = World.Endpoint("198.51.100.20", 7000);
        Stream(behind, ToAlice.Port!.Port, 10);
        Assert.Equal(behind, ToAlice.Latch.Source);
        HangUp(caller, callee);
    }

    [Fact]
    public void AC_31_EarlyMedia_OfACallerBehindNat_ThatSpeaksBeforeTheAnswer_IsHeard()
    {
        (PeerDialog caller, PeerDialog callee) = Ring(Describe(Alice, 40000, isPublic: false));
        Spray(20);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        Alice.Take("183 INVITE");
        _alice.Send(ToAlice.Port!.Port, 0, packets: 5);
        _bob.Send(World.Call.EarlyMedia!.Media.Port!.Port, 0, packets: 5);
        Assert.Equal((5, 5), (_alice.Hear().Length, _bob.Hear().Length));
        AssertOurs();
        Answer(caller, callee, PeerSdp.Audio(Bob, 50000));
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AC_31_ACallee_SprayedWhileItRings_KeepsItsCall(bool isPublic)
    {
        (PeerDialog caller, PeerDialog callee) = Ring(PeerSdp.Audio(Alice, 40000));
        Spray(400);
        Answer(caller, callee, Describe(Bob, 50000, isPublic));
        Assert.False(ToBob.Latch.IsLatched);
        Spray(2);
        _alice.Send(ToAlice.Port!.Port, 0, packets: 10);
        AssertOurs();
        _alice.Hear();
        _bob.Send(ToBob.Port!.Port, 0, packets: 10);
        _bob.Hear();
        _alice.Send(ToAlice.Port!.Port, 0, packets: 10);
        Assert.Equal((10, 10), (_alice.Hear().Length, _bob.Hear().Length));
        Spray(200);
        AssertOurs();
        HangUp(caller, callee);
    }

    /// <summary>Until our answer the leg has no keys; what comes then has no tag, and decides nothing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AC_31_ACallerWithKeys_SprayedAllTheTime_IsHeardAlone(bool isPublic)
    {
        World.Options = World.Options with { AccountSrtp = SrtpPolicy.Accept };
        string described = _security.Describe();
        (PeerDialog caller, PeerDialog callee) = Ring(isPublic ? described : described.Replace("c=IN IP4 " + Alice.Host, "c=IN IP4 " + Inside, StringComparison.Ordinal));
        Spray(200);
        _security.Learn(Answer(caller, callee, PeerSdp.Audio(Bob, 50000)));
        _bob.Send(ToBob.Port!.Port, 0);
        Spray(200);
        for (int i = 0; i < 6; i++)
        {
            _security.Send(ToAlice.Port!.Port, "hello");
        }

        Assert.Equal(6, _bob.Hear().Length);
        _security.Hear();
        _bob.Send(ToBob.Port!.Port, 0, packets: 5);
        Assert.Equal(5, _security.Hear().Length);
        Assert.Equal((0, 0), (SentToStranger, HeardOfStranger));
        HangUp(caller, callee);
    }

    /// <summary>The plain leg had learned from packets that anybody could send.</summary>
    [Fact]
    public void AC_31_ACallerThatTakesKeysLater_IsFoundByThem()
    {
        World.Options = World.Options with { AccountSrtp = SrtpPolicy.Accept };
        (PeerDialog caller, PeerDialog callee) = Ring(Describe(Alice, 40000, isPublic: false));
        Answer(caller, callee, PeerSdp.Audio(Bob, 50000));
        _bob.Send(ToBob.Port!.Port, 0);
        Spray(10);
        Assert.Equal(_stranger, ToAlice.Latch.Source);
        _bob.Hear();
        caller.SendInvite(_security.Describe().Replace("c=IN IP4 " + Alice.Host, "c=IN IP4 " + Inside, StringComparison.Ordinal));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        _security.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        (int sent, int heard) = (SentToStranger, HeardOfStranger);
        Spray(200);
        for (int i = 0; i < 6; i++)
        {
            _security.Send(ToAlice.Port!.Port, "hello");
        }

        Assert.Equal(6, _bob.Hear().Length);
        Assert.Equal((_alice.Endpoint, sent, heard), (ToAlice.Latch.Source, SentToStranger, HeardOfStranger));
        HangUp(caller, callee);
    }

    [Fact]
    public void AC_31_AReInvite_OfAPhoneBehindNat_LetsNobodyElseIn()
    {
        (PeerDialog caller, PeerDialog callee) = Ring(Describe(Alice, 40000, isPublic: false));
        Answer(caller, callee, PeerSdp.Audio(Bob, 50000));
        _alice.Send(ToAlice.Port!.Port, 0, packets: 10);
        _bob.Send(ToBob.Port!.Port, 0);
        caller.SendInvite(Describe(Alice, 45000, isPublic: false));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();

        // A second in which the phone still sends from its old port, and then does from the new one.
        for (int i = 0; i < 50; i++)
        {
            _alice.Send(ToAlice.Port!.Port, 0);
            Spray(1);
        }

        Assert.False(ToAlice.Latch.IsLatched);
        var moved = new PeerMedia(Alice, 45000);
        moved.Send(ToAlice.Port!.Port, 0, packets: 4);
        _bob.Send(ToBob.Port!.Port, 0, packets: 10);
        Assert.Equal(10, moved.Hear().Length);
        Spray(200);
        AssertOurs();
        HangUp(caller, callee);
    }

    private void AssertOurs()
    {
        Assert.Equal(0, SentToStranger);
        Assert.InRange(HeardOfStranger, 0, LatchLimits.MaxUnconfirmedPackets);
    }

    private static string Describe(Peer peer, ushort port, bool isPublic) =>
        isPublic ? PeerSdp.Audio(peer, port) : PeerSdp.Audio(peer, port).Replace("c=IN IP4 " + peer.Host, "c=IN IP4 " + Inside, StringComparison.Ordinal);

    private (PeerDialog Caller, PeerDialog Callee) Ring(string sdp)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", sdp);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        return (caller, callee);
    }

    private SipText Answer(PeerDialog caller, PeerDialog callee, string sdp)
    {
        callee.Respond(200, sdp);
        Bob.Take("ACK");
        SipText answer = caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        return answer;
    }

    /// <summary>Whole packets of sound in order, 20 ms apart, to every port.</summary>
    private void Spray(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            World.Advance(0.02);
            byte[] packet = NextPacket();
            for (ushort port = 30000; port < 30008; port += 2)
            {
                World.DeliverMedia(_stranger, port, [.. packet]);
            }
        }
    }

    private void Stream(NetworkEndpoint source, int port, int packets)
    {
        for (int i = 0; i < packets; i++)
        {
            World.Advance(0.02);
            World.DeliverMedia(source, (ushort)port, NextPacket());
        }
    }

    private byte[] NextPacket()
    {
        byte[] packet = new byte[172];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _sequenceNumber * 160u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), StrangersSsrc);
        return packet;
    }
}
