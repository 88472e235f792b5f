using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using MediaCore.Tests;
using MediaCore.Transport.Tcp;
using MediaCore.Transport.Tests.Tcp;
using MediaCore.Transport.Tls;
using MediaCore.Transport.WebSocket;
using Microsoft.Extensions.Logging;

namespace MediaCore.Transport.Tests.WebSocket;

public sealed class WebSocketConnectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_OfTheFrameworksClient_GoBothWays(bool isSecure)
    {
        using var authority = new TestAuthority();
        (string certificate, string key) = authority.Issue("server", ["localhost"]);
        using var tls = new TlsServer(new TlsServerOptions { Certificates = [TlsCertificate.Load(certificate, key)] });
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.IPv4);
        listener.Start(sink, static () => new CountedFrameScanner(), isSecure ? tls : null, new WebSocketOptions());
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol("sip");
        client.Options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        await client.ConnectAsync(new Uri($"{(isSecure ? "wss" : "ws")}://127.0.0.1:{listener.LocalEndpoint.Port}/"), default).WaitAsync(Loopback.Patience);
        Assert.Equal("sip", client.SubProtocol);
        TcpConnection connection = await sink.NextAcceptedAsync();
        Assert.Equal(isSecure, connection.Peer is not null);
        foreach (int length in (int[])[1, 125, 126, 65_535])
        {
            string text = new('x', length);
            await client.SendAsync(Encoding.UTF8.GetBytes(text), length % 2 == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, default);
            Assert.Equal(text, await sink.NextFrameAsync());
            Assert.True(connection.TrySend(Encoding.UTF8.GetBytes(text)));
            Assert.Equal((text, WebSocketMessageType.Text), await ReceiveAsync(client));
        }

        Assert.True(connection.TrySend([0xff, 0xfe]));
        Assert.Equal(WebSocketMessageType.Binary, (await ReceiveAsync(client)).Type);
        await client.SendAsync("\r\n\r\n"u8.ToArray(), WebSocketMessageType.Text, true, default);
        Assert.Equal(("\r\n", WebSocketMessageType.Text), await ReceiveAsync(client));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default).WaitAsync(Loopback.Patience);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        Assert.Equal(ConnectionCloseReason.PeerClosed, (await sink.NextClosedAsync()).Reason);
    }

    [Fact]
    public async Task Close_OfOurs_IsAnnouncedAfterWhatWaits()
    {
        (TcpConnectionListener listener, RecordingSink sink) = Start();
        await using (listener)
        {
            using var client = new ClientWebSocket();
            client.Options.AddSubProtocol("sip");
            await client.ConnectAsync(new Uri($"ws://127.0.0.1:{listener.LocalEndpoint.Port}/"), default).WaitAsync(Loopback.Patience);
            TcpConnection connection = await sink.NextAcceptedAsync();
            connection.TrySend("last"u8);
            connection.Close();
            Assert.False(connection.TrySend("late"u8));
            Assert.Equal("last", (await ReceiveAsync(client)).Text);
            Assert.Equal(WebSocketMessageType.Close, (await ReceiveAsync(client)).Type);
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
        }
    }

    [Fact]
    public async Task Ping_IsAnswered_AndABrokenRule_ClosesWith1002()
    {
        (TcpConnectionListener listener, RecordingSink sink) = Start();
        await using (listener)
        {
            using Socket peer = await OpenAsync(listener);
            await peer.SendAsync(WebSocketFrameTests.Masked(WebSocketOpcode.Ping, "hi"u8));
            Assert.Equal("8A026869", await ReceiveHexAsync(peer, 4));
            await peer.SendAsync(new byte[] { 0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f });
            Assert.Equal("880203EA", await ReceiveHexAsync(peer, 4));
            Assert.Equal(0, await peer.ReceiveAsync(new byte[1]).WaitAsync(Loopback.Patience));
            peer.Close();
            Assert.Equal(ConnectionCloseReason.InvalidFraming, (await sink.NextClosedAsync()).Reason);
            Assert.False(sink.HasFrame);
        }
    }

    [Fact]
    public async Task Request_ThatIsRefused_GetsItsAnswer_AndNoConnection()
    {
        (TcpConnectionListener listener, RecordingSink sink) = Start();
        await using (listener)
        {
            using Socket peer = await ConnectAsync(listener);
            await peer.SendAsync("POST / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            Assert.Equal("HTTP/1.1 405 ", await ReceiveTextAsync(peer, 13));
            while (await peer.ReceiveAsync(new byte[256]).WaitAsync(Loopback.Patience) > 0)
            {
                // The rest of the answer.
            }

            Assert.Equal(1, listener.Statistics.WebSocketHandshakes(WebSocketHandshakeResult.MethodNotAllowed));
            using Socket good = await OpenAsync(listener);
            await good.SendAsync(WebSocketFrameTests.Masked(WebSocketOpcode.Text, "good"u8));
            Assert.Equal("good", await sink.NextFrameAsync());
        }
    }

    /// <summary>AC-21: a request, a frame and a message that trickle in.</summary>
    [Fact]
    public async Task SlowSenders_AreCutOff_AtEveryStage()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.IPv4, new TcpOptions { MessageReadTimeout = TimeSpan.FromMilliseconds(200) });
        listener.Start(sink, static () => new CountedFrameScanner(), webSocket: new WebSocketOptions { RequestTimeout = TimeSpan.FromMilliseconds(300) });
        using Socket request = await ConnectAsync(listener);
        await request.SendAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        await AssertGoneAsync(request);
        await Loopback.UntilAsync(() => listener.ConnectionCount == 0);
        Assert.Equal(1, listener.Statistics.Closed(ConnectionCloseReason.HandshakeTimeout));

        byte[] frame = WebSocketFrameTests.Masked(WebSocketOpcode.Text, "slow"u8);
        foreach (byte[] part in (byte[][])[frame[..1], frame[..^1], WebSocketFrameTests.Masked(WebSocketOpcode.Text, "slow"u8, isFinal: false)])
        {
            using Socket peer = await OpenAsync(listener);
            await peer.SendAsync(part);
            Assert.Equal(ConnectionCloseReason.MessageTimeout, (await sink.NextClosedAsync()).Reason);
        }
    }

    [Fact]
    public async Task Message_TooLong_ClosesWith1009()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.IPv4, new TcpOptions { MaxMessageBytes = 100 });
        listener.Start(sink, static () => new CountedFrameScanner(), webSocket: new WebSocketOptions());
        using Socket peer = await OpenAsync(listener);
        await peer.SendAsync(WebSocketFrameTests.Masked(WebSocketOpcode.Text, new byte[101])[..8]);
        Assert.Equal("880203F1", await ReceiveHexAsync(peer, 4));
    }

    [Fact]
    public async Task Subprotocol_Missing_IsLogged()
    {
        var log = new WarningLog();
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.IPv4, logger: log);
        listener.Start(new RecordingSink(), static () => new CountedFrameScanner(), webSocket: new WebSocketOptions());
        using Socket peer = await ConnectAsync(listener);
        await peer.SendAsync(Encoding.ASCII.GetBytes(
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        Assert.Equal("HTTP/1.1 400 WebSocket Subprotocol", await ReceiveTextAsync(peer, 34));
        Assert.Contains("does not offer the subprotocol sip", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Equal(1, listener.Statistics.WebSocketHandshakes(WebSocketHandshakeResult.SubprotocolMissing));
    }

    private sealed class WarningLog : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }

    private static (TcpConnectionListener Listener, RecordingSink Sink) Start()
    {
        var sink = new RecordingSink();
        TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.IPv4);
        listener.Start(sink, static () => new CountedFrameScanner(), webSocket: new WebSocketOptions());
        return (listener, sink);
    }

    private static async Task<Socket> ConnectAsync(TcpConnectionListener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint.ToIPEndPoint());
        return socket;
    }

    private static async Task<Socket> OpenAsync(TcpConnectionListener listener)
    {
        Socket socket = await ConnectAsync(listener);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        string response = "";
        while (!response.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            response += await ReceiveTextAsync(socket, 1);
        }

        Assert.StartsWith("HTTP/1.1 101 ", response, StringComparison.Ordinal);
        return socket;
    }

    private static async Task<string> ReceiveTextAsync(Socket socket, int bytes) => Encoding.Latin1.GetString(await ReceiveBytesAsync(socket, bytes));

    private static async Task<string> ReceiveHexAsync(Socket socket, int bytes) => Convert.ToHexString(await ReceiveBytesAsync(socket, bytes));

    private static async Task<byte[]> ReceiveBytesAsync(Socket socket, int bytes)
    {
        byte[] buffer = new byte[bytes];
        for (int read = 0; read < bytes;)
        {
            int got = await socket.ReceiveAsync(buffer.AsMemory(read), SocketFlags.None).AsTask().WaitAsync(Loopback.Patience);
            Assert.True(got > 0, "The connection ended early.");
            read += got;
        }

        return buffer;
    }

    private static async Task<(string Text, WebSocketMessageType Type)> ReceiveAsync(ClientWebSocket client)
    {
        byte[] buffer = new byte[70_000];
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult result = await client.ReceiveAsync(buffer.AsMemory(length), default).AsTask().WaitAsync(Loopback.Patience);
            length += result.Count;
            if (result.EndOfMessage)
            {
                return (Encoding.Latin1.GetString(buffer, 0, length), result.MessageType);
            }
        }
    }

    private static async Task AssertGoneAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).WaitAsync(Loopback.Patience));
        }
        catch (SocketException exception)
        {
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }
    }
}
