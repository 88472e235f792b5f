using MediaCore.LoadTests.Sockets;
using MediaCore.Primitives;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Media;

/// <summary>A socket that many streams share, as behind a gateway. Sent from by one thread, received by another.</summary>
internal sealed class MediaEndpoint : IDisposable
{
    public const int MaxPacketBytes = 2048;

    private const int BatchPackets = 64;
    private const int BufferBytes = 4 << 20;

    private readonly UdpSocket _socket;
    private readonly StampedBatch _batch = new(BatchPackets, MaxPacketBytes);

    public MediaEndpoint(NetworkEndpoint local)
    {
        _socket = UdpSocket.Bind(local, new UdpSocketOptions { ReceiveBufferBytes = BufferBytes, SendBufferBytes = BufferBytes });
        StampedBatch.Enable(_socket.Descriptor);
    }

    /// <summary>Where it is.</summary>
    public NetworkEndpoint Local => _socket.LocalEndpoint;

    public int Descriptor => _socket.Descriptor;

    /// <summary>Fetches what waits. While the batch is full afterwards there may be more.</summary>
    public StampedBatch Fetch()
    {
        _batch.Fetch(_socket.Descriptor);
        return _batch;
    }

    public void Dispose() => _socket.Dispose();
}
