using System.Text;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using MediaCore.Transport.Udp;

namespace MediaCore.Engine.Tests.Signalling.Steering;

/// <summary>A listener's sockets as the engine opens them, one for each shard, and a peer that sends to them.</summary>
internal sealed class SteeredSockets : IDisposable
{
    public const int Shards = 5;

    private readonly List<UdpSocket> _sockets = [];
    private readonly UdpSocket _peer;
    private readonly byte[] _received = new byte[65536];

    public SteeredSockets(string address = "127.0.0.1", string advertised = "sip.example.com")
    {
        NetworkEndpoint local = World.Endpoint(address, 0);
        for (int i = 0; i < Shards; i++)
        {
            _sockets.Add(UdpSocket.Bind(local, new UdpSocketOptions { ReusePort = true }));
            local = _sockets[0].LocalEndpoint;
        }

        _peer = UdpSocket.Bind(World.Endpoint(address, 0), new UdpSocketOptions());
        Listener = new ListenerIdentity(0, SipTransportKind.Udp, local, advertised, local.Port);
        Program = ShardSteering.Build(Listener);
    }

    public ListenerIdentity Listener { get; }

    public SocketFilterInstruction[] Program { get; }

    public void Attach() => Assert.Equal(0, _sockets[^1].AttachFilter(Program));

    /// <summary>The shard whose socket gets a datagram; fails unless exactly one does, and unharmed.</summary>
    public int Deliver(string message) => Deliver(Encoding.Latin1.GetBytes(message));

    /// <inheritdoc cref="Deliver(string)"/>
    public int Deliver(byte[] datagram)
    {
        Assert.Equal(SendResult.Sent, _peer.TrySend(datagram, Listener.Local));
        int found = -1;
        for (int i = 0; i < Shards; i++)
        {
            if (_sockets[i].TryReceive(_received, out int length, out _))
            {
                Assert.Equal(-1, found);
                Assert.Equal(datagram, _received[..length]);
                found = i;
            }
        }

        Assert.NotEqual(-1, found);
        return found;
    }

    public void Dispose()
    {
        _peer.Dispose();
        _sockets.ForEach(static s => s.Dispose());
    }
}
