using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Primitives;
using MediaCore.Tests;

namespace MediaCore.Engine.Tests.MediaSessions.Streams;

public sealed class AudioStreamTests
{
    private const int Frame = 320;

    private static readonly Timestamp s_start = Timestamp.FromMilliseconds(5_000);

    [Fact]
    public void Frames_ComeOut_WithPositionsOnTheCallsClock()
    {
        using AudioStream stream = new(new AudioStreamOptions());
        short[] read = new short[Frame];
        Assert.False(stream.TryRead(read, out _));
        stream.TakeSaid(Constant(1), s_start);
        stream.TakeSaid(Constant(2), At(1));

        // Two ticks without sound.
        stream.TakeSaid(Constant(5), At(4));
        Assert.Equal(new AudioStreamFrame(0, Frame, 0, 0), Next(stream, read));
        Assert.Equal(new AudioStreamFrame(Frame, Frame, 0, 0), Next(stream, read));
        Assert.Equal(2, read[0]);
        Assert.Equal(new AudioStreamFrame(4 * Frame, Frame, 0, 2 * Frame), Next(stream, read));
        Assert.Equal(5, read[0]);
    }

    [Fact]
    public void AConsumerThatDoesNotRead_LosesTheOldest_AndIsToldHowMuch()
    {
        using AudioStream stream = new(new AudioStreamOptions { OutgoingMilliseconds = 100 });
        for (int i = 0; i < 12; i++)
        {
            // Ticks 3 and 4 do not happen: what is dropped and what was never there are told apart.
            if (i is not (3 or 4))
            {
                stream.TakeSaid(Constant(i), At(i));
            }
        }

        short[] read = new short[Frame];
        AudioStreamFrame first = Next(stream, read);
        Assert.Equal(7, read[0]);
        Assert.Equal(new AudioStreamFrame(7 * Frame, Frame, 5 * Frame, 2 * Frame), first);
        Assert.Equal(new AudioStreamFrame(8 * Frame, Frame, 0, 0), Next(stream, read));
    }

    [Fact]
    public void Stereo_HasWhatIsSaidLeft_AndWhatIsHeardRight()
    {
        using AudioStream stream = new(new AudioStreamOptions { Sound = AudioStreamSound.Stereo });
        Assert.Equal(2, stream.Channels);
        stream.TakeSaid(Constant(1), At(0));
        stream.TakeHeard(Constant(2), At(0));

        // One half alone: its frame goes when the next tick begins.
        stream.TakeHeard(Constant(4), At(1));
        stream.TakeHeard(Constant(6), At(2));
        stream.TakeSaid(Constant(5), At(2));
        short[] read = new short[2 * Frame];
        Next(stream, read);
        Assert.Equal([1, 2], read[..2]);
        Assert.Equal(Frame, Next(stream, read).Position);
        Assert.Equal([0, 4], read[..2]);
        Next(stream, read);
        Assert.Equal([5, 6], read[..2]);
    }

    [Fact]
    public void Mixed_IsTheSum_WithoutClipping()
    {
        using AudioStream stream = new(new AudioStreamOptions { Sound = AudioStreamSound.Mixed });
        short[] read = new short[Frame];
        for (int i = 0; i < 3; i++)
        {
            stream.TakeSaid(Constant(100), At(i));
            stream.TakeHeard(Constant(11), At(i));
        }

        Next(stream, read);
        Next(stream, read);
        Assert.Equal(111, read[0]);
        for (int i = 3; i < 6; i++)
        {
            stream.TakeSaid(Constant(30_000), At(i));
            stream.TakeHeard(Constant(30_000), At(i));
        }

        for (int i = 0; i < 4; i++)
        {
            Next(stream, read);
            Assert.DoesNotContain(read, static sample => sample < 0);
        }
    }

    [Fact]
    public void WhatIsWritten_IsPlayedInOrder_AndMarksComeBackWhenItWas()
    {
        using AudioStream stream = new(new AudioStreamOptions());
        short[] frame = new short[Frame];
        stream.Write(Constant(1));
        Assert.True(stream.TryMark("first"));
        stream.Write(Constant(2).AsSpan(0, 100));
        Assert.True(stream.TryMark("second"));
        Assert.Equal(Frame + 100, stream.Queued);
        Assert.True(stream.Play(frame));
        Assert.Equal(Constant(1), frame);
        Assert.True(stream.TryReadEvent(out AudioStreamEvent played));
        Assert.Equal(new AudioStreamEvent(AudioStreamEventKind.MarkPlayed, "first", Frame, 0), played);
        Assert.False(stream.TryReadEvent(out _));
        Assert.True(stream.Play(frame));
        Assert.Equal([2, 0], [frame[99], frame[100]]);
        Assert.True(stream.TryReadEvent(out played));
        Assert.Equal("second", played.Mark);
        Assert.Equal(0, stream.Queued);
    }

    [Fact]
    public void Mark_BehindNothing_IsReachedAtOnce_AlsoAfterAClear()
    {
        using AudioStream stream = new(new AudioStreamOptions());
        short[] frame = new short[Frame];
        stream.TryMark("before any sound");
        stream.Play(frame);
        Assert.True(stream.TryReadEvent(out AudioStreamEvent told));
        Assert.Equal((AudioStreamEventKind.MarkPlayed, "before any sound"), (told.Kind, told.Mark));

        stream.Write(Constant(1));
        stream.TryMark("cut");
        stream.Clear();
        stream.TryMark("after");
        stream.Play(frame);
        Assert.True(stream.TryReadEvent(out told));
        Assert.Equal((AudioStreamEventKind.MarkCleared, "cut"), (told.Kind, told.Mark));
        Assert.True(stream.TryReadEvent(out told));
        Assert.Equal((AudioStreamEventKind.MarkPlayed, "after"), (told.Kind, told.Mark));

        // What was heard before a clear has been reached.
        stream.Write(Constant(2));
        stream.Play(frame);
        stream.TryMark("heard");
        stream.Clear();
        stream.Play(frame);
        Assert.True(stream.TryReadEvent(out told));
        Assert.Equal((AudioStreamEventKind.MarkPlayed, "heard"), (told.Kind, told.Mark));
    }

    [Fact]
    public void Clear_DropsWhatWaits_AndItsMarksComeBackCleared()
    {
        using AudioStream stream = new(new AudioStreamOptions());
        short[] frame = new short[Frame];
        stream.Write(Constant(1));
        stream.Write(Constant(1));
        stream.TryMark("cut");
        stream.Play(frame);
        stream.Clear();
        Assert.Equal(0, stream.Queued);
        stream.Write(Constant(3));
        stream.TryMark("after");
        stream.Play(frame);
        Assert.Equal(Constant(3), frame);
        Assert.True(stream.TryReadEvent(out AudioStreamEvent cleared));
        Assert.Equal((AudioStreamEventKind.MarkCleared, "cut"), (cleared.Kind, cleared.Mark));
        Assert.True(stream.TryReadEvent(out AudioStreamEvent played));
        Assert.Equal((AudioStreamEventKind.MarkPlayed, "after"), (played.Kind, played.Mark));
    }

    [Fact]
    public void MoreThanFits_DropsTheOldest_AndSaysSo()
    {
        using AudioStream stream = new(new AudioStreamOptions { IncomingMilliseconds = 40 });
        short[] frame = new short[Frame];
        for (int i = 0; i < 5; i++)
        {
            stream.Write(Constant(i));
            stream.TryMark("m" + i);
        }

        Assert.Equal(2 * Frame, stream.Queued);
        stream.Play(frame);
        Assert.Equal(Constant(3), frame);
        Assert.True(stream.TryReadEvent(out AudioStreamEvent dropped));
        Assert.Equal(new AudioStreamEvent(AudioStreamEventKind.Dropped, null, 3 * Frame, 3 * Frame), dropped);
        for (int i = 0; i < 4; i++)
        {
            Assert.True(stream.TryReadEvent(out AudioStreamEvent mark));
            Assert.Equal("m" + i, mark.Mark);
        }

        Assert.False(stream.TryReadEvent(out _));
    }

    [Fact]
    public void Marks_AreBounded_UntilTheyHaveComeBack()
    {
        using AudioStream stream = new(new AudioStreamOptions());
        short[] frame = new short[Frame];
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < AudioStreamLimits.MaxMarks; i++)
            {
                Assert.True(stream.TryMark("m"));
            }

            Assert.False(stream.TryMark("one too many"));
            stream.Play(frame);
            Assert.False(stream.TryMark("not read yet"));
            while (stream.TryReadEvent(out _))
            {
            }
        }

        Assert.Throws<ArgumentException>(() => stream.TryMark(new string('m', AudioStreamLimits.MaxMarkLength + 1)));
    }

    [Fact]
    public async Task Wait_EndsWithAFrame_WithTheStreamsEnd_AndWhenCancelled()
    {
        AudioStream stream = new(new AudioStreamOptions());
        ValueTask wait = stream.WaitAsync(CancellationToken.None);
        Assert.False(wait.IsCompleted);
        stream.TakeSaid(Constant(1), s_start);
        await wait;
        Assert.True(stream.TryRead(new short[Frame], out _));

        using CancellationTokenSource cancellation = new();
        ValueTask cancelled = stream.WaitAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(cancelled.AsTask);

        ValueTask last = stream.WaitAsync(CancellationToken.None);
        stream.End();
        await last;
        await stream.WaitAsync(CancellationToken.None);
        Assert.False(stream.Play(new short[Frame]));
    }

    [Fact]
    public async Task AShardAndAConsumer_OnTwoThreads_LoseNothingThatIsNotTold()
    {
        const int Ticks = 20_000;
        using AudioStream stream = new(new AudioStreamOptions { SampleRateHz = 8000, OutgoingMilliseconds = 200, IncomingMilliseconds = 200 });
        long played = 0;
        long playedOf = 0;
        Task shard = Task.Run(() =>
        {
            short[] frame = new short[160];
            for (int i = 0; i < Ticks; i++)
            {
                Array.Fill(frame, (short)(i % 1000));
                stream.TakeSaid(frame, At(i));
                stream.Play(frame);
                foreach (short sample in frame)
                {
                    played += sample == 0 ? 0 : 1;
                }

                if (i % 16 == 0)
                {
                    Thread.Yield();
                }
            }

            stream.End();
        });
        long frames = 0;
        long dropped = 0;
        long lost = 0;
        long written = 0;
        short[] read = new short[160];
        Random random = new(3);
        while (true)
        {
            bool isLast = stream.IsEnded;
            while (stream.TryRead(read, out AudioStreamFrame frame))
            {
                Assert.Equal(0, frame.Gap);
                Assert.Equal(0, frame.Dropped % 160);
                dropped += frame.Dropped / 160;
                Assert.Equal((frames + dropped) * 160, frame.Position);
                Assert.Equal(-1, read.AsSpan().IndexOfAnyExcept((short)(frame.Position / 160 % 1000)));
                frames++;
            }

            while (stream.TryReadEvent(out AudioStreamEvent told))
            {
                lost += told.Samples;
            }

            if (isLast)
            {
                break;
            }

            short[] samples = new short[random.Next(1, 500)];
            Array.Fill(samples, (short)7);
            stream.Write(samples);
            written += samples.Length;
            await stream.WaitAsync(CancellationToken.None);
        }

        await shard;
        playedOf = written - lost;
        Assert.Equal(Ticks, frames + dropped);

        // What was neither played nor told as dropped is what still waits, or what the last tick had no more event for.
        Assert.InRange(playedOf - played, 0, 1600 + 500);
    }

    [Fact]
    public void ATick_AllocatesNothing()
    {
        using AudioStream stream = new(new AudioStreamOptions { Sound = AudioStreamSound.Mixed });
        short[] frame = new short[Frame];
        int tick = 0;
        AllocationAssert.Zero(200, 200, () =>
        {
            stream.TakeSaid(frame, At(tick));
            stream.TakeHeard(frame, At(tick++));
            stream.Write(frame);
            stream.TryMark("m");
            stream.Play(frame);
            stream.TryRead(frame, out _);
            stream.TryReadEvent(out _);
        });
    }

    [Theory]
    [InlineData(44_100, 1000)]
    [InlineData(8000, 10)]
    [InlineData(8000, 11_000)]
    public void Options_OutOfRange_AreRefused(int rate, int milliseconds)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AudioStream(new AudioStreamOptions { SampleRateHz = rate, OutgoingMilliseconds = milliseconds }));
    }

    private static Timestamp At(int tick) => s_start + TimeSpan.FromMilliseconds(20 * tick);

    private static short[] Constant(int value)
    {
        short[] frame = new short[Frame];
        Array.Fill(frame, (short)value);
        return frame;
    }

    private static AudioStreamFrame Next(AudioStream stream, short[] samples)
    {
        Assert.True(stream.TryRead(samples, out AudioStreamFrame frame));
        return frame;
    }
}
