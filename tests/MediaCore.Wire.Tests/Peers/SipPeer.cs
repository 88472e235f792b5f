using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>One end of SIP over UDP: a socket, what came in, and nothing sent but what the test says. It retransmits nothing.</summary>
internal sealed class SipPeer : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 * 1024 * 1024 };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<SipText> _inbox = [];
    private readonly Lock _gate = new();
    private readonly Task _receiving;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SipPeer(IPEndPoint server, IPAddress? address = null)
    {
        Server = server;
        _socket.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        Local = (IPEndPoint)_socket.LocalEndPoint!;
        _receiving = ReceiveAllAsync();
    }

    public IPEndPoint Server { get; set; }

    public IPEndPoint Local { get; }

    /// <summary>Handles a message at once; true when it is done with and nobody waits for it.</summary>
    public Func<SipText, bool>? AtOnce { get; set; }

    /// <summary>What it does before it goes away, as a phone that takes its registration back.</summary>
    public Func<Task>? Farewell { get; set; }

    public void Send(string message) => Send(Encoding.Latin1.GetBytes(message));

    public void Send(ReadOnlySpan<byte> message) => _socket.SendTo(message, Server);

    /// <summary>The first message that satisfies, whether it is here already or still to come; it is taken out.</summary>
    public async Task<SipText> ExpectAsync(Predicate<SipText> wanted, string what, TimeSpan? limit = null)
    {
        using CancellationTokenSource deadline = new(limit ?? Eventually.Patience);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                int found = _inbox.FindIndex(wanted);
                if (found >= 0)
                {
                    SipText message = _inbox[found];
                    _inbox.RemoveAt(found);
                    return message;
                }

                more = _more.Task;
            }

            try
            {
                await more.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{what} has not come. Here are:\n{string.Join("\n---\n", Waiting())}");
            }
        }
    }

    public Task<SipText> ExpectRequestAsync(string method, TimeSpan? limit = null) => ExpectAsync(m => m.IsRequest && m.Method == method, method, limit);

    /// <summary>Messages that nobody asked for yet.</summary>
    public IReadOnlyList<SipText> Waiting()
    {
        lock (_gate)
        {
            return [.. _inbox];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Farewell is not null)
        {
            await Farewell();
        }

        await _stop.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ReceiveAllAsync()
    {
        byte[] buffer = new byte[65536];
        IPEndPoint any = new(IPAddress.Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            int length;
            try
            {
                length = (await _socket.ReceiveFromAsync(buffer, any, _stop.Token)).ReceivedBytes;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            SipText message = SipText.Parse(buffer.AsSpan(0, length));
            if (AtOnce?.Invoke(message) == true)
            {
                continue;
            }

            lock (_gate)
            {
                _inbox.Add(message);
                TaskCompletionSource more = _more;
                _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
                more.SetResult();
            }
        }
    }
}
