using MediaCore.Primitives;
using MediaCore.Transport.Tcp;

namespace MediaCore.Transport.Tests.Tcp;

public sealed class TcpConnectorTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connection_CarriesMessagesBothWays(bool isIPv6)
    {
        var serverSink = new RecordingSink { FrameAction = static (connection, _) => connection.TrySend("6\nanswer"u8) };
        var clientSink = new RecordingSink();
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.Of(isIPv6));
        listener.Start(serverSink, static () => new CountedFrameScanner());
        await using var connector = new TcpConnector(clientSink, static () => new CountedFrameScanner());
        TcpConnection? connection = await connector.ConnectAsync(listener.LocalEndpoint, Loopback.Patience, tag: "trunk");
        Assert.NotNull(connection);
        Assert.True(connection.IsOutbound);
        Assert.Equal("trunk", connection.Tag);
        Assert.Equal(listener.LocalEndpoint, connection.Remote);
        Assert.Equal(1, connector.ConnectionCount);
        Assert.True(connection.TrySend("7\nrequest"u8));
        Assert.Equal("7\nrequest", await serverSink.NextFrameAsync());
        Assert.Equal("6\nanswer", await clientSink.NextFrameAsync());

        connection.Close();
        Assert.Equal(ConnectionCloseReason.PeerClosed, (await serverSink.NextClosedAsync()).Reason);
        Assert.Equal((connection, ConnectionCloseReason.LocalClose), await clientSink.NextClosedAsync());
        Assert.Equal(0, connector.ConnectionCount);
    }

    [Fact]
    public async Task LocalAddress_IsUsed()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.IPv4);
        listener.Start(sink, static () => new CountedFrameScanner());
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner());
        NetworkEndpoint from = NetworkEndpoint.FromBytes([127, 0, 0, 3], 0);
        Assert.NotNull(await connector.ConnectAsync(listener.LocalEndpoint, Loopback.Patience, local: from));
        Assert.True((await sink.NextAcceptedAsync()).Remote.HasSameAddress(from));
    }

    [Fact]
    public async Task NobodyThere_IsRefused()
    {
        TcpConnectionListener gone = TcpConnectionListener.Bind(Loopback.IPv4);
        NetworkEndpoint nobody = gone.LocalEndpoint;
        await gone.DisposeAsync();
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner());
        TcpConnectResult result = await connector.ConnectWithResultAsync(nobody, Loopback.Patience);
        Assert.Equal(new TcpConnectResult(null, TcpConnectError.Refused), result);
        Assert.Null(await connector.ConnectAsync(nobody, Loopback.Patience));
        Assert.Equal(TcpConnectError.Unreachable, (await connector.ConnectWithResultAsync(default, Loopback.Patience)).Error);
        Assert.Equal(0, connector.ConnectionCount);
    }

    [Fact]
    public async Task NoAnswer_TimesOut_AndTheCallerMayGiveUp()
    {
        // A listening socket whose backlog is full answers no SYN (Linux drops it).
        using var full = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        full.Bind(Loopback.IPv4.ToIPEndPoint());
        full.Listen(0);
        NetworkEndpoint remote = NetworkEndpoint.From((System.Net.IPEndPoint)full.LocalEndPoint!);
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner());
        var error = TcpConnectError.None;
        for (int i = 0; i < 10 && error == TcpConnectError.None; i++)
        {
            error = (await connector.ConnectWithResultAsync(remote, TimeSpan.FromMilliseconds(200))).Error;
        }

        Assert.Equal(TcpConnectError.TimedOut, error);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Assert.Equal(TcpConnectError.Cancelled, (await connector.ConnectWithResultAsync(remote, Loopback.Patience, cancellationToken: cancelled.Token)).Error);
    }

    [Fact]
    public async Task Connections_AreBounded_AndDisposalEndsThem()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.IPv4);
        listener.Start(new RecordingSink(), static () => new CountedFrameScanner());
        var connector = new TcpConnector(sink, static () => new CountedFrameScanner(), new TcpOptions { MaxConnections = 2, MaxConnectionsPerSource = 1 });
        Assert.NotNull(await connector.ConnectAsync(listener.LocalEndpoint, Loopback.Patience));
        Assert.NotNull(await connector.ConnectAsync(listener.LocalEndpoint, Loopback.Patience));
        Assert.Equal(TcpConnectError.LimitReached, (await connector.ConnectWithResultAsync(listener.LocalEndpoint, Loopback.Patience)).Error);
        await connector.DisposeAsync();
        Assert.Equal(2, sink.ClosedTimes.Count);
        Assert.Equal(TcpConnectError.LimitReached, (await connector.ConnectWithResultAsync(listener.LocalEndpoint, Loopback.Patience)).Error);
    }
}
