using System.Buffers.Binary;
using System.Net.Sockets;
using MediaCore.Primitives;
using MediaCore.Transport.Media;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tests.Tcp;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Tests;

/// <summary>Differentiated services code points (RFC 2474), as the kernel has them.</summary>
public sealed class CodePointTests
{
    [Theory]
    [InlineData(false, 24)]
    [InlineData(true, 24)]
    [InlineData(false, 40)]
    [InlineData(false, 0)]
    public void UdpSocket_HasItsCodePoint(bool isIPv6, int dscp)
    {
        using UdpSocket socket = UdpSocket.Bind(Loopback.Of(isIPv6), new UdpSocketOptions { Dscp = dscp });
        Assert.Equal(dscp, Read(socket.Descriptor, isIPv6));
    }

    [Fact]
    public void UdpSocket_ByDefault_IsCs3()
    {
        using UdpSocket socket = Loopback.Bind();
        Assert.Equal(24, Read(socket.Descriptor, isIPv6: false));
    }

    [Theory]
    [InlineData(false, 46)]
    [InlineData(true, 46)]
    [InlineData(false, 34)]
    public void MediaPort_HasItsCodePoint_OnBothSockets(bool isIPv6, int dscp)
    {
        using var poller = new EventPoller();
        ushort first = (ushort)(2 * Random.Shared.Next(5_500, 14_000));
        using var pool = new MediaPortPool(
            Loopback.Of(isIPv6), first, (ushort)(first + 39), 0, 1, new MediaPortOptions { ReserveAhead = 1, Dscp = dscp }, poller, static (port, isRtcp) => ReadyEvent.MakeToken(isRtcp ? (byte)2 : (byte)1, (uint)port));
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(Timestamp.FromMilliseconds(1), out MediaPort? port));
        Assert.Equal((dscp, dscp), (Read(port!.RtpDescriptor, isIPv6), Read(port.RtcpDescriptor, isIPv6)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MediaPort_OfAnotherClass_HasItUntilItIsReleased(bool isIPv6)
    {
        using var poller = new EventPoller();
        ushort first = (ushort)(2 * Random.Shared.Next(5_500, 14_000));
        using var pool = new MediaPortPool(
            Loopback.Of(isIPv6), first, (ushort)(first + 39), 0, 1, new MediaPortOptions { ReserveAhead = 1, Dscp = 46 }, poller, static (port, isRtcp) => ReadyEvent.MakeToken(isRtcp ? (byte)2 : (byte)1, (uint)port));
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(Timestamp.FromMilliseconds(1), out MediaPort? port));
        Assert.True(port!.TrySetTrafficClass(0x60));
        Assert.Equal((24, 24), (Read(port.RtpDescriptor, isIPv6), Read(port.RtcpDescriptor, isIPv6)));
        pool.Release(port, Timestamp.FromMilliseconds(2));
        Assert.Null(port.TrafficClass);
        Assert.Equal((46, 46), (Read(port.RtpDescriptor, isIPv6), Read(port.RtcpDescriptor, isIPv6)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TcpConnection_HasItsCodePoint_OnBothSides(bool isIPv6)
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.Of(isIPv6), new TcpOptions { Dscp = 26 });
        listener.Start(sink, static () => new CountedFrameScanner());
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner(), new TcpOptions { Dscp = 24 });
        TcpConnection? connection = await connector.ConnectAsync(listener.LocalEndpoint, Loopback.Patience);
        Assert.NotNull(connection);
        TcpConnection accepted = await sink.NextAcceptedAsync();
        Assert.Equal(24, Read(connection.Descriptor, isIPv6));
        Assert.Equal(26, Read(accepted.Descriptor, isIPv6));
    }

    private static int Read(int descriptor, bool isIPv6)
    {
        using var handle = new SafeSocketHandle(descriptor, ownsHandle: false);
        using var socket = new Socket(handle);
        byte[] value = new byte[sizeof(int)];
        socket.GetRawSocketOption(isIPv6 ? 41 : 0, isIPv6 ? 67 : 1, value);
        return BinaryPrimitives.ReadInt32LittleEndian(value) >> 2;
    }
}
