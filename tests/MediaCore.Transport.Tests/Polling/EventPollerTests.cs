using System.Diagnostics;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Tests.Polling;

public sealed class EventPollerTests
{
    private readonly ReadyEvent[] _events = new ReadyEvent[16];

    [Fact]
    public void Datagram_IsReportedWithItsToken_UntilItIsRead()
    {
        using var poller = new EventPoller();
        using UdpSocket socket = Loopback.Bind();
        ulong token = ReadyEvent.MakeToken(7, 123_456);
        poller.Add(socket.Descriptor, token);
        Assert.Equal(0, poller.Wait(_events, 0));

        Assert.Equal(SendResult.Sent, socket.TrySend("x"u8, socket.LocalEndpoint));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(1, poller.Wait(_events, Loopback.Patience));
            Assert.Equal(token, _events[0].Token);
            Assert.Equal(7, _events[0].Kind);
            Assert.Equal(123_456u, _events[0].Index);
            Assert.True(_events[0].Readable);
            Assert.False(_events[0].Writable);
            Assert.False(_events[0].Error);
        }

        Assert.True(socket.TryReceive(new byte[10], out int length, out _));
        Assert.Equal(1, length);
        Assert.Equal(0, poller.Wait(_events, 0));
    }

    [Fact]
    public void Tokens_UseAll64Bits()
    {
        using var poller = new EventPoller();
        using UdpSocket socket = Loopback.Bind();
        const ulong token = 0xfedc_ba98_7654_3210;
        poller.Add(socket.Descriptor, token, PollInterest.Write);
        Assert.Equal(1, poller.Wait(_events, Loopback.Patience));
        Assert.Equal(token, _events[0].Token);
        Assert.True(_events[0].Writable);
        Assert.False(_events[0].Readable);
    }

    [Fact]
    public void Modify_ChangesWhatIsWatched()
    {
        using var poller = new EventPoller();
        using UdpSocket socket = Loopback.Bind();
        poller.Add(socket.Descriptor, 1);
        Assert.Equal(0, poller.Wait(_events, 0));
        poller.Modify(socket.Descriptor, 2, PollInterest.Read | PollInterest.Write);
        Assert.Equal(1, poller.Wait(_events, 0));
        Assert.Equal(2ul, _events[0].Token);
    }

    [Fact]
    public void Removed_Descriptor_IsNotReported_AndRemovingItAgainIsNoError()
    {
        using var poller = new EventPoller();
        UdpSocket socket = Loopback.Bind();
        int descriptor = socket.Descriptor;
        poller.Add(descriptor, 1);
        socket.TrySend("x"u8, socket.LocalEndpoint);
        poller.Remove(descriptor);
        Assert.Equal(0, poller.Wait(_events, 0));
        poller.Remove(descriptor);
        socket.Dispose();
        poller.Remove(-1);
    }

    [Fact]
    public void Add_OfAClosedDescriptor_SaysWhatFailed()
    {
        using var poller = new EventPoller();
        IOException exception = Assert.Throws<IOException>(() => poller.Add(-1, 1));
        Assert.Contains("epoll_ctl", exception.Message, StringComparison.Ordinal);
        Assert.Contains("errno 9", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_OfTheReservedToken_IsRefused()
    {
        using var poller = new EventPoller();
        using UdpSocket socket = Loopback.Bind();
        Assert.Throws<ArgumentOutOfRangeException>(() => poller.Add(socket.Descriptor, EventPoller.ReservedToken));
    }

    [Fact]
    public void MoreReadyThanRoom_FollowInLaterWaits_EachInTurn()
    {
        using var poller = new EventPoller();
        var sockets = new List<UdpSocket>();
        for (int i = 0; i < 10; i++)
        {
            UdpSocket socket = Loopback.Bind();
            sockets.Add(socket);
            poller.Add(socket.Descriptor, (ulong)i);
            socket.TrySend("x"u8, socket.LocalEndpoint);
        }

        var seen = new HashSet<ulong>();
        for (int wait = 0; wait < 5; wait++)
        {
            int count = poller.Wait(_events.AsSpan(0, 2), Loopback.Patience);
            Assert.Equal(2, count);
            seen.Add(_events[0].Token);
            seen.Add(_events[1].Token);
        }

        Assert.Equal(10, seen.Count);
        sockets.ForEach(s => s.Dispose());
    }

    [Fact]
    public void Wake_BeforeTheWait_IsNotLost_AndCountsOnce()
    {
        using var poller = new EventPoller();
        for (int i = 0; i < 100; i++)
        {
            poller.Wake();
        }

        Assert.Equal(0, poller.Wait(_events, -1));

        // Absorbed: the next wait runs to its end.
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(0, poller.Wait(_events, 20));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 19, 20_000);
    }

    [Fact]
    public void Wake_FromAnotherThread_EndsTheWait_EveryTime()
    {
        using var poller = new EventPoller();
        using var returned = new SemaphoreSlim(0);
        var thread = new Thread(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                poller.Wait(_events, -1);
                returned.Release();
            }
        });
        thread.Start();
        for (int i = 0; i < 1000; i++)
        {
            poller.Wake();
            Assert.True(returned.Wait(Loopback.Patience), $"wake-up {i} was lost");
        }

        Assert.True(thread.Join(Loopback.Patience));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(1_500)]
    [InlineData(10_250)]
    public void Wait_ByTimeSpan_IsNeverEarly(int microseconds)
    {
        using var poller = new EventPoller();
        TimeSpan timeout = TimeSpan.FromMicroseconds(microseconds);
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(0, poller.Wait(_events, timeout));
        Assert.True(Stopwatch.GetElapsedTime(start) >= timeout);
    }

    [Fact]
    public void Wake_DuringAndAfterDispose_DoesNothing()
    {
        for (int i = 0; i < 200; i++)
        {
            var poller = new EventPoller();
            using var go = new Barrier(2);
            var waker = new Thread(() =>
            {
                go.SignalAndWait();
                poller.Wake();
                poller.Wake();
            });
            waker.Start();
            go.SignalAndWait();
            poller.Dispose();
            Assert.True(waker.Join(Loopback.Patience));
            poller.Wake();
            Assert.Throws<ObjectDisposedException>(() => poller.Wait(_events, 0));
        }
    }

    [Fact]
    public void WaitAndWake_AllocateNothing()
    {
        using var poller = new EventPoller();
        using UdpSocket socket = Loopback.Bind();
        poller.Add(socket.Descriptor, 1, PollInterest.Write);
        Assert.Equal(0, Loopback.AllocatedBy(() =>
        {
            poller.Wake();
            poller.Wait(_events, TimeSpan.FromMilliseconds(1));
        }));
    }
}
