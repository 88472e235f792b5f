using System.Runtime.CompilerServices;
using MediaCore.Engine.MediaSessions;
using MediaCore.Rtp.Relay;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.Tests.MediaSessions;

public sealed class MediaLegTests
{
    private readonly List<string> _violations = [];
    private readonly SimulatedMediaPorts _ports;

    public MediaLegTests()
    {
        _ports = new SimulatedMediaPorts(_violations);
    }

    [Fact]
    public void Bridge_ConnectsTwo_AndDisconnectsTheirFormerPeers()
    {
        MediaLeg first = Open(), second = Open(), third = Open();
        MediaLeg.Bridge(first, second);
        MediaLeg.Bridge(first, third);
        Assert.Same(third, first.Peer);
        Assert.Same(first, third.Peer);
        Assert.Null(second.Peer);
        MediaLeg.Bridge(second, third);
        Assert.Null(first.Peer);
    }

    [Fact]
    public void Close_GivesThePortBackOnce_AndLeavesNoOneSendingToIt()
    {
        MediaLeg first = Open(), second = Open();
        MediaLeg.Bridge(first, second);
        MediaPort? port = first.Close();
        Assert.NotNull(port);
        Assert.Null(port.Owner);
        Assert.Null(second.Peer);
        Assert.Null(first.Close());
    }

    [Fact]
    public void Open_StartsAfresh()
    {
        MediaLeg leg = Open();
        leg.SentPackets = 5;
        leg.MapPayloadType(96, 101);
        leg.Expect(World.Endpoint("198.51.100.10", 4000), World.Endpoint("198.51.100.10", 4001));
        leg.Close();
        Assert.Equal(5, leg.GetSentFigures().Packets);
        _ports.TryAllocate(Timestamp.Zero, out MediaPort? port);
        leg.Open(port!, Timestamp.FromMilliseconds(7));
        Assert.Equal((0, false, Timestamp.FromMilliseconds(7)), ((int)leg.SentPackets, leg.MapsPayloadTypes, leg.LastHeard));
        Assert.False(leg.RemoteRtcp.HasAddress);
        Assert.Same(leg, port!.Owner);
    }

    [Theory]
    [InlineData(96, 101, true)]
    [InlineData(101, 101, false)]
    [InlineData(128, 5, false)]
    [InlineData(5, 128, false)]
    public void MapPayloadType_OfTheSameNumber_OrOfNone_IsNone(byte from, byte to, bool maps)
    {
        MediaLeg leg = Open();
        leg.MapPayloadType(from, to);
        Assert.Equal(maps, leg.MapsPayloadTypes);
        Assert.Equal(maps ? to : from, leg.GetPayloadType(from));
        Assert.Equal(77, leg.GetPayloadType(77));
        leg.ClearPayloadTypes();
        Assert.Equal(from, leg.GetPayloadType(from));
    }

    private MediaLeg Open()
    {
        Assert.True(_ports.TryAllocate(Timestamp.Zero, out MediaPort? port));
        var leg = new MediaLeg();
        leg.Open(port, Timestamp.Zero);
        Assert.Empty(_violations);
        return leg;
    }

    [Fact]
    public void WhatAPacketTouches_IsWhereItIsFetchedFrom()
    {
        // An object begins anywhere in a cache line, so the last line that is fetched may hold little of it.
        const int line = 64;
        var leg = new MediaLeg();
        Assert.InRange(Offset(leg, ref leg.Latch) + Unsafe.SizeOf<SourceLatch>(), line, MediaLeg.HotSendBytes - line);
        Assert.InRange(Offset(leg, ref leg.Received) + Unsafe.SizeOf<RtpReceiverStatistics>(), line, MediaLeg.HotBytes - line);

        static long Offset<T>(MediaLeg leg, ref T field) =>
            Unsafe.ByteOffset(ref Unsafe.As<FirstByte>(leg).Value, ref Unsafe.As<T, byte>(ref field)) + IntPtr.Size;
    }

    private sealed class FirstByte
    {
        public byte Value = 1;
    }
}
