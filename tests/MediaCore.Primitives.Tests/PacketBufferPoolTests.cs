using System.Collections.Concurrent;
using MediaCore.Tests;

namespace MediaCore.Primitives.Tests;

public sealed class PacketBufferPoolTests
{
    [Fact]
    public void Rented_IsEmpty_PinnedAndAligned()
    {
        using PacketBufferPool pool = new(1500, 100);
        PacketBuffer buffer = pool.Rent();
        Assert.Equal((0, 1500, 1500), (buffer.Length, buffer.Capacity, buffer.FullSpan.Length));
        Assert.True(buffer.Span.IsEmpty);
        Assert.Equal(0, buffer.Address % 64);

        buffer.Length = 3;
        buffer.Span.Fill(7);
        Assert.Equal(3, buffer.Memory.Length);
        Assert.Equal(7, buffer.Array[buffer.Offset + 2]);
        nint address = buffer.Address;
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.Equal(address, buffer.Address);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Length = 1501);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Length = -1);
        buffer.Return();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    public void AtTheBound_TryRentReturnsNull_AndBuffersDoNotOverlap(int maxBuffers)
    {
        using PacketBufferPool pool = new(33, maxBuffers);
        List<PacketBuffer> rented = [];
        while (pool.TryRent() is { } buffer)
        {
            buffer.FullSpan.Fill((byte)rented.Count);
            rented.Add(buffer);
        }

        Assert.Equal(maxBuffers, rented.Count);
        Assert.Equal((maxBuffers, maxBuffers), (pool.Outstanding, pool.Created));
        Assert.Throws<InvalidOperationException>(pool.Rent);
        for (int i = 0; i < rented.Count; i++)
        {
            Assert.False(rented[i].FullSpan.ContainsAnyExcept((byte)i));
            rented[i].Return();
            Assert.Equal(maxBuffers - i - 1, pool.Outstanding);
        }

        Assert.NotNull(pool.TryRent());
        Assert.Equal(maxBuffers, pool.Created);
    }

    [Fact]
    public void Reserve_CreatesAheadOfNeed_UpToTheBound()
    {
        using PacketBufferPool pool = new(64, 100);
        Assert.Equal(0, pool.Created);
        pool.Reserve(10);
        Assert.InRange(pool.Created, 10, 100);
        pool.Reserve(1_000);
        Assert.Equal((100, 0), (pool.Created, pool.Outstanding));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReturnedTwice_Throws(bool diagnostic)
    {
        using PacketBufferPool pool = new(64, 2, diagnostic);
        PacketBuffer buffer = pool.Rent();
        buffer.Return();
        Assert.Throws<InvalidOperationException>(buffer.Return);
        Assert.Equal(0, pool.Outstanding);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UsedAfterReturn_Throws(bool diagnostic)
    {
        using PacketBufferPool pool = new(64, 2, diagnostic);
        PacketBuffer buffer = pool.Rent();
        buffer.Return();
        Assert.Throws<InvalidOperationException>(() => buffer.Array);
        Assert.Throws<InvalidOperationException>(() => buffer.Span.Length);
        Assert.Throws<InvalidOperationException>(() => buffer.FullMemory);
        Assert.Throws<InvalidOperationException>(() => buffer.Address);
    }

    [Fact]
    public void Diagnostic_OldReference_StaysDeadAfterTheNextRent_AndNamesTheRentSite()
    {
        using PacketBufferPool pool = new(64, 1, diagnostic: true);
        PacketBuffer old = pool.Rent();
        old.Return();
        PacketBuffer current = pool.Rent();
        Assert.Throws<InvalidOperationException>(old.Return);
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => old.Array);
        Assert.Contains(nameof(Diagnostic_OldReference_StaysDeadAfterTheNextRent_AndNamesTheRentSite), thrown.Message, StringComparison.Ordinal);
        current.Return();
    }

    [Fact]
    public void Diagnostic_WriteThroughASpanKeptPastTheReturn_IsFoundAtTheNextRent()
    {
        using PacketBufferPool pool = new(64, 1, diagnostic: true);
        PacketBuffer buffer = pool.Rent();
        Memory<byte> kept = buffer.FullMemory;
        buffer.Return();
        kept.Span[63] = 1;
        Assert.Throws<InvalidOperationException>(pool.TryRent);
    }

    [Fact]
    public void Diagnostic_LeakAtDispose_ThrowsWithTheRentSite()
    {
        PacketBufferPool pool = new(64, 4, diagnostic: true);
        pool.Rent().Return();
        PacketBuffer leaked = pool.Rent();
        Assert.NotNull(leaked);
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(pool.Dispose);
        Assert.Contains(nameof(Diagnostic_LeakAtDispose_ThrowsWithTheRentSite), thrown.Message, StringComparison.Ordinal);
        pool.Dispose();
    }

    [Fact]
    public void ManyThreads_RentHereAndReturnThere_OneOwnerAtATime()
    {
        const int Threads = 4;
        const int RentsPerThread = 50_000;
        using PacketBufferPool pool = new(8, 100);
        ConcurrentQueue<PacketBuffer> mailbox = new();
        int running = Threads;
        int atTheBound = 0;
        ConcurrentQueue<string> faults = new();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(id => new Thread(() =>
        {
            try
            {
                for (int i = 0; i < RentsPerThread; i++)
                {
                    if (pool.TryRent() is { } mine)
                    {
                        // Two owners would overwrite each other's mark before it is handed on.
                        long mark = ((long)id << 32) | (uint)i;
                        BitConverter.TryWriteBytes(mine.FullSpan, mark);
                        if ((i & 15) == 0)
                        {
                            Thread.SpinWait(20);
                        }

                        if (BitConverter.ToInt64(mine.FullSpan) != mark)
                        {
                            faults.Enqueue("A buffer had two owners.");
                        }

                        mailbox.Enqueue(mine);
                    }
                    else
                    {
                        Interlocked.Increment(ref atTheBound);
                    }

                    if ((i & 1) == 0 || atTheBound > 0)
                    {
                        while (mailbox.TryDequeue(out PacketBuffer? other))
                        {
                            other.Return();
                        }
                    }
                }
            }
            catch (InvalidOperationException e)
            {
                faults.Enqueue(e.Message);
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        while (mailbox.TryDequeue(out PacketBuffer? rest))
        {
            rest.Return();
        }

        Assert.Empty(faults);
        Assert.Equal(0, running);
        Assert.Equal(0, pool.Outstanding);
        HashSet<PacketBuffer> all = [];
        while (pool.TryRent() is { } buffer)
        {
            Assert.True(all.Add(buffer));
        }

        Assert.Equal(pool.Created, all.Count);
        Assert.Equal(100, pool.Created);
    }

    [Fact]
    public void RentAndReturn_AllocateNothing_AlsoAtTheBound()
    {
        using PacketBufferPool pool = new(2048, 2);
        AllocationAssert.Zero(100, 10_000, () =>
        {
            PacketBuffer first = pool.Rent();
            PacketBuffer second = pool.Rent();
            if (pool.TryRent() is not null)
            {
                throw new InvalidOperationException("The bound was passed.");
            }

            first.Return();
            second.Return();
        });
    }
}
