using System.Net;
using System.Net.Sockets;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>
/// The line between a phone and the server: what the phone sends is dropped, held back or overtaken by a seeded choice and counted; what it is sent passes. It stands in for the kernel's
/// network emulator, which not every kernel has, and says exactly what it did.
/// </summary>
internal sealed class LossyLink : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1024 * 1024 };
    private readonly CancellationTokenSource _stop = new();
    private readonly Random _random;
    private readonly double _lossPercent;
    private readonly double _swapPercent;
    private readonly TimeSpan _maxDelay;
    private readonly PriorityQueue<byte[], long> _delayed = new();
    private readonly Task _passing;
    private readonly Task _delaying;
    private IPEndPoint _phone = new(IPAddress.Loopback, 9);
    private IPEndPoint _server = new(IPAddress.Loopback, 9);
    private byte[]? _held;
    private int _passed;

    /// <param name="seed">The same choices for the same seed.</param>
    /// <param name="lossPercent">Packets dropped.</param>
    /// <param name="swapPercent">Packets that the next one overtakes.</param>
    /// <param name="maxDelay">Each packet is held back for some time up to this; overtaking is possible.</param>
    public LossyLink(int seed, double lossPercent = 0, double swapPercent = 0, TimeSpan maxDelay = default)
    {
        _random = new Random(seed);
        (_lossPercent, _swapPercent, _maxDelay) = (lossPercent, swapPercent, maxDelay);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _passing = PassAsync();
        _delaying = maxDelay == TimeSpan.Zero ? Task.CompletedTask : SendDelayedAsync();
    }

    /// <summary>Where the server finds the phone.</summary>
    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Packets of the phone that came here.</summary>
    public int Taken { get; private set; }

    /// <summary>Packets that were dropped.</summary>
    public int Dropped { get; private set; }

    /// <summary>Packets that were overtaken on purpose.</summary>
    public int Swapped { get; private set; }

    /// <summary>Packets that went on to the server.</summary>
    public int Passed => Volatile.Read(ref _passed);

    /// <summary>Names both ends; gives where the phone sends.</summary>
    public IPEndPoint Connect(RtpEndpoint phone, IPEndPoint server)
    {
        _phone = new IPEndPoint(IPAddress.Loopback, phone.Port);
        _server = server;
        return new IPEndPoint(IPAddress.Loopback, Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _passing;
        await _delaying;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task PassAsync()
    {
        byte[] buffer = new byte[2048];
        IPEndPoint any = new(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                SocketReceiveFromResult result = await _socket.ReceiveFromAsync(buffer, any, _stop.Token);
                byte[] datagram = buffer[..result.ReceivedBytes];
                if (!result.RemoteEndPoint.Equals(_phone))
                {
                    _socket.SendTo(datagram, _phone);
                    continue;
                }

                Taken++;
                if (_random.NextDouble() * 100 < _lossPercent)
                {
                    Dropped++;
                }
                else if (_maxDelay > TimeSpan.Zero)
                {
                    lock (_delayed)
                    {
                        _delayed.Enqueue(datagram, Environment.TickCount64 + (long)(_random.NextDouble() * _maxDelay.TotalMilliseconds));
                    }
                }
                else if (_held is null && _random.NextDouble() * 100 < _swapPercent)
                {
                    _held = datagram;
                    Swapped++;
                }
                else
                {
                    Send(datagram);
                    if (_held is { } overtaken)
                    {
                        Send(overtaken);
                        _held = null;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
    }

    private async Task SendDelayedAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(2));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                lock (_delayed)
                {
                    while (_delayed.TryPeek(out byte[]? datagram, out long due) && due <= Environment.TickCount64)
                    {
                        _delayed.Dequeue();
                        Send(datagram);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
    }

    private void Send(byte[] datagram)
    {
        _socket.SendTo(datagram, _server);
        Interlocked.Increment(ref _passed);
    }
}
