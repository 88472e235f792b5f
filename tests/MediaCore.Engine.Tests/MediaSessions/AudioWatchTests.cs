using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.MediaSessions;

/// <summary>One-way and silent audio: found within six seconds, and not found where a side may be quiet.</summary>
public sealed class AudioWatchTests : CallTest
{
    private const byte Sound = 0x00;
    private const byte Silence = 0xff;

    private readonly PeerMedia _alice;
    private readonly PeerMedia _bob;

    public AudioWatchTests()
    {
        _alice = new PeerMedia(Alice, 40000);
        _bob = new PeerMedia(Bob, 50000);
    }

    private int ToAlice => World.Call.Caller.Media.Port!.Port;

    private int ToBob => World.Call.Connected!.Media.Port!.Port;

    private (long OneWay, long Silent) Faults => (World.Statistics.OneWayLegs, World.Statistics.SilentLegs);

    [Fact]
    public void PeerThatNeverSends_IsFoundWithinSixSeconds_AndRecorded()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        _alice.Send(ToAlice, 0, 190);
        Assert.Equal((0, 0), Faults);
        _alice.Send(ToAlice, 0, 110);
        Assert.Equal((1, 0), Faults);
        Assert.Contains("one-way audio", Assert.Single(World.Warnings), StringComparison.Ordinal);
        _alice.Send(ToAlice, 0, 200);
        Assert.Equal((1, 0), Faults);
        HangUp(caller, callee);
        MediaQuality quality = World.Record.Legs[1].Quality!;
        Assert.True(quality.IsOneWay);
        Assert.InRange(quality.MissingMilliseconds, 8_000, 10_000);
        Assert.Null(quality.Mos);
        Assert.False(World.Record.Legs[0].Quality!.IsOneWay);
    }

    [Fact]
    public void PeerThatStopsSending_IsFoundWithinSixSeconds()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(333, Sound, Sound);
        Assert.Equal((0, 0), Faults);
        _alice.Send(ToAlice, 0, 300);
        Assert.Equal((1, 0), Faults);
        HangUp(caller, callee);
        Assert.True(World.Record.Legs[1].Quality!.IsOneWay);
        Assert.NotNull(World.Record.Legs[1].Quality!.Mos);
    }

    [Theory]
    [InlineData(0, 0xff)]
    [InlineData(0, 0x7f)]
    [InlineData(8, 0xd5)]
    [InlineData(8, 0x55)]
    public void SilentPeer_IsFoundWithinSixSeconds(byte payloadType, byte silence)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        for (int i = 0; i < 300; i++)
        {
            _alice.Send(ToAlice, 0);
            _bob.Send(ToBob, payloadType, code: silence, milliseconds: 0);
        }

        Assert.Equal((0, 1), Faults);
        HangUp(caller, callee);
        MediaQuality quality = World.Record.Legs[1].Quality!;
        Assert.True(quality.IsSilent);
        Assert.InRange(quality.SilentMilliseconds, 4_000, 6_000);
        Assert.True(quality.LevelDbov < -70);
        Assert.True(World.Record.Legs[0].Quality!.LevelDbov > -3);
    }

    // A word every three seconds is a conversation, not a fault.
    [Fact]
    public void PauseInSpeech_IsNoFault()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        for (int i = 0; i < 10; i++)
        {
            Talk(145, Sound, Silence);
            Talk(5, Sound, Sound);
        }

        Assert.Equal((0, 0), Faults);
        HangUp(caller, callee);
    }

    // RFC 3389: after a comfort noise packet nothing has to come for long.
    [Fact]
    public void SilenceSuppression_IsNoFault()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(50, Sound, Sound);
        _bob.SendNoise(ToBob);
        _alice.Send(ToAlice, 0, 500);
        Assert.Equal((0, 0), Faults);
        HangUp(caller, callee);
    }

    /// <summary>A key is pressed, and then the way is gone: an event is as short as a silence descriptor and is none. Nor does it end a silence that was announced.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void PeerWhoseLastPacketIsADigit_IsFound_UnlessItWasSilentBefore(bool isSilent, long faults)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(50, Sound, Sound);
        if (isSilent)
        {
            _bob.SendNoise(ToBob);
        }

        byte[] digit = [0x80, 101, 0x40, 0, 0, 0, 0, 1, 0, 0, 0, 9, 5, 0x8a, 3, 0x20];
        World.DeliverMedia(_bob.Endpoint, (ushort)ToBob, digit);
        _alice.Send(ToAlice, 0, 310);
        Assert.Equal((faults, 0), Faults);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("sendonly", "recvonly")]
    [InlineData("inactive", "inactive")]
    public void Hold_IsNoFault(string offered, string answered)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Talk(50, Sound, Sound);
        caller.SendInvite(PeerSdp.Audio(Alice, direction: offered));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, direction: answered));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        _alice.Send(ToAlice, 0, 500);
        Assert.Equal((0, 0), Faults);
        HangUp(caller, callee);
    }

    // Early media comes from one side only.
    [Fact]
    public void EarlyMedia_IsNoFault()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        caller.Learn(Alice.Take("183 INVITE"));
        ushort port = World.Call.Callees[0].Media.Port!.Port;
        _bob.Send(port, 0, 400);
        Assert.Equal((0, 0), Faults);
        Answer(caller, callee);
        _bob.Send(port, 0, 300);
        Assert.Equal((1, 0), Faults);
        HangUp(caller, callee);
        Assert.True(World.Record.Legs[0].Quality!.IsOneWay);
    }

    private void Talk(int packets, byte alice, byte bob)
    {
        for (int i = 0; i < packets; i++)
        {
            _alice.Send(ToAlice, 0, code: alice);
            _bob.Send(ToBob, 0, code: bob, milliseconds: 0);
        }
    }
}
