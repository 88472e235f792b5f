using System.Net;
using System.Net.Sockets;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Server;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Soak.Chaos;

/// <summary>
/// The callers' signalling goes through a forwarder of datagrams that loses some, by a seed: this kernel has no netem. Media go past it, so that a packet that is lost there is the server's still.
/// </summary>
internal sealed class SignallingLoss : IDisturbance
{
    public const string Kind = "loss";
    private const double Share = 0.1;
    private const int Seed = 1;
    private const int MaxDatagramBytes = 65_536;

    private readonly Random _random = new(Seed);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Socket _towardsCallers = Bind();
    private readonly Socket _towardsServer = Bind();
    private Task _forwarding = Task.CompletedTask;
    private volatile bool _isLosing;
    private long _lost;
    private long _forwarded;

    public string Name => Kind;

    public Task PrepareAsync(Dictionary<string, object> configuration, Dictionary<string, string> environment) => Task.CompletedTask;

    public Task BeginAsync(ServerProcess server, CallGenerator generator)
    {
        IPEndPoint callers = new(generator.CallerEndpoint.ToIPAddress(), generator.CallerEndpoint.Port);
        IPEndPoint target = new(IPAddress.Loopback, server.SipPort);
        generator.Server = NetworkEndpoint.From(IPAddress.Parse("127.0.0.2"), (ushort)((IPEndPoint)_towardsCallers.LocalEndPoint!).Port);
        _forwarding = Task.WhenAll(ForwardAsync(_towardsCallers, _towardsServer, target), ForwardAsync(_towardsServer, _towardsCallers, callers));
        return Task.CompletedTask;
    }

    public Task StrikeAsync()
    {
        _isLosing = true;
        return Task.CompletedTask;
    }

    public Task EaseAsync()
    {
        _isLosing = false;
        return Task.CompletedTask;
    }

    public Finding Check() => new("datagrams of the callers' signalling were lost", _lost > 0, $"{_lost} lost, {_forwarded} forwarded, seed {Seed}");

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _forwarding;
        _towardsCallers.Dispose();
        _towardsServer.Dispose();
        _over.Dispose();
    }

    private static Socket Bind()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        // The address that the callers' trunk is known by.
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        return socket;
    }

    private async Task ForwardAsync(Socket from, Socket by, EndPoint to)
    {
        byte[] datagram = new byte[MaxDatagramBytes];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await from.ReceiveFromAsync(datagram, new IPEndPoint(IPAddress.Any, 0), _over.Token);
                if (_isLosing && Loses())
                {
                    Interlocked.Increment(ref _lost);
                    continue;
                }

                Interlocked.Increment(ref _forwarded);
                await by.SendToAsync(datagram.AsMemory(0, received.ReceivedBytes), to, _over.Token);
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private bool Loses()
    {
        lock (_lock)
        {
            return _random.NextDouble() < Share;
        }
    }
}
