using MediaCore.LoadTests.Media;
using MediaCore.Primitives;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Sockets;

/// <summary>A socket of all callers or all callees: whole batches in and out, and when the kernel got what came. Owned by the signalling thread.</summary>
internal sealed class SignallingSocket : IDisposable
{
    private const int MaxDatagramBytes = 8192;
    private const int BatchDatagrams = 64;
    private const int BufferBytes = 8 << 20;

    private readonly UdpSocket _socket;
    private readonly SegmentedQueue _outgoing = new();
    private readonly StampedBatch _batch = new(BatchDatagrams, MaxDatagramBytes);
    private Timestamp _emptyAt;
    private Timestamp _fetchedAt = MonotonicClock.Now;
    private long _wallMinusMonotonic;

    public SignallingSocket(in NetworkEndpoint local)
    {
        _socket = UdpSocket.Bind(local, new UdpSocketOptions { ReceiveBufferBytes = BufferBytes, SendBufferBytes = BufferBytes });
        StampedBatch.Enable(_socket.Descriptor);
    }

    public NetworkEndpoint LocalEndpoint => _socket.LocalEndpoint;

    public int Descriptor => _socket.Descriptor;

    /// <summary>Datagrams that the kernel has not taken.</summary>
    public int QueuedDatagrams => _outgoing.Count;

    /// <summary>Fetches what waits. While the batch is full afterwards there may be more.</summary>
    public StampedBatch Fetch()
    {
        if (!_batch.IsFull)
        {
            _emptyAt = _fetchedAt;
        }

        _fetchedAt = MonotonicClock.Now;
        _batch.Fetch(_socket.Descriptor);
        _wallMinusMonotonic = WallClock.Nanoseconds - MonotonicClock.Now.Nanoseconds;
        return _batch;
    }

    /// <summary>When the kernel got a datagram of the batch, which was not before the socket was last found empty and not after now, whatever somebody does to the time of day meanwhile.</summary>
    public Timestamp ArrivedAt(int index, Timestamp now) => new(Math.Clamp(_batch.ArrivedAt(index) - _wallMinusMonotonic, _emptyAt.Nanoseconds, now.Nanoseconds));

    /// <summary>Copies a datagram to go out with the next <see cref="Flush"/>.</summary>
    /// <param name="datagram">The message.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="isFirst">Whether it has to leave before the others of this turn: another of the same call may follow.</param>
    public void Queue(ReadOnlySpan<byte> datagram, in NetworkEndpoint destination, bool isFirst = false)
    {
        if (_outgoing.TryAdd(datagram, destination, isFirst))
        {
            return;
        }

        Flush();
        if (!_outgoing.TryAdd(datagram, destination, isFirst))
        {
            // The kernel has no room: lost as on the way. It is sent again in its time.
            _outgoing.GiveUp();
        }
    }

    public void Flush() => _outgoing.Flush(_socket.Descriptor);

    public void Dispose() => _socket.Dispose();
}
