using System.Net;
using System.Net.Sockets;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Transport.Tcp;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.Tests.Shards;

public sealed class StreamFlowsTests
{
    /// <summary>AC-25: a connection made for one name is not used for another name at the same address.</summary>
    [Fact]
    public async Task Connection_IsUsedAgain_OnlyForTheSameAddressTransportAndName()
    {
        using var mute = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        mute.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        mute.Listen();
        var there = NetworkEndpoint.From((IPEndPoint)mute.LocalEndPoint!);
        await using StreamFlows flows = Create(SipTransportKind.Tcp, SipTransportKind.Tls, SipTransportKind.Ws);
        IStreamFlow a = Open(flows, new SipDestination(there, SipTransportKind.Tls, "a.example.com"));
        Assert.Same(a, Open(flows, new SipDestination(there, SipTransportKind.Tls, "A.example.com")));
        Assert.NotSame(a, Open(flows, new SipDestination(there, SipTransportKind.Tls, "b.example.com")));
        IStreamFlow plain = Open(flows, new SipDestination(there, SipTransportKind.Tcp, "a.example.com"));
        Assert.NotSame(a, plain);
        Assert.Same(plain, Open(flows, new SipDestination(there, SipTransportKind.Tcp)));
        Assert.Equal(("a.example.com", null), (a.ServerName, plain.ServerName));
    }

    [Theory]
    [InlineData(SipTransportKind.Tls, null)]
    [InlineData(SipTransportKind.Tls, "")]
    [InlineData(SipTransportKind.Ws, "a.example.com")]
    [InlineData(SipTransportKind.Wss, "a.example.com")]
    public async Task Connection_WithoutANameToCheck_OrByWebSocket_IsNotOpened(SipTransportKind transport, string? name)
    {
        await using StreamFlows flows = Create(SipTransportKind.Tls, SipTransportKind.Ws, SipTransportKind.Wss);
        Assert.False(flows.TryOpen(0, new SipDestination(NetworkEndpoint.FromBytes([127, 0, 0, 1], 5061), transport, name), network: 0, out _));
    }

    [Theory]
    [InlineData(SipTransportKind.Udp, "SIP/2.0/UDP ", "", 5060)]
    [InlineData(SipTransportKind.Tcp, "SIP/2.0/TCP ", ";transport=tcp", 5060)]
    [InlineData(SipTransportKind.Tls, "SIP/2.0/TLS ", ";transport=tls", 5061)]
    [InlineData(SipTransportKind.Ws, "SIP/2.0/WS ", ";transport=ws", 80)]
    [InlineData(SipTransportKind.Wss, "SIP/2.0/WSS ", ";transport=ws", 443)]
    public void Identity_OfAListener_IsWrittenSo(SipTransportKind transport, string via, string parameters, int port)
    {
        var identity = new ListenerIdentity(0, transport, default, "sip.example.com", 5070);
        Assert.Equal((via, parameters, port), (System.Text.Encoding.ASCII.GetString(identity.ViaProtocol), System.Text.Encoding.ASCII.GetString(identity.UriParameters), identity.DefaultPort));
    }

    [Fact]
    public async Task Connection_ThatCannotBeMade_IsLoggedWithItsReason()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var there = NetworkEndpoint.From((IPEndPoint)closed.LocalEndPoint!);
        var logs = new FirstWarning();
        await using var flows = new StreamFlows([], new EngineOptions(), logs);
        TcpConnectionListener listener = TcpConnectionListener.Bind(NetworkEndpoint.FromBytes([127, 0, 0, 1], 0));
        flows.Add(listener, new ListenerIdentity(0, SipTransportKind.Tcp, listener.LocalEndpoint, "127.0.0.1", listener.LocalEndpoint.Port));
        Open(flows, new SipDestination(there, SipTransportKind.Tcp, "a.example.com"));
        Assert.Equal($"No Tcp connection to {there} (name none): Refused", await logs.Text.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private sealed class FirstWarning : ILoggerFactory, ILogger
    {
        private readonly TaskCompletionSource<string> _text = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Text => _text.Task;

        public void AddProvider(ILoggerProvider provider)
        {
            // This object is the only sink.
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
            // Nothing is held.
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _text.TrySetResult(formatter(state, exception));
    }

    private static StreamFlows Create(params SipTransportKind[] transports)
    {
        var flows = new StreamFlows([], new EngineOptions(), NullLoggerFactory.Instance);
        for (int i = 0; i < transports.Length; i++)
        {
            TcpConnectionListener listener = TcpConnectionListener.Bind(NetworkEndpoint.FromBytes([127, 0, 0, 1], 0));
            flows.Add(listener, new ListenerIdentity(i, transports[i], listener.LocalEndpoint, "127.0.0.1", listener.LocalEndpoint.Port));
        }

        return flows;
    }

    private static IStreamFlow Open(StreamFlows flows, SipDestination destination)
    {
        Assert.True(flows.TryOpen(0, destination, network: 0, out Flow flow));
        return flow.Stream!;
    }
}
