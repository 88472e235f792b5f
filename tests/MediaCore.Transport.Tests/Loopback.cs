using MediaCore.Primitives;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Tests;

/// <summary>Loopback addresses, sockets on ports that the system chose, and bounded waits on signals.</summary>
internal static class Loopback
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static NetworkEndpoint IPv4 { get; } = NetworkEndpoint.FromBytes([127, 0, 0, 1], 0);

    public static NetworkEndpoint IPv6 { get; } = NetworkEndpoint.FromBytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0);

    public static NetworkEndpoint Of(bool isIPv6) => isIPv6 ? IPv6 : IPv4;

    public static UdpSocket Bind(bool isIPv6 = false) => UdpSocket.Bind(Of(isIPv6), new UdpSocketOptions());

    /// <summary>Waits by epoll until the socket has something to read.</summary>
    public static void WaitReadable(int descriptor)
    {
        using var poller = new EventPoller();
        poller.Add(descriptor, 1);
        var events = new ReadyEvent[1];
        Assert.Equal(1, poller.Wait(events, Patience));
    }

    /// <summary>Looks until it is so, for what nothing announces (a counter); a bound on hanging, not on how fast.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Bytes that the operation allocates on this thread in its steady state.</summary>
    public static long AllocatedBy(Action operation, int warmup = 200, int iterations = 2000)
    {
        // The least of some rounds: one may meet the runtime patching a tier's code in.
        long least = long.MaxValue;
        for (int round = 0; round < 5 && least > 0; round++)
        {
            least = Math.Min(least, MediaCore.Tests.AllocationAssert.Measure(round == 0 ? warmup : 0, iterations, operation));
        }

        return least;
    }
}
