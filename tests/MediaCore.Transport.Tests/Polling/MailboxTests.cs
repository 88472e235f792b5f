using MediaCore.Transport.Polling;

namespace MediaCore.Transport.Tests.Polling;

public sealed class MailboxTests
{
    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(1000, 1024)]
    public void Full_Mailbox_RefusesAndTakesAgainAfterATake(int asked, int capacity)
    {
        var mailbox = new Mailbox<int>(asked, null);
        Assert.Equal(capacity, mailbox.Capacity);
        for (int lap = 0; lap < 3; lap++)
        {
            for (int i = 0; i < capacity; i++)
            {
                Assert.True(mailbox.TryPost(i));
            }

            Assert.Equal(capacity, mailbox.Count);
            Assert.False(mailbox.TryPost(-1));
            Assert.True(mailbox.TryTake(out int first));
            Assert.Equal(0, first);
            Assert.True(mailbox.TryPost(capacity));
            for (int i = 1; i <= capacity; i++)
            {
                Assert.True(mailbox.TryTake(out int item));
                Assert.Equal(i, item);
            }

            Assert.False(mailbox.TryTake(out _));
            Assert.Equal(0, mailbox.Count);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData((1 << 24) + 1)]
    public void Capacity_OutsideItsRange_IsRefused(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Mailbox<int>(capacity, null));

    [Fact]
    public void Taken_References_AreNotKept()
    {
        var mailbox = new Mailbox<(object Value, int Number)>(4, null);
        WeakReference reference = PostAndTake(mailbox);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(reference.IsAlive);
        Assert.Equal(0, mailbox.Count);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(1024)]
    public void Posts_OfSeveralThreads_ArriveOnceAndInOrder_AndNoneIsSleptThrough(int capacity)
    {
        const int producers = 3;
        const int itemsEach = 60_000;
        using var poller = new EventPoller();
        var mailbox = new Mailbox<(int Producer, int Number)>(capacity, poller);
        var threads = new Thread[producers];
        for (int p = 0; p < producers; p++)
        {
            int producer = p;
            threads[p] = new Thread(() =>
            {
                var spin = default(SpinWait);
                for (int i = 0; i < itemsEach; i++)
                {
                    while (!mailbox.TryPost((producer, i)))
                    {
                        spin.SpinOnce(sleep1Threshold: -1);
                    }

                    // Now and then let the consumer run dry, so that it goes to sleep and has to be woken.
                    if ((i & 1023) == 1023)
                    {
                        while (mailbox.Count > 0)
                        {
                            spin.SpinOnce(sleep1Threshold: -1);
                        }
                    }
                }
            });
        }

        Array.ForEach(threads, t => t.Start());
        var next = new int[producers];
        var events = new ReadyEvent[4];
        int taken = 0;
        int sleeps = 0;
        while (taken < producers * itemsEach)
        {
            while (mailbox.TryTake(out (int Producer, int Number) item))
            {
                Assert.Equal(next[item.Producer]++, item.Number);
                taken++;
            }

            if (taken < producers * itemsEach)
            {
                // The thread that posts last before this wait wakes it; a lost wake-up shows as a wait to the end.
                long start = MonotonicClock.Now.Nanoseconds;
                poller.Wait(events, Loopback.Patience);
                Assert.True(MonotonicClock.Now.Nanoseconds - start < Loopback.Patience.Ticks * 100, $"slept through a post after {taken} items");
                sleeps++;
            }
        }

        Array.ForEach(threads, t => Assert.True(t.Join(Loopback.Patience)));
        Assert.All(next, n => Assert.Equal(itemsEach, n));
        Assert.True(sleeps > 0, "the consumer never slept, so nothing was proved about waking it");
    }

    [Fact]
    public void PostAndTake_AllocateNothing()
    {
        var mailbox = new Mailbox<(object Value, int Number)>(4, null);
        object value = new();
        Assert.Equal(0, Loopback.AllocatedBy(() =>
        {
            mailbox.TryPost((value, 1));
            mailbox.TryTake(out _);
            mailbox.TryTake(out _);
        }));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference PostAndTake(Mailbox<(object Value, int Number)> mailbox)
    {
        object value = new();
        mailbox.TryPost((value, 1));
        mailbox.TryTake(out _);
        return new WeakReference(value);
    }
}
