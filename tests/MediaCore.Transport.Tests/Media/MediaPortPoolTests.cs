using MediaCore.Primitives;
using MediaCore.Transport.Media;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Tests.Media;

public sealed class MediaPortPoolTests : IDisposable
{
    private static readonly MediaPortOptions s_options = new() { ReserveAhead = 2 };

    private static int s_nextPort = 2 * Random.Shared.Next(5_500, 14_000);

    private readonly EventPoller _poller = new();

    public void Dispose() => _poller.Dispose();

    [Fact]
    public void Ports_AreEven_WithRtcpOnTheNext_AndReallyBound()
    {
        using MediaPortPool pool = Pool(pairs: 4, s_options);
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(0), out MediaPort? port));
        Assert.NotNull(port);
        Assert.Equal(0, port.Port % 2);
        Assert.Equal(port.Port + 1, port.LocalRtcp.Port);
        Assert.Same(port, pool[port.Index]);
        Assert.True(port.IsInUse);

        using UdpSocket peer = Loopback.Bind();
        byte[] buffer = new byte[8];
        peer.TrySend("rtp"u8, port.LocalRtp);
        peer.TrySend("rtcp"u8, port.LocalRtcp);
        Assert.Equal(3, MediaSocket.Receive(port.RtpDescriptor, buffer, out _));
        Assert.Equal(4, MediaSocket.Receive(port.RtcpDescriptor, buffer, out _));
    }

    [Theory]
    [InlineData(30000, 30019, 10)]
    [InlineData(30001, 30019, 9)]
    [InlineData(30000, 30018, 9)]
    [InlineData(30001, 30018, 8)]
    [InlineData(65532, 65535, 2)]
    public void Range_GivesOnlyPairsThatLieInsideIt_EachToOneShard(int first, int last, int pairs)
    {
        // No reserve, so nothing is bound and the range needs no free ports.
        var options = new MediaPortOptions { ReserveAhead = 0 };
        foreach (int shards in new[] { 1, 2, 3 })
        {
            int total = 0;
            for (int shard = 0; shard < shards && shard < pairs; shard++)
            {
                using var pool = new MediaPortPool(Loopback.IPv4, (ushort)first, (ushort)last, shard, shards, options, _poller, Token);
                total += pool.Capacity;
                Assert.Equal(0, pool.Bound);
            }

            Assert.Equal(pairs, total);
        }
    }

    [Theory]
    [InlineData(0, 100, 0, 1)]
    [InlineData(30000, 30100, 2, 2)]
    [InlineData(30000, 30100, -1, 2)]
    [InlineData(30000, 30000, 0, 1)]
    [InlineData(30001, 30002, 0, 1)]
    [InlineData(30000, 30003, 2, 3)]
    public void Range_WithoutAPairForTheShard_IsRefused(int first, int last, int shard, int shards) =>
        Assert.ThrowsAny<ArgumentException>(() =>
            new MediaPortPool(Loopback.IPv4, (ushort)first, (ushort)last, shard, shards, s_options, _poller, Token));

    [Fact]
    public void Shards_DivideTheRange_ByTurns()
    {
        (ushort first, ushort last) = FreeRange(pairs: 6);
        var options = new MediaPortOptions { ReserveAhead = 3 };
        using var even = new MediaPortPool(Loopback.IPv4, first, last, 0, 2, options, _poller, Token);
        using var odd = new MediaPortPool(Loopback.IPv4, first, last, 1, 2, options, _poller, Token);
        Assert.Equal([0, 2, 4], AllocateAll(even).Select(p => (p.Port - first) / 2).Order());
        Assert.Equal([1, 3, 5], AllocateAll(odd).Select(p => (p.Port - first) / 2).Order());
    }

    [Fact]
    public void Reserve_IsBoundAhead_AndReplenishedInSteps()
    {
        using MediaPortPool pool = Pool(pairs: 10, new MediaPortOptions { ReserveAhead = 4 });
        Assert.Equal((4, 4, 0, 0), (pool.Bound, pool.Free, pool.InUse, pool.Resting));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(0), out _));
        }

        Assert.Equal((4, 1, 3, 0), (pool.Bound, pool.Free, pool.InUse, pool.Resting));
        pool.Replenish(2);
        Assert.Equal((6, 3, 3, 0), (pool.Bound, pool.Free, pool.InUse, pool.Resting));
        pool.Replenish(100);
        Assert.Equal((7, 4, 3, 0), (pool.Bound, pool.Free, pool.InUse, pool.Resting));
        pool.Replenish(100);
        Assert.Equal(7, pool.Bound);
    }

    [Fact]
    public void EmptyReserve_IsFilledByTheAllocationItself()
    {
        using MediaPortPool pool = Pool(pairs: 3, new MediaPortOptions { ReserveAhead = 0 });
        Assert.Equal(0, pool.Bound);
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(0), out _));
        Assert.Equal((1, 0, 1), (pool.Bound, pool.Free, pool.InUse));
    }

    [Fact]
    public void ReleasedPort_RestsExactlyItsPeriod()
    {
        using MediaPortPool pool = Pool(pairs: 1, s_options);
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(0), out MediaPort? port));
        Assert.Equal(MediaPortResult.Exhausted, pool.TryAllocate(At(0), out MediaPort? none));
        Assert.Null(none);
        port!.Owner = this;
        pool.Release(port, At(1000));
        Assert.Null(port.Owner);
        Assert.Equal((0, 0, 1), (pool.Free, pool.InUse, pool.Resting));
        Assert.Equal(MediaPortResult.AllResting, pool.TryAllocate(At(1000), out _));
        Assert.Equal(MediaPortResult.AllResting, pool.TryAllocate(new Timestamp(At(3000).Nanoseconds - 1), out _));
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(3000), out MediaPort? again));
        Assert.Same(port, again);
    }

    [Fact]
    public void LongestRested_IsUsedFirst()
    {
        using MediaPortPool pool = Pool(pairs: 4, new MediaPortOptions { ReserveAhead = 4 });
        List<MediaPort> ports = AllocateAll(pool);
        int[] order = [2, 0, 3, 1];
        for (int i = 0; i < 4; i++)
        {
            pool.Release(ports[order[i]], At(i));
        }

        foreach (int index in order)
        {
            Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(5000), out MediaPort? port));
            Assert.Same(ports[index], port);
        }
    }

    [Fact]
    public void SecondRelease_AndForeignRelease_AreRefused()
    {
        using MediaPortPool pool = Pool(pairs: 1, s_options);
        using MediaPortPool other = Pool(pairs: 1, s_options);
        pool.TryAllocate(At(0), out MediaPort? port);
        Assert.Throws<InvalidOperationException>(() => other.Release(port!, At(0)));
        pool.Release(port!, At(0));
        Assert.Throws<InvalidOperationException>(() => pool.Release(port!, At(0)));
        Assert.Equal(1, pool.Resting);
    }

    [Fact]
    public void LatePackets_DoNotReachTheNextUser()
    {
        using MediaPortPool pool = Pool(pairs: 1, s_options);
        pool.TryAllocate(At(0), out MediaPort? port);
        pool.Release(port!, At(0));
        using UdpSocket peer = Loopback.Bind();
        for (int i = 0; i < 5; i++)
        {
            peer.TrySend("late"u8, port!.LocalRtp);
            peer.TrySend("late"u8, port.LocalRtcp);
        }

        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(5000), out port));
        Assert.Equal(10, pool.DrainedPackets);
        Assert.Equal(MediaSocket.None, MediaSocket.Receive(port!.RtpDescriptor, new byte[8], out _));
        Assert.Equal(MediaSocket.None, MediaSocket.Receive(port.RtcpDescriptor, new byte[8], out _));
    }

    [Fact]
    public void Packets_OnFreePorts_AreReportedWithTheirToken()
    {
        using MediaPortPool pool = Pool(pairs: 2, s_options);
        using UdpSocket peer = Loopback.Bind();
        MediaPort second = pool[1];
        Assert.Null(second.Owner);
        peer.TrySend("x"u8, second.LocalRtcp);
        var events = new ReadyEvent[4];
        Assert.Equal(1, _poller.Wait(events, Loopback.Patience));
        Assert.Equal(Token(1, true), events[0].Token);
        Assert.Same(second, pool[(int)(events[0].Index >> 1)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void PortHeldByAnother_IsPassedOver_Counted_AndTriedAgainLater(int offset)
    {
        (ushort first, ushort last) = FreeRange(pairs: 2);
        UdpSocket holder = UdpSocket.Bind(Loopback.IPv4.WithPort((ushort)(first + offset)), new UdpSocketOptions());
        using var pool = new MediaPortPool(Loopback.IPv4, first, last, 0, 1, s_options, _poller, Token);
        Assert.Equal((1, 1, 1), (pool.Bound, pool.Free, pool.AwaitingRetry));
        Assert.Equal(1, pool.BindFailures);
        Assert.Equal(98, pool.LastBindError);
        Assert.Equal(holder.LocalEndpoint, pool.LastBindFailure);
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(1), out MediaPort? port));
        Assert.Equal(first + 2, port!.Port);
        Assert.Equal(MediaPortResult.BindFailed, pool.TryAllocate(At(2), out _));
        pool.Replenish(At(29_999), 10);
        Assert.Equal(1, pool.BindFailures);

        // Still held at the first retry, free at the second.
        pool.Replenish(At(30_000), 10);
        Assert.Equal(2, pool.BindFailures);
        holder.Dispose();
        Assert.Equal(MediaPortResult.BindFailed, pool.TryAllocate(At(59_999), out _));
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(60_000), out port));
        Assert.Equal(first, port!.Port);
        Assert.Equal(0, pool.AwaitingRetry);
        Assert.Equal(MediaPortResult.Exhausted, pool.TryAllocate(At(60_000), out _));
    }

    [Fact]
    public void ForeignAddress_IsToldAtTheStart_AfterOneAttempt()
    {
        NetworkEndpoint foreign = NetworkEndpoint.FromBytes([192, 0, 2, 1], 0);
        SocketBindException exception = Assert.Throws<SocketBindException>(() =>
            new MediaPortPool(foreign, 30000, 30999, 0, 1, s_options, _poller, Token));
        Assert.Contains("is not an address of this machine", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RandomOrder_UsesEveryPortOnce()
    {
        using MediaPortPool pool = Pool(pairs: 8, new MediaPortOptions { ReserveAhead = 8 });
        List<MediaPort> ports = AllocateAll(pool);
        Assert.Equal(8, ports.Select(p => p.Port).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 8), ports.Select(p => p.Index).Order());
    }

    [Fact]
    public void Dispose_ClosesEverything()
    {
        (ushort first, ushort last) = FreeRange(pairs: 3);
        var pool = new MediaPortPool(Loopback.IPv4, first, last, 0, 1, s_options, _poller, Token);
        pool.TryAllocate(At(0), out _);
        pool.Dispose();
        pool.Dispose();
        for (int port = first; port <= last; port++)
        {
            using UdpSocket socket = UdpSocket.Bind(Loopback.IPv4.WithPort((ushort)port), new UdpSocketOptions());
        }

        Assert.Throws<ObjectDisposedException>(() => pool.TryAllocate(At(0), out _));
    }

    [Fact]
    public void AllocateAndRelease_AllocateNothing()
    {
        using MediaPortPool pool = Pool(pairs: 2, s_options);
        long now = 0;
        Assert.Equal(0, Loopback.AllocatedBy(() =>
        {
            pool.TryAllocate(At(now), out MediaPort? port);
            pool.Release(port!, At(now));
            now += 3000;
        }));
    }

    private static Timestamp At(long milliseconds) => Timestamp.FromMilliseconds(milliseconds);

    private static ulong Token(int index, bool isRtcp) => ReadyEvent.MakeToken(2, ((uint)index << 1) | (isRtcp ? 1u : 0));

    private static List<MediaPort> AllocateAll(MediaPortPool pool)
    {
        var ports = new List<MediaPort>();
        while (pool.TryAllocate(At(0), out MediaPort? port) == MediaPortResult.Ok)
        {
            ports.Add(port!);
        }

        return ports;
    }

    /// <summary>
    /// A range that is free now, below the ports that Linux gives to sockets without one (from 32768), so that no other test gets them by
    /// chance; no two calls give the same.
    /// </summary>
    private static (ushort First, ushort Last) FreeRange(int pairs)
    {
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            int last = Interlocked.Add(ref s_nextPort, 2 * pairs) - 1;
            int first = last - (2 * pairs) + 1;
            if (last < 32768 && IsFree(first, last))
            {
                return ((ushort)first, (ushort)last);
            }
        }

        throw new InvalidOperationException("No free ports on the loopback address.");
    }

    private static bool IsFree(int first, int last)
    {
        for (int port = first; port <= last; port++)
        {
            try
            {
                UdpSocket.Bind(Loopback.IPv4.WithPort((ushort)port), new UdpSocketOptions()).Dispose();
            }
            catch (SocketBindException)
            {
                return false;
            }
        }

        return true;
    }

    private MediaPortPool Pool(int pairs, MediaPortOptions options)
    {
        (ushort first, ushort last) = FreeRange(pairs);
        return new MediaPortPool(Loopback.IPv4, first, last, 0, 1, options, _poller, Token);
    }

    [Fact]
    public void PortThatItsLastPeerStillSendsTo_RestsOn_UpToItsCap()
    {
        using MediaPortPool pool = Pool(pairs: 2, new MediaPortOptions { ReserveAhead = 2, RestPeriod = TimeSpan.FromSeconds(2), MaxRestPeriod = TimeSpan.FromSeconds(10) });
        List<MediaPort> ports = AllocateAll(pool);
        MediaPort heard = ports[0];
        heard.FormerPeer = Peer;
        pool.Release(heard, At(0));
        for (int second = 1; second < 10; second++)
        {
            heard.NoteLate(Peer.WithPort(9), At(second * 1000));
            pool.Replenish(At((second * 1000) + 500), 0);
            Assert.Equal((0, 1), (pool.Free, pool.Resting));
        }

        pool.Replenish(At(13_000), 0);
        Assert.Equal((1, 0, 0), (pool.Free, pool.Resting, pool.StillHeard));
    }

    [Fact]
    public void PortThatIsStillHeard_IsTaken_WhenThereIsNoOther()
    {
        using MediaPortPool pool = Pool(pairs: 2, new MediaPortOptions { ReserveAhead = 2, RestPeriod = TimeSpan.FromSeconds(2) });
        List<MediaPort> ports = AllocateAll(pool);
        foreach (MediaPort port in ports)
        {
            port.FormerPeer = Peer;
        }

        pool.Release(ports[0], At(0));
        pool.Release(ports[1], At(0));
        ports[0].NoteLate(Peer, At(1500));
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(2000), out MediaPort? first));
        Assert.Same(ports[1], first);
        Assert.Equal(1, pool.StillHeard);
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(2000), out MediaPort? second));
        Assert.Same(ports[0], second);
        Assert.False(second!.FormerPeer.HasAddress);
    }

    [Fact]
    public void PacketsOfStrangers_DoNotKeepPortsFromCalls()
    {
        using MediaPortPool pool = Pool(pairs: 1, s_options);
        pool.TryAllocate(At(0), out MediaPort? port);
        port!.FormerPeer = Peer;
        pool.Release(port, At(0));
        port.NoteLate(NetworkEndpoint.From(System.Net.IPAddress.Parse("198.51.100.66"), 4000), At(1900));
        Assert.Equal(MediaPortResult.Ok, pool.TryAllocate(At(2000), out _));
    }

    private static NetworkEndpoint Peer => NetworkEndpoint.From(System.Net.IPAddress.Parse("192.0.2.7"), 4000);
}
