using System.Net.Sockets;
using System.Text;
using MediaCore.Primitives;
using MediaCore.Transport.Tcp;

namespace MediaCore.Transport.Tests.Tcp;

public sealed class TcpConnectionListenerTests
{
    private static readonly TcpOptions s_patient = new() { SendTimeout = TimeSpan.FromMinutes(5), MessageReadTimeout = TimeSpan.FromMinutes(5) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PipelinedMessages_InEverySegmentation_ArriveWholeAndInOrder(bool isIPv6)
    {
        var sink = new RecordingSink();
        using var scanned = new SemaphoreSlim(0);
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.Of(isIPv6), s_patient);
        listener.Start(sink, () => new CountedFrameScanner(scanned));
        byte[] stream = "5\nfirst\r\n6\nsecond"u8.ToArray();
        for (int cut = 0; cut <= stream.Length; cut++)
        {
            using Socket peer = await ConnectAsync(listener);
            await SendAndWaitAsync(peer, stream.AsMemory(0, cut), scanned);
            await SendAndWaitAsync(peer, stream.AsMemory(cut), scanned);
            peer.Shutdown(SocketShutdown.Send);
            Assert.Equal("5\nfirst", await sink.NextFrameAsync());
            Assert.Equal("6\nsecond", await sink.NextFrameAsync());
            Assert.Equal(ConnectionCloseReason.PeerClosed, (await sink.NextClosedAsync()).Reason);
        }

        using Socket slow = await ConnectAsync(listener);
        for (int i = 0; i < stream.Length; i++)
        {
            await SendAndWaitAsync(slow, stream.AsMemory(i, 1), scanned);
        }

        Assert.Equal("5\nfirst", await sink.NextFrameAsync());
        Assert.Equal("6\nsecond", await sink.NextFrameAsync());
    }

    [Fact]
    public async Task SeveralMessagesInOneSegment_AllArrive()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink);
        using Socket peer = await ConnectAsync(listener);
        await SendAsync(peer, string.Concat(Enumerable.Range(0, 500).Select(i => $"3\n{i:D3}")));
        for (int i = 0; i < 500; i++)
        {
            Assert.Equal($"3\n{i:D3}", await sink.NextFrameAsync());
        }

        Assert.Equal(500, listener.Statistics.Frames);
    }

    [Fact]
    public async Task AcceptedConnection_KnowsBothEnds()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink);
        using Socket peer = await ConnectAsync(listener);
        TcpConnection connection = await sink.NextAcceptedAsync();
        Assert.Equal(NetworkEndpoint.From((System.Net.IPEndPoint)peer.LocalEndPoint!), connection.Remote);
        Assert.Equal(listener.LocalEndpoint, connection.Local);
        Assert.False(connection.IsOutbound);
        Assert.Equal(1, listener.ConnectionCount);
        Assert.True(connection.LastActivity > Timestamp.Zero);
    }

    [Fact]
    public async Task KeepAlive_IsAnsweredByOneLineEnd()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink);
        using Socket peer = await ConnectAsync(listener);
        await SendAsync(peer, "\r\n");
        await SendAsync(peer, "\r\n\r\n\r\n");
        Assert.Equal("\r\n\r\n", await ReceiveAsync(peer, 4));
        Assert.Equal(2, listener.Statistics.KeepAlives);
        Assert.False(sink.HasFrame);
    }

    [Fact]
    public async Task Replies_ReachThePeer_InOrder_FromManyThreads()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink, s_patient);
        using Socket peer = await ConnectAsync(listener);
        TcpConnection connection = await sink.NextAcceptedAsync();
        const int threads = 4;
        const int each = 500;
        Task[] senders = [.. Enumerable.Range(0, threads).Select(t => Task.Run(() =>
        {
            for (int i = 0; i < each; i++)
            {
                Assert.True(connection.TrySend(Encoding.ASCII.GetBytes($"{t}{i:D5}\n")));
            }
        }))];
        string all = await ReceiveAsync(peer, threads * each * 7);
        await Task.WhenAll(senders);
        var next = new int[threads];
        foreach (string line in all.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Equal(next[line[0] - '0']++, int.Parse(line.AsSpan(1)));
        }

        Assert.All(next, n => Assert.Equal(each, n));
    }

    [Fact]
    public async Task MessageThatTricklesIn_IsCutOff_HoweverSteadily()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink, new TcpOptions { MessageReadTimeout = TimeSpan.FromMilliseconds(300) });
        using Socket peer = await ConnectAsync(listener);
        await SendAsync(peer, "4\nfull20000\n");
        Assert.Equal("4\nfull", await sink.NextFrameAsync());
        using var drip = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        Task<(TcpConnection Connection, ConnectionCloseReason Reason)> closed = sink.NextClosedAsync();
        while (!closed.IsCompleted && await drip.WaitForNextTickAsync())
        {
            try
            {
                await SendAsync(peer, "x");
            }
            catch (SocketException)
            {
                break;
            }
        }

        Assert.Equal(ConnectionCloseReason.MessageTimeout, (await closed).Reason);
        Assert.Equal(0, listener.ConnectionCount);
    }

    [Fact]
    public async Task LoneLineEnd_IsNoMessageInTheMaking()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(
            sink, new TcpOptions { MessageReadTimeout = TimeSpan.FromMilliseconds(50), IdleTimeout = TimeSpan.FromMilliseconds(400) });
        using Socket peer = await ConnectAsync(listener);
        await SendAsync(peer, "\r\n");
        Assert.Equal(ConnectionCloseReason.Idle, (await sink.NextClosedAsync()).Reason);
    }

    [Fact]
    public async Task SilentConnection_IsClosedAsIdle()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink, new TcpOptions { IdleTimeout = TimeSpan.FromMilliseconds(100) });
        using Socket peer = await ConnectAsync(listener);
        Assert.Equal(ConnectionCloseReason.Idle, (await sink.NextClosedAsync()).Reason);
        await AssertGoneAsync(peer);
        Assert.Equal(1, listener.Statistics.Closed(ConnectionCloseReason.Idle));
    }

    [Theory]
    [InlineData("100\n", 100 - 4, ConnectionCloseReason.None)]
    [InlineData("100\n", 120, ConnectionCloseReason.MessageTooLarge)]
    [InlineData("50000\n", 30_000, ConnectionCloseReason.MessageTooLarge)]
    public async Task MessageBytes_AreBounded(string header, int bytes, ConnectionCloseReason expected)
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink, new TcpOptions { MaxMessageBytes = 100 });
        using Socket peer = await ConnectAsync(listener);
        if (expected == ConnectionCloseReason.None)
        {
            await SendAsync(peer, $"{bytes}\n" + new string('x', bytes));
            Assert.Equal(bytes + 3, (await sink.NextFrameAsync()).Length);
        }
        else
        {
            await SendAsync(peer, header + new string('x', bytes));
            Assert.Equal(expected, (await sink.NextClosedAsync()).Reason);
        }
    }

    [Fact]
    public async Task InvalidFraming_ClosesTheConnection_AfterTheMessagesBeforeIt()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink);
        using Socket peer = await ConnectAsync(listener);
        await SendAsync(peer, "2\nokGET / HTTP/1.1\n");
        Assert.Equal("2\nok", await sink.NextFrameAsync());
        Assert.Equal(ConnectionCloseReason.InvalidFraming, (await sink.NextClosedAsync()).Reason);
        await AssertGoneAsync(peer);
    }

    [Fact]
    public async Task PeerThatClosesInsideAMessage_IsToldApart()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink);
        using Socket peer = await ConnectAsync(listener);
        await SendAsync(peer, "10\nhalf");
        peer.Shutdown(SocketShutdown.Send);
        Assert.Equal(ConnectionCloseReason.PeerClosedInMessage, (await sink.NextClosedAsync()).Reason);
    }

    [Fact]
    public async Task PeerThatDoesNotRead_IsClosedAsStalled_AndNobodyBlocks()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink, new TcpOptions { MaxQueuedBytes = 100_000 });
        using Socket peer = await ConnectAsync(listener);
        TcpConnection connection = await sink.NextAcceptedAsync();
        byte[] message = new byte[10_000];
        int accepted = 0;

        // Past what both kernels' buffers take (some megabytes), the queue fills.
        while (connection.TrySend(message))
        {
            accepted++;
            Assert.True(accepted < 100_000, "a peer that reads nothing took a gigabyte");
        }

        Assert.Equal(ConnectionCloseReason.Stalled, (await sink.NextClosedAsync()).Reason);
        Assert.False(connection.TrySend(message));
        Assert.Equal(0, connection.QueuedBytes);
        Assert.Equal(0, listener.ConnectionCount);
    }

    [Fact]
    public async Task WriteThatThePeerDoesNotTake_EndsByTime()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(
            sink, new TcpOptions { MaxQueuedBytes = 64 << 20, SendTimeout = TimeSpan.FromMilliseconds(200), IdleTimeout = TimeSpan.FromMinutes(5) });
        using Socket peer = await ConnectAsync(listener);
        TcpConnection connection = await sink.NextAcceptedAsync();
        Assert.True(connection.TrySend(new byte[32 << 20]));
        Assert.Equal(ConnectionCloseReason.Stalled, (await sink.NextClosedAsync()).Reason);
    }

    [Fact]
    public async Task TotalCap_RefusesTheNext_AndFreesItsPlaceAfterwards()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink, new TcpOptions { MaxConnections = 3 });
        Socket[] peers = [await ConnectAsync(listener), await ConnectAsync(listener), await ConnectAsync(listener)];
        for (int i = 0; i < 3; i++)
        {
            await sink.NextAcceptedAsync();
        }

        using Socket refused = await ConnectAsync(listener);
        await AssertGoneAsync(refused);
        Assert.Equal(1, listener.Statistics.RefusedByTotal);
        Assert.Equal(3, listener.ConnectionCount);

        peers[1].Dispose();
        await sink.NextClosedAsync();
        using Socket next = await ConnectAsync(listener);
        await SendAsync(next, "1\nx");
        Assert.Equal("1\nx", await sink.NextFrameAsync());
        Array.ForEach(peers, p => p.Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SourceCap_RefusesOneSource_NotOthers(bool isIPv6)
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink, new TcpOptions { MaxConnectionsPerSource = 2 }, isIPv6);
        using Socket first = await ConnectAsync(listener);
        using Socket second = await ConnectAsync(listener);
        await sink.NextAcceptedAsync();
        await sink.NextAcceptedAsync();
        using Socket refused = await ConnectAsync(listener);
        await AssertGoneAsync(refused);
        Assert.Equal(1, listener.Statistics.RefusedBySource);
        if (!isIPv6)
        {
            using Socket other = await ConnectFromAsync(listener, 2);
            await SendAsync(other, "1\nx");
            Assert.Equal("1\nx", await sink.NextFrameAsync());
        }
    }

    [Fact]
    public async Task Caps_HoldOverAllListeners_AndLeaveAnEighthToConnectionsOfOurs()
    {
        var budget = new TcpConnectionBudget(maxConnections: 8, maxPerSource: 6);
        var sink = new RecordingSink();
        await using TcpConnectionListener one = TcpConnectionListener.Bind(Loopback.IPv4, budget: budget);
        await using TcpConnectionListener two = TcpConnectionListener.Bind(Loopback.IPv4, budget: budget);
        await using var connector = new TcpConnector(new RecordingSink(), static () => new CountedFrameScanner(), budget: budget);
        one.Start(sink, static () => new CountedFrameScanner());
        two.Start(sink, static () => new CountedFrameScanner());
        List<Socket> sockets = [];
        try
        {
            for (int i = 0; i < 6; i++)
            {
                sockets.Add(await ConnectAsync(i < 3 ? one : two));
                await sink.NextAcceptedAsync();
            }

            sockets.Add(await ConnectAsync(one));
            await AssertGoneAsync(sockets[^1]);
            Assert.Equal(1, one.Statistics.RefusedBySource);

            // Another source takes the last place that is for peers.
            sockets.Add(await ConnectFromAsync(two, 2));
            await sink.NextAcceptedAsync();
            sockets.Add(await ConnectFromAsync(two, 3));
            await AssertGoneAsync(sockets[^1]);
            Assert.Equal(1, two.Statistics.RefusedByTotal);
            Assert.Equal(7, budget.Count);

            // The eighth is ours, to wherever, and the ninth nobody's.
            using var target = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            target.Bind(Loopback.IPv4.ToIPEndPoint());
            target.Listen();
            NetworkEndpoint remote = NetworkEndpoint.From((System.Net.IPEndPoint)target.LocalEndPoint!);
            Assert.NotNull(await connector.ConnectAsync(remote, Loopback.Patience));
            Assert.Equal(TcpConnectError.LimitReached, (await connector.ConnectWithResultAsync(remote, Loopback.Patience)).Error);

            // Whoever leaves makes room, at either listener.
            sockets[0].Dispose();
            await sink.NextClosedAsync();
            sockets.Add(await ConnectAsync(two));
            await sink.NextAcceptedAsync();
        }
        finally
        {
            sockets.ForEach(static s => s.Dispose());
        }
    }

    [Fact]
    public async Task SinkThatThrows_CostsItsConnection_NotTheListener()
    {
        var sink = new RecordingSink { FrameAction = (_, text) => throw new InvalidOperationException(text) };
        await using TcpConnectionListener listener = Start(sink);
        for (int i = 1; i <= 3; i++)
        {
            using Socket peer = await ConnectAsync(listener);
            await SendAsync(peer, "1\nx");
            Assert.Equal(ConnectionCloseReason.Fault, (await sink.NextClosedAsync()).Reason);
            Assert.Equal(i, listener.Statistics.Faults);
        }
    }

    [Fact]
    public async Task ScannerThatThrows_CostsItsConnection()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink);
        using Socket peer = await ConnectAsync(listener);
        await SendAsync(peer, "999999\n");
        Assert.Equal(ConnectionCloseReason.Fault, (await sink.NextClosedAsync()).Reason);
    }

    [Fact]
    public async Task ScannerFactoryThatThrows_LeavesNoConnectionCounted()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.IPv4);
        int calls = 0;
        listener.Start(sink, () => ++calls == 1 ? throw new InvalidOperationException("first") : new CountedFrameScanner());
        using Socket lost = await ConnectAsync(listener);
        await AssertGoneAsync(lost);
        using Socket peer = await ConnectAsync(listener);
        await SendAsync(peer, "1\nx");
        Assert.Equal("1\nx", await sink.NextFrameAsync());
        Assert.Equal(1, listener.ConnectionCount);
        Assert.Equal(1, listener.Statistics.Faults);
    }

    [Fact]
    public async Task Close_WritesWhatWaitsFirst_ThenDropsWhatStillComes()
    {
        var sink = new RecordingSink
        {
            FrameAction = static (connection, _) =>
            {
                connection.TrySend(new byte[100_000]);
                connection.TrySend("bye"u8);
                connection.Close();
                Assert.False(connection.TrySend("late"u8));
            },
        };
        await using TcpConnectionListener listener = Start(sink, s_patient);
        using Socket peer = await ConnectAsync(listener);
        await SendAsync(peer, "1\na1\nb1\nc");
        Assert.Equal("1\na", await sink.NextFrameAsync());
        string all = await ReceiveAsync(peer, 100_003);
        Assert.EndsWith("bye", all, StringComparison.Ordinal);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]));
        await SendAsync(peer, "1\nd");
        peer.Dispose();
        Assert.Equal(ConnectionCloseReason.LocalClose, (await sink.NextClosedAsync()).Reason);
        Assert.False(sink.HasFrame);
    }

    [Fact]
    public async Task Close_DoesNotWaitForAPeerThatStays()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink, new TcpOptions { CloseGrace = TimeSpan.FromMilliseconds(100) });
        using Socket peer = await ConnectAsync(listener);
        (await sink.NextAcceptedAsync()).Close();
        Assert.Equal(ConnectionCloseReason.LocalClose, (await sink.NextClosedAsync()).Reason);
    }

    [Fact]
    public async Task StopAccepting_RefusesNewConnections_AndKeepsTheOpenOnes()
    {
        var sink = new RecordingSink();
        await using TcpConnectionListener listener = Start(sink);
        using Socket peer = await ConnectAsync(listener);
        TcpConnection connection = await sink.NextAcceptedAsync();
        listener.StopAccepting();
        SocketException refused = await Assert.ThrowsAsync<SocketException>(async () => await ConnectAsync(listener));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await SendAsync(peer, "1\nx");
        Assert.Equal("1\nx", await sink.NextFrameAsync());
        Assert.True(connection.TrySend("y"u8));
        Assert.Equal("y", await ReceiveAsync(peer, 1));
    }

    [Fact]
    public async Task Dispose_ReportsEveryConnection_Once()
    {
        var sink = new RecordingSink();
        TcpConnectionListener listener = Start(sink);
        var peers = new List<Socket>();
        for (int i = 0; i < 20; i++)
        {
            peers.Add(await ConnectAsync(listener));
            await sink.NextAcceptedAsync();
        }

        await listener.DisposeAsync().AsTask().WaitAsync(Loopback.Patience);
        await listener.DisposeAsync();
        Assert.Equal(20, sink.ClosedTimes.Count);
        Assert.All(sink.ClosedTimes.Values, times => Assert.Equal(1, times));
        Assert.Equal(20, listener.Statistics.Closed(ConnectionCloseReason.Shutdown));
        Assert.Equal(0, listener.ConnectionCount);
        foreach (Socket peer in peers)
        {
            await AssertGoneAsync(peer);
            peer.Dispose();
        }
    }

    /// <summary>AC-20: peers that send and reset at once, while answers are being written to them.</summary>
    [Fact]
    public async Task ResetStorm_LeavesNoConnection_NoFault_AndNoUnobservedException()
    {
        Exception? unobserved = null;
        void Observe(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved = args.Exception;
        TaskScheduler.UnobservedTaskException += Observe;
        try
        {
            var sink = new RecordingSink
            {
                FrameAction = static (connection, _) =>
                {
                    for (int i = 0; i < 20; i++)
                    {
                        connection.TrySend(new byte[4000]);
                    }
                },
            };
            TcpConnectionListener listener = Start(sink);
            const int storms = 300;
            await Parallel.ForAsync(0, storms, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            {
                using Socket peer = await ConnectAsync(listener);
                peer.LingerState = new LingerOption(enable: true, seconds: 0);
                await SendAsync(peer, "1\nx1\ny1\nz");
                if (i % 3 == 0)
                {
                    await ReceiveAsync(peer, 100);
                }
            });

            // Some were reset before they were accepted, and those are never reported.
            await Loopback.UntilAsync(() => sink.ClosedTimes.Count + listener.Statistics.ResetBeforeUse == storms);
            Assert.Equal(0, listener.Statistics.Closed(ConnectionCloseReason.Fault));
            Assert.Equal(0, listener.ConnectionCount);
            Assert.Equal(0, listener.Statistics.Faults);
            Assert.All(sink.ClosedTimes.Values, times => Assert.Equal(1, times));
            await listener.DisposeAsync();
        }
        finally
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            TaskScheduler.UnobservedTaskException -= Observe;
        }

        Assert.Null(unobserved);
    }

    [Fact]
    public void Bind_ToAPortInUse_NamesTheAddressAndTheReason()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(Loopback.IPv4.ToIPEndPoint());
        holder.Listen();
        NetworkEndpoint taken = NetworkEndpoint.From((System.Net.IPEndPoint)holder.LocalEndPoint!);
        SocketBindException exception = Assert.Throws<SocketBindException>(() => TcpConnectionListener.Bind(taken));
        Assert.StartsWith($"tcp {taken} is in use by another process", exception.Message, StringComparison.Ordinal);
        Assert.Equal("tcp", exception.Protocol);
    }

    [Fact]
    public async Task Start_Twice_IsRefused()
    {
        await using TcpConnectionListener listener = Start(new RecordingSink());
        Assert.Throws<InvalidOperationException>(() => listener.Start(new RecordingSink(), () => new CountedFrameScanner()));
    }

    private static TcpConnectionListener Start(RecordingSink sink, TcpOptions? options = null, bool isIPv6 = false)
    {
        TcpConnectionListener listener = TcpConnectionListener.Bind(Loopback.Of(isIPv6), options);
        listener.Start(sink, static () => new CountedFrameScanner());
        return listener;
    }

    /// <summary>Connects from another address of this host: Linux owns the whole of 127.0.0.0/8.</summary>
    private static async Task<Socket> ConnectFromAsync(TcpConnectionListener listener, byte host)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(new System.Net.IPAddress([127, 0, 0, host]), 0));
        await socket.ConnectAsync(listener.LocalEndpoint.ToIPEndPoint()).WaitAsync(Loopback.Patience);
        return socket;
    }

    private static async Task<Socket> ConnectAsync(TcpConnectionListener listener)
    {
        var socket = new Socket(listener.LocalEndpoint.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(listener.LocalEndpoint.ToIPEndPoint()).WaitAsync(Loopback.Patience);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a segment and waits until the scanner has been asked about it, so that the next one can't join it on the way.</summary>
    private static async Task SendAndWaitAsync(Socket socket, ReadOnlyMemory<byte> segment, SemaphoreSlim scanned)
    {
        while (scanned.CurrentCount > 0)
        {
            await scanned.WaitAsync();
        }

        if (segment.Length > 0)
        {
            await socket.SendAsync(segment);
            Assert.True(await scanned.WaitAsync(Loopback.Patience));
        }
    }

    private static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> ReceiveAsync(Socket socket, int bytes)
    {
        byte[] buffer = new byte[bytes];
        int filled = 0;
        while (filled < bytes)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(filled)).AsTask().WaitAsync(Loopback.Patience);
            Assert.True(received > 0, $"the connection ended after {filled} of {bytes} bytes");
            filled += received;
        }

        return Encoding.Latin1.GetString(buffer);
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
