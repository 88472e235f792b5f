using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.MediaSessions.Streams;

public sealed class OverwritingRingTests
{
    // What position n holds; any sample shows which position it was written for, within 2^15 of it.
    private static short At(long position) => (short)(position & 0x7fff);

    [Fact]
    public void WhatIsReadInTime_IsAllThere()
    {
        OverwritingRing<Uninterrupted> ring = new(10);
        short[] read = new short[7];
        long position = 0;
        for (int i = 0; i < 50; i++)
        {
            Write(ring, 6);
            int count = ring.Read(read, out long missed);
            Assert.Equal(6, count);
            Assert.Equal(0, missed);
            Assert.Equal(Enumerable.Range((int)position, 6).Select(static n => At(n)), read[..6]);
            position += 6;
        }
    }

    [Fact]
    public void WhatIsNotReadInTime_IsOverwritten_OldestFirst()
    {
        OverwritingRing<Uninterrupted> ring = new(12, unit: 3);
        for (int i = 0; i < 7; i++)
        {
            Write(ring, 3);
        }

        short[] read = new short[100];
        Assert.Equal(12, ring.Read(read, out long missed));
        Assert.Equal(9, missed);
        Assert.Equal(At(9), read[0]);

        // More than fits at once: its end.
        Write(ring, 30);
        Assert.Equal(12, ring.Read(read, out missed));
        Assert.Equal(18, missed);
        Assert.Equal(At(39), read[0]);
        Assert.Equal(0, ring.Read(read, out missed));
        Assert.Equal(0, missed);
    }

    [Fact]
    public void SkipTo_PassesOverWhatWaits_AndNotBack()
    {
        OverwritingRing<Uninterrupted> ring = new(100);
        Write(ring, 50);
        Assert.Equal(30, ring.SkipTo(30));
        Assert.Equal(0, ring.SkipTo(10));
        short[] read = new short[1];
        ring.Read(read, out _);
        Assert.Equal(At(30), read[0]);
        Assert.Equal(19, ring.SkipTo(1000));
        Assert.Equal(50, ring.Position);
    }

    [Theory]
    [InlineData(1, 480)]
    [InlineData(1, 1000)]
    [InlineData(8, 1024)]
    public async Task AWriterAndAReaderThatDoNotKeepUp_NeverGiveTornSamples(int unit, int capacity)
    {
        Assert.Equal(0, await RaceAsync(new OverwritingRing<Preempted>(capacity, unit), unit));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AWriterThatComesBetweenTwoStepsOfTheReader_IsNoticed(int step)
    {
        Assert.True(IsWhole(new OverwritingRing<Scripted>(48), step));

        // The control: a reader that does not look again gives what was written meanwhile for what was there before.
        // After the copy nothing is damaged any more, and to start again is mere caution.
        Assert.Equal(step == 2, IsWhole(new Unchecked(48), step));
    }

    private static bool IsWhole(OverwritingRing<Scripted> ring, int step)
    {
        // The samples to be read stand around the end of the memory, so that both steps of the copy have some.
        short[] read = new short[40];
        Write(30);
        ring.Read(read, out _);
        Write(40);
        int points = 0;
        Scripted.Action = () =>
        {
            if (++points == step)
            {
                Scripted.Action = null;
                Write(35);
            }
        };
        long position = ring.Position;
        int count = ring.Read(read, out long missed);
        Scripted.Action = null;
        Assert.NotEqual(0, count);
        return Enumerable.Range(0, count).All(k => read[k] == At(position + missed + k));

        void Write(int samples) => ring.Write([.. Enumerable.Range(0, samples).Select(k => At(ring.Written + k))]);
    }

    /// <summary>Writes and reads on two threads; returns how many samples were not what their position says.</summary>
    private static async Task<long> RaceAsync(OverwritingRing<Preempted> ring, int unit)
    {
        const int Rounds = 30_000;
        int done = 0;
        Task writer = Task.Run(() =>
        {
            Preempted.Seed(1);
            Random random = new(1);
            short[] samples = new short[40 * unit];
            for (int i = 0; i < Rounds; i++)
            {
                int count = unit * random.Next(1, 41);
                for (int k = 0; k < count; k++)
                {
                    samples[k] = At(ring.Written + k);
                }

                ring.Write(samples.AsSpan(0, count));
            }

            Volatile.Write(ref done, 1);
        });
        long torn = 0;
        long position = 0;
        Task reader = Task.Run(() =>
        {
            Preempted.Seed(2);
            short[] samples = new short[100 * unit];
            bool last;
            do
            {
                last = Volatile.Read(ref done) == 1;
                int count = ring.Read(samples, out long missed);
                position += missed;
                for (int k = 0; k < count; k++)
                {
                    torn += samples[k] == At(position + k) ? 0 : 1;
                }

                position += count;
            }
            while (!last || ring.Position < ring.Written);
        });
        await Task.WhenAll(writer, reader);

        // All that was written was read or missed.
        Assert.Equal(ring.Written, position);
        return torn;
    }

    private static void Write(OverwritingRing<Uninterrupted> ring, int count) => ring.Write([.. Enumerable.Range(0, count).Select(k => At(ring.Written + k))]);

    private sealed class Unchecked(int capacity) : OverwritingRing<Scripted>(capacity)
    {
        protected override bool IsIntact(long oldest) => true;
    }

    /// <summary>Does something between two steps.</summary>
    private readonly struct Scripted : IInterleaving
    {
        [ThreadStatic]
        private static Action? t_action;

        public static Action? Action
        {
            get => t_action;
            set => t_action = value;
        }

        public static void Point() => t_action?.Invoke();
    }

    /// <summary>Gives the processor away between two steps now and then, so that rare interleavings are frequent.</summary>
    private readonly struct Preempted : IInterleaving
    {
        [ThreadStatic]
        private static uint t_state;

        public static void Seed(uint seed) => t_state = seed;

        public static void Point()
        {
            t_state ^= t_state << 13;
            t_state ^= t_state >> 17;
            t_state ^= t_state << 5;
            if (t_state % 32 == 0)
            {
                Thread.Yield();
            }
        }
    }
}
