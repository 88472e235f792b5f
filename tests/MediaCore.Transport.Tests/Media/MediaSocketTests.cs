using MediaCore.Primitives;
using MediaCore.Transport.Media;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Tests.Media;

public sealed class MediaSocketTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packet_ArrivesWithItsSource(bool isIPv6)
    {
        using UdpSocket a = Loopback.Bind(isIPv6);
        using UdpSocket b = Loopback.Bind(isIPv6);
        Assert.Equal(SendResult.Sent, MediaSocket.Send(a.Descriptor, "rtp"u8, b.LocalEndpoint));
        byte[] buffer = new byte[16];
        Loopback.WaitReadable(b.Descriptor);
        Assert.Equal(3, MediaSocket.Receive(b.Descriptor, buffer, out NetworkEndpoint source));
        Assert.Equal(a.LocalEndpoint, source);
        Assert.Equal("rtp"u8.ToArray(), buffer[..3]);
        Assert.Equal(MediaSocket.None, MediaSocket.Receive(b.Descriptor, buffer, out source));
        Assert.False(source.HasAddress);
    }

    [Fact]
    public void PacketLongerThanTheBuffer_Fails_AndTheNextOneIsRead()
    {
        using UdpSocket socket = Loopback.Bind();
        MediaSocket.Send(socket.Descriptor, new byte[17], socket.LocalEndpoint);
        MediaSocket.Send(socket.Descriptor, new byte[16], socket.LocalEndpoint);
        byte[] buffer = new byte[16];
        Assert.Equal(MediaSocket.Failed, MediaSocket.Receive(socket.Descriptor, buffer, out _));
        Assert.Equal(16, MediaSocket.Receive(socket.Descriptor, buffer, out _));
    }

    [Fact]
    public void ClosedDescriptor_IsAnswered_NotThrown()
    {
        Assert.Equal(MediaSocket.Failed, MediaSocket.Receive(-1, new byte[4], out _));
        Assert.Equal(SendResult.Failed, MediaSocket.Send(-1, new byte[4], Loopback.IPv4.WithPort(9)));
        Assert.Equal(SendResult.InvalidDestination, MediaSocket.Send(-1, new byte[4], default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReceiveAndSend_AllocateNothing(bool isIPv6)
    {
        using UdpSocket socket = Loopback.Bind(isIPv6);
        NetworkEndpoint self = socket.LocalEndpoint;
        byte[] packet = new byte[172];
        byte[] buffer = new byte[1500];
        int received = 0;
        Assert.Equal(0, Loopback.AllocatedBy(() =>
        {
            MediaSocket.Send(socket.Descriptor, packet, self);
            while (MediaSocket.Receive(socket.Descriptor, buffer, out NetworkEndpoint source) >= 0)
            {
                received += source == self ? 1 : 0;
            }
        }));
        Assert.Equal(2200, received);
    }
}
