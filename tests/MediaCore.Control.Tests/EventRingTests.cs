using System.Globalization;
using MediaCore.Control.Publishing;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Control.Tests;

/// <summary>The ring: order, what is overrun, memory, many writers.</summary>
public class EventRingTests
{
    private static readonly CallFacts s_facts = new("CALL");

    private static EventEntry Entry(string callId, long sequence, int chars = 0) =>
        new(new VariableChanged { CallId = callId, Sequence = sequence, Name = "n", Value = new string('x', chars) }, s_facts);

    [Fact]
    public void Read_InOrder_ThenNothing_ThenWhatComes()
    {
        EventRing ring = new(8, long.MaxValue);
        for (int i = 0; i < 5; i++)
        {
            ring.Append(Entry("a", i));
        }

        for (int i = 0; i < 5; i++)
        {
            Assert.True(ring.TryRead(i, out EventEntry? entry, out _));
            Assert.Equal(i, entry!.Event.Sequence);
        }

        Assert.False(ring.TryRead(5, out _, out long missed));
        Assert.Equal(0, missed);
    }

    [Fact]
    public void Read_BehindTheRing_TellsHowManyAreGone()
    {
        EventRing ring = new(8, long.MaxValue);
        for (int i = 0; i < 20; i++)
        {
            ring.Append(Entry("a", i));
        }

        Assert.False(ring.TryRead(3, out _, out long missed));
        Assert.Equal(9, missed);
        Assert.True(ring.TryRead(12, out EventEntry? entry, out _));
        Assert.Equal(12, entry!.Event.Sequence);
    }

    [Fact]
    public void Memory_IsBounded_ByTheOldest()
    {
        const long Max = 100_000;
        EventRing ring = new(1024, Max);
        for (int i = 0; i < 2000; i++)
        {
            ring.Append(Entry("a", i, chars: i % 3000));
            Assert.InRange(ring.Bytes, 0, Max);
        }

        Assert.False(ring.TryRead(ring.Head - 1024, out _, out long missed));
        Assert.True(missed > 0);
        Assert.True(ring.TryRead(ring.Head - 1, out _, out _));
        ring.Clear();
        Assert.Equal(0, ring.Bytes);
    }

    [Fact]
    public void Clear_LeavesAGapThatEveryReaderSees()
    {
        EventRing ring = new(8, long.MaxValue);
        ring.Append(Entry("a", 1));
        long position = ring.Head;
        ring.Clear();
        Assert.False(ring.TryRead(position, out _, out long missed));
        Assert.True(missed > 0);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65_536)]
    public async Task Writers_AtOnce_LoseNothingUntold_AndKeepEachOwnOrder(int capacity)
    {
        const int Writers = 4;
        const int Each = 5_000;
        EventRing ring = new(capacity, long.MaxValue);
        Task[] writing =
        [
            .. Enumerable.Range(0, Writers).Select(w => Task.Run(() =>
            {
                for (int i = 1; i <= Each; i++)
                {
                    ring.Append(Entry(w.ToString(CultureInfo.InvariantCulture), i));
                }
            })),
        ];
        long[] last = new long[Writers];
        long read = 0;
        long missed = 0;
        for (long position = 0; position < Writers * Each;)
        {
            if (ring.TryRead(position, out EventEntry? entry, out long gone))
            {
                int writer = int.Parse(entry!.Event.CallId, CultureInfo.InvariantCulture);
                Assert.True(entry.Event.Sequence > last[writer]);
                last[writer] = entry.Event.Sequence;
                read++;
                position++;
            }
            else
            {
                missed += gone;
                position += gone;
                Thread.Yield();
            }
        }

        await Task.WhenAll(writing);
        Assert.Equal(Writers * Each, read + missed);
        Assert.True(missed == 0 || capacity < Writers * Each);
    }
}
