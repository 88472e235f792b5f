using MediaCore.Audio.Tones;
using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.MediaSessions.Streams;

/// <summary>Streams on the legs of calls, whose consumer is the test.</summary>
public sealed class AttachedStreamTests
{
    private const string Pcmu = "0 PCMU/8000";

    [Theory]
    [InlineData(8000, "96 opus/48000/2")]
    [InlineData(16_000, Pcmu)]
    [InlineData(24_000, "9 G722/8000")]
    public void Stereo_HasBothSides_AndWhatIsWrittenIsHeardByThePartyAlone(int rate, string format)
    {
        using SoundWorld world = new();
        SoundPhone party = world.Add(format);
        SoundPhone other = world.Add(Pcmu);
        world.Connect(party, other);
        party.Say(400, 4000);
        other.Say(700, 4000);
        using AudioStream stream = new(new AudioStreamOptions { SampleRateHz = rate, Sound = AudioStreamSound.Stereo });
        world.Run(1);
        Assert.Equal(StreamRefusal.None, world.Control.Attach(party.Leg, stream));
        List<short> left = [];
        List<short> right = [];
        long position = 0;
        int written = 0;
        int marks = 0;
        short[] samples = new short[2 * rate / 50];
        for (int i = 0; i < 100; i++)
        {
            // The consumer speaks 200 ms at a time.
            if (i % 10 == 0)
            {
                stream.Write([.. Enumerable.Range(written, rate / 5).Select(n => (short)(4000 * Math.Sin(2 * Math.PI * 1100 * n / rate)))]);
                written += rate / 5;
                Assert.True(stream.TryMark("part"));
            }

            world.Run(0.02);
            while (stream.TryRead(samples, out AudioStreamFrame frame))
            {
                Assert.Equal((position, 0L, 0L), (frame.Position, frame.Dropped, frame.Gap));
                position += frame.Samples;
                left.AddRange(samples.Where(static (_, n) => n % 2 == 0));
                right.AddRange(samples.Where(static (_, n) => n % 2 == 1));
            }

            while (stream.TryReadEvent(out AudioStreamEvent told))
            {
                Assert.Equal(AudioStreamEventKind.MarkPlayed, told.Kind);
                marks++;
            }
        }

        Assert.InRange(position, rate * 1.9, rate * 2.0);
        Assert.InRange(marks, 9, 10);
        Assert.True(Level(left, 400, rate) > -20 && Level(left, 700, rate) < -50 && Level(left, 1100, rate) < -50);
        Assert.True(Level(right, 700, rate) > -20 && Level(right, 1100, rate) > -20 && Level(right, 400, rate) < -50);
        short[] heard = party.TakeHeard();
        Assert.True(Level(heard[^(party.HeardRateHz / 2)..], 700, party.HeardRateHz) > -20 && Level(heard[^(party.HeardRateHz / 2)..], 1100, party.HeardRateHz) > -20);
        other.AssertHears(400);
    }

    [Fact]
    public void AReplacingStream_IsHeardInPlaceOfTheOtherSide_UntilItIsTakenOff_AndThePacketsAreRelayedAgain()
    {
        using SoundWorld world = new();
        SoundPhone party = world.Add(Pcmu);
        SoundPhone other = world.Add(Pcmu);
        world.Connect(party, other);
        party.Say(400);
        other.Say(700);
        using AudioStream stream = new(new AudioStreamOptions { SampleRateHz = 8000, Sound = AudioStreamSound.None, Replaces = true });
        Assert.Equal(StreamRefusal.None, world.Control.Attach(party.Leg, stream));
        stream.Write([.. Enumerable.Range(0, 16_000).Select(static n => (short)(4000 * Math.Sin(2 * Math.PI * 1100 * n / 8000)))]);
        world.Run(1.5);
        party.AssertHears(1100);
        other.AssertHears(400);
        Assert.True(world.Control.Detach(party.Leg, stream));
        Assert.False(world.Control.Detach(party.Leg, stream));
        Assert.True(stream.IsEnded);
        world.Run(1);
        party.AssertHears(700);
        Assert.Null(party.Leg.Audio);
    }

    [Fact]
    public void AConsumerThatIsGone_AndALegThatEnds_EndTheStream()
    {
        using SoundWorld world = new();
        SoundPhone party = world.Add(Pcmu);
        SoundPhone other = world.Add(Pcmu);
        world.Connect(party, other);
        party.Say(400);
        AudioStream gone = new(new AudioStreamOptions());
        Assert.Equal(StreamRefusal.None, world.Control.Attach(party.Leg, gone));
        world.Run(0.5);
        gone.Dispose();
        world.Run(0.1);
        Assert.Null(party.Leg.Audio);

        using AudioStream left = new(new AudioStreamOptions { Sound = AudioStreamSound.Mixed });
        Assert.Equal(StreamRefusal.None, world.Control.Attach(other.Leg, left));
        world.Run(0.5);
        other.Leg.Audio!.Close();
        Assert.True(left.IsEnded);
    }

    [Fact]
    public void AMemberOfAConference_IsStreamedLikeAnyParty()
    {
        using SoundWorld world = new();
        SoundPhone[] phones = [world.Add(Pcmu), world.Add(Pcmu)];
        MediaCore.Engine.MediaSessions.Conferences.ConferenceOptions options = new() { Tones = false };
        Assert.All(phones, phone => world.Control.Join(phone.Leg, "r", options));
        phones[0].Say(400);
        using AudioStream stream = new(new AudioStreamOptions { SampleRateHz = 8000, Sound = AudioStreamSound.Heard });
        Assert.Equal(StreamRefusal.None, world.Control.Attach(phones[1].Leg, stream));
        List<short> heard = [];
        short[] samples = new short[160];
        for (int i = 0; i < 60; i++)
        {
            world.Run(0.02);
            while (stream.TryRead(samples, out _))
            {
                heard.AddRange(samples);
            }
        }

        Assert.True(Level(heard[^4000..], 400, 8000) > -15);
    }

    [Fact]
    public void AReplacingStream_LetsTheOtherSideBeHeard_WhileItHasNothingToSay()
    {
        using SoundWorld world = new();
        SoundPhone party = world.Add(Pcmu);
        SoundPhone other = world.Add(Pcmu);
        world.Connect(party, other);
        other.Say(700);
        using AudioStream stream = new(new AudioStreamOptions { SampleRateHz = 16_000, Sound = AudioStreamSound.None, Replaces = true });
        Assert.Equal(StreamRefusal.None, world.Control.Attach(party.Leg, stream));
        world.Run(1);
        party.AssertHears(700);

        // Half a second, in pieces with a pause of 100 ms between them: the other side is not heard in the pause.
        for (int piece = 0; piece < 2; piece++)
        {
            stream.Write(Tone(1100, 16_000, 0.25));
            world.Run(0.35);
        }

        short[] heard = party.TakeHeard();
        Assert.True(Level(heard[^4000..], 700, 8000) < -40);
        world.Run(1);
        party.AssertHears(700);
    }

    [Fact]
    public void ListenersDoNotEndWhatIsPlayed_NorDoesItEndThem_AndOneStreamSpeaks()
    {
        using SoundWorld world = new();
        SoundPhone party = world.Add(Pcmu);
        SoundPhone other = world.Add(Pcmu);
        world.Connect(party, other);
        party.Say(400);
        AudioStream[] listeners = [.. Enumerable.Range(0, AudioStreamLimits.MaxStreamsPerLeg - 1).Select(static _ => new AudioStream(new AudioStreamOptions { SampleRateHz = 8000, Speaks = false }))];
        Assert.All(listeners, stream => Assert.Equal(StreamRefusal.None, world.Control.Attach(party.Leg, stream)));
        using AudioStream speaker = new(new AudioStreamOptions { SampleRateHz = 8000, Sound = AudioStreamSound.None });
        using AudioStream late = new(new AudioStreamOptions { SampleRateHz = 8000 });
        Assert.Equal(StreamRefusal.None, world.Control.Attach(party.Leg, speaker));
        Assert.Equal(StreamRefusal.TooMany, world.Control.Attach(party.Leg, late));
        listeners[0].Dispose();
        world.Run(0.1);
        Assert.Equal(StreamRefusal.IsSpokenTo, world.Control.Attach(party.Leg, late));

        Assert.True(world.Control.Play(party.Leg, new MediaCore.Engine.MediaSessions.Audio.ToneSource(new Tone(new ToneSegment(0, 900)), TimeSpan.FromSeconds(0.5)), MediaCore.Engine.MediaSessions.Audio.SourceMode.Mixed));
        speaker.Write(Tone(1100, 8000, 3));
        world.Run(0.4);
        short[] heard = party.TakeHeard();
        Assert.True(Level(heard[^1600..], 900, 8000) > -20 && Level(heard[^1600..], 1100, 8000) > -20);
        world.Run(0.6);
        party.AssertHears(1100);
        Assert.All(listeners[1..], static stream => Assert.False(stream.IsEnded));
        Assert.True(listeners[1].TryRead(new short[160], out _));

        // All are gone: the packets are relayed again.
        speaker.Dispose();
        Array.ForEach(listeners, static stream => stream.Dispose());
        world.Run(0.1);
        Assert.Null(party.Leg.Audio);
    }

    [Fact]
    public void Finish_EndsAStream_OnceAllWasHeard_AndItsMarksHaveComeBack()
    {
        using SoundWorld world = new();
        SoundPhone party = world.Add(Pcmu);
        SoundPhone other = world.Add(Pcmu);
        world.Connect(party, other);
        using AudioStream stream = new(new AudioStreamOptions { SampleRateHz = 48_000, Sound = AudioStreamSound.None });
        Assert.Equal(StreamRefusal.None, world.Control.Attach(party.Leg, stream));
        stream.Write(Tone(1100, 48_000, 1.5));
        Assert.True(stream.TryMark("said"));
        stream.Finish();
        world.Run(1.4);
        Assert.False(stream.IsEnded);
        party.AssertHears(1100);
        world.Run(0.3);
        Assert.True(stream.IsEnded);
        Assert.True(stream.TryReadEvent(out AudioStreamEvent told));
        Assert.Equal((AudioStreamEventKind.MarkPlayed, "said"), (told.Kind, told.Mark));
        Assert.Null(party.Leg.Audio);
    }

    [Fact]
    public void AConsumerThatStops_LosesTheOldestOfALiveLeg_AndWhatItSendsTooMuchOf_AndIsToldBoth()
    {
        using SoundWorld world = new();
        SoundPhone party = world.Add(Pcmu);
        SoundPhone other = world.Add(Pcmu);
        world.Connect(party, other);
        party.Say(400);
        using AudioStream stream = new(new AudioStreamOptions { SampleRateHz = 8000, OutgoingMilliseconds = 200, IncomingMilliseconds = 500 });
        Assert.Equal(StreamRefusal.None, world.Control.Attach(party.Leg, stream));
        short[] samples = new short[160];
        world.Run(0.1);
        while (stream.TryRead(samples, out _))
        {
        }

        stream.Write(Tone(900, 8000, 1));
        stream.Write(Tone(1100, 8000, 0.5));
        world.Run(2);
        Assert.True(stream.TryRead(samples, out AudioStreamFrame first));
        Assert.InRange(first.Dropped, 8000 * 1.7, 8000 * 1.85);
        Assert.Equal(0, first.Gap);
        int frames = 1;
        while (stream.TryRead(samples, out AudioStreamFrame next))
        {
            Assert.Equal((first.Position + (frames++ * 160), 0L), (next.Position, next.Dropped));
        }

        Assert.Equal(10, frames);
        Assert.True(stream.TryReadEvent(out AudioStreamEvent told));
        Assert.Equal((AudioStreamEventKind.Dropped, 8000L), (told.Kind, told.Samples));
        short[] heard = party.TakeHeard();
        Assert.True(Level(heard, 900, 8000) < Level(heard, 1100, 8000) - 20);
    }

    private static short[] Tone(double hertz, int rate, double seconds) =>
        [.. Enumerable.Range(0, (int)(rate * seconds)).Select(n => (short)(4000 * Math.Sin(2 * Math.PI * hertz * n / rate)))];

    private static double Level(IReadOnlyCollection<short> samples, double hertz, int rate) => Goertzel.LevelDbm0([.. samples], hertz, rate);
}
