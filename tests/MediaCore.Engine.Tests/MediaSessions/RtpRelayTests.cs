using System.Net;
using System.Net.Sockets;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using MediaCore.Transport.Media;
using MediaCore.Transport.Udp;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.Tests.MediaSessions;

/// <summary>The relay's reading, from a socket.</summary>
public sealed class RtpRelayTests
{
    [Theory]
    [InlineData(RtpRelay.MaxPacketBytes, 0, 1)]
    [InlineData(RtpRelay.MaxPacketBytes + 1, 1, 0)]
    [InlineData(9000, 1, 0)]
    public void Datagram_ThatIsTooLong_IsDroppedAndCounted(int bytes, long unreadable, long stray)
    {
        ShardContext context = new(
            0,
            new EngineOptions { MediaAddress = World.Endpoint("127.0.0.1", 0) },
            new EngineServices { Policy = null!, CallRecords = null!, Loggers = NullLoggerFactory.Instance },
            new SessionTable(32),
            new SipHashKey(1, 2),
            null!,
            Timestamp.Zero);
        using UdpSocket socket = UdpSocket.Bind(World.Endpoint("127.0.0.1", 0), new UdpSocketOptions());
        MediaPort port = new(0, socket.LocalEndpoint, socket.Descriptor, socket.Descriptor);
        using Socket peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        // Over loopback it is there when the call returns.
        Assert.Equal(bytes, peer.SendTo(new byte[bytes], new IPEndPoint(IPAddress.Loopback, socket.LocalEndpoint.Port)));
        RtpRelay relay = new(context);
        relay.HandleReadable(port, isRtcp: false);
        Assert.Equal((unreadable, stray), (context.Statistics.RtpUnreadable, context.Statistics.RtpStray));

        // Nothing waits any more, which is no packet.
        relay.HandleReadable(port, isRtcp: false);
        Assert.Equal((unreadable, stray), (context.Statistics.RtpUnreadable, context.Statistics.RtpStray));
    }
}
