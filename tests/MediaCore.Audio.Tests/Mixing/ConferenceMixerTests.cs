using MediaCore.Audio.Mixing;
using MediaCore.Audio.Tones;
using MediaCore.Tests;

namespace MediaCore.Audio.Tests.Mixing;

public sealed class ConferenceMixerTests
{
    private const int Rate = 16_000;
    private const int Frame = Rate / 50;

    [Theory]
    [InlineData(2, 8000)]
    [InlineData(3, 16_000)]
    [InlineData(10, 16_000)]
    [InlineData(50, 48_000)]
    public void EveryMember_OfN_HearsAllOthersAndNeverItself(int count, int rate)
    {
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = rate, MaxTalkers = MixingLimits.MaxTalkers });
        MixerMember[] members = [.. Enumerable.Range(0, count).Select(_ => mixer.Join()!)];
        int frame = mixer.FrameSamples;
        const int Frames = 50;
        short[][] heard = [.. members.Select(_ => new short[Frames * frame])];
        for (int tick = 0; tick < Frames; tick++)
        {
            for (int i = 0; i < count; i++)
            {
                members[i].Say(Tone(Hertz(i), 300, rate, tick * frame, frame));
            }

            Tick(mixer);
            for (int i = 0; i < count; i++)
            {
                Heard(mixer, members[i]).CopyTo(heard[i].AsSpan(tick * frame));
            }
        }

        double sent = Goertzel.LevelDbm0(Tone(Hertz(0), 300, rate, 0, rate / 2), Hertz(0), rate);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<short> sound = heard[i].AsSpan(10 * frame);
            for (int other = 0; other < count; other++)
            {
                double level = Goertzel.LevelDbm0(sound, Hertz(other), rate);
                Assert.True(other == i ? level < sent - 40 : Math.Abs(level - sent) < 1, $"member {i} hears {other} at {level:0.0} dBm0, sent were {sent:0.0}");
            }
        }
    }

    [Fact]
    public void OneTalker_OfTen_IsHeardByTheOthersBitByBit()
    {
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = Rate });
        MixerMember[] members = [.. Enumerable.Range(0, 10).Select(_ => mixer.Join()!)];
        Random random = new(7);
        List<short> said = [];
        List<short> shared = [];
        for (int tick = 0; tick < 100; tick++)
        {
            short[] voice = new short[Frame];
            for (int i = 0; i < Frame; i++)
            {
                voice[i] = (short)random.Next(short.MinValue, short.MaxValue + 1);
            }

            members[3].Say(voice);
            said.AddRange(voice);
            Tick(mixer);
            shared.AddRange(mixer.SharedMix);
            Assert.All(members, member => Assert.Equal(member == members[3] ? MixKind.Own : MixKind.Shared, member.Hears));
            Assert.Equal(-1, members[3].OwnMix.IndexOfAnyExcept((short)0));
        }

        // The first 5 ms fade in; after that nothing is changed but the time.
        int delay = new SoftLimiter(Frame).DelaySamples;
        Assert.Equal(said[(Frame / 4)..^delay], shared[((Frame / 4) + delay)..]);
    }

    [Fact]
    public void MembersWithoutSound_AreNotAdded()
    {
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = Rate });
        MixerMember[] members = [.. Enumerable.Range(0, 5).Select(_ => mixer.Join()!)];
        Random random = new(1);
        for (int tick = 0; tick < 200; tick++)
        {
            foreach (MixerMember member in members)
            {
                // Noise of a line at about −65 dBov.
                member.Say([.. Enumerable.Range(0, Frame).Select(_ => (short)random.Next(-31, 32))]);
            }

            Tick(mixer);
            Assert.Equal(0, mixer.Heard);
        }

        Assert.All(members, static member => Assert.False(member.IsTalking));
    }

    [Fact]
    public void MoreTalkersThanMayBeHeard_TheLoudestAre_AndKeepTheirPlaces()
    {
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = Rate, MaxTalkers = 2 });
        MixerMember[] members = [.. Enumerable.Range(0, 4).Select(_ => mixer.Join()!)];
        int[] amplitudes = [1000, 8000, 2000, 6000];
        for (int tick = 0; tick < 100; tick++)
        {
            if (tick == 50)
            {
                // Twice the first's level is 6 dB, as loud as the place is held; it is not enough.
                amplitudes[2] = 11_000;
            }

            for (int i = 0; i < 4; i++)
            {
                members[i].Say(Tone(Hertz(i), amplitudes[i], Rate, tick * Frame, Frame));
            }

            Tick(mixer);
            if (tick > 2)
            {
                Assert.Equal([false, true, false, true], members.Select(static m => m.IsHeard));
            }
        }

        amplitudes[2] = 32_000;
        for (int tick = 100; tick < 110; tick++)
        {
            for (int i = 0; i < 4; i++)
            {
                members[i].Say(Tone(Hertz(i), amplitudes[i], Rate, tick * Frame, Frame));
            }

            Tick(mixer);
        }

        Assert.Equal([false, true, true, false], members.Select(static m => m.IsHeard));
    }

    [Fact]
    public void Mute_Deaf_AndGain_DoWhatTheySay()
    {
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = Rate });
        MixerMember talker = mixer.Join()!;
        MixerMember listener = mixer.Join()!;
        double level = LevelAfter(mixer, talker, listener, 20);
        talker.Gain = 2;
        Assert.Equal(level + 6.02, LevelAfter(mixer, talker, listener, 20), 1);
        talker.Gain = 0.5f;
        Assert.Equal(level - 6.02, LevelAfter(mixer, talker, listener, 20), 1);
        talker.Gain = 1;
        talker.IsMuted = true;
        Assert.True(LevelAfter(mixer, talker, listener, 20) < -100);
        Assert.False(talker.IsTalking);
        talker.IsMuted = false;
        Assert.Equal(level, LevelAfter(mixer, talker, listener, 20), 1);
        Assert.True(talker.IsTalking);
        listener.IsDeaf = true;
        Tick(mixer);
        Assert.Equal(MixKind.Silence, listener.Hears);
        talker.Gain = float.NaN;
        Assert.Equal(1, talker.Gain);
        talker.Gain = 1000;
        Assert.Equal(MixingLimits.MaxGain, talker.Gain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ACoach_IsHeardByTheOneWhoIsCoachedAlone_AndHearsBoth(bool elsewhere)
    {
        // Elsewhere: the coach's call is on another shard, with a mixer of its own.
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = Rate });
        ConferenceMixer second = elsewhere ? new ConferenceMixer(new MixerOptions { SampleRateHz = Rate }) : mixer;
        MixerMember customer = mixer.Join()!;
        MixerMember agent = mixer.Join()!;
        MixerMember coach = second.Join()!;
        agent.HearsCoaches = true;
        coach.IsCoach = true;
        MixerMember[] members = [customer, agent, coach];
        short[][] heard = [.. members.Select(_ => new short[50 * Frame])];
        int[] nothing = new int[Frame];
        for (int tick = 0; tick < 50; tick++)
        {
            for (int i = 0; i < members.Length; i++)
            {
                members[i].Say(Tone(Hertz(i), 4000, Rate, tick * Frame, Frame));
            }

            mixer.Collect();
            if (elsewhere)
            {
                second.Collect();
                int[] first = mixer.PublicSum.ToArray();
                mixer.Distribute(second.PublicSum, second.HasCoach ? second.CoachSum : default);
                second.Distribute(first);
            }
            else
            {
                mixer.Distribute(nothing);
            }

            for (int i = 0; i < members.Length; i++)
            {
                Heard(i == 2 ? second : mixer, members[i]).CopyTo(heard[i].AsSpan(tick * Frame));
            }
        }

        bool[][] expected = [[false, true, false], [true, false, true], [true, true, false]];
        for (int i = 0; i < 3; i++)
        {
            for (int other = 0; other < 3; other++)
            {
                Assert.Equal(expected[i][other], Goertzel.LevelDbm0(heard[i].AsSpan(10 * Frame), Hertz(other), Rate) > -30);
            }
        }
    }

    [Fact]
    public void TwoMixersThatExchangeSums_SoundAsOne()
    {
        MixerOptions options = new() { SampleRateHz = Rate, MaxTalkers = 4 };
        ConferenceMixer[] halves = [new(options), new(options)];
        ConferenceMixer whole = new(options);
        MixerMember[] apart = [.. Enumerable.Range(0, 6).Select(i => halves[i % 2].Join()!)];
        MixerMember[] together = [.. Enumerable.Range(0, 6).Select(_ => whole.Join()!)];
        float[][] levels = [new float[4], new float[4]];
        int[] counts = [0, 0];
        for (int tick = 0; tick < 60; tick++)
        {
            for (int i = 0; i < 6; i++)
            {
                // Three talk and three don't, so that the limit on talkers, known a tick later across mixers, is not met.
                short[] voice = i < 3 ? Tone(Hertz(i), 9000, Rate, tick * Frame, Frame) : new short[Frame];
                apart[i].Say(voice);
                together[i].Say(voice);
            }

            Tick(whole);
            for (int h = 0; h < 2; h++)
            {
                halves[h].Collect(levels[1 - h].AsSpan(0, counts[1 - h]));
            }

            counts = [halves[0].GetLevels(levels[0]), halves[1].GetLevels(levels[1])];
            int[] first = halves[0].PublicSum.ToArray();
            int[] second = halves[1].PublicSum.ToArray();
            halves[0].Distribute(second);
            halves[1].Distribute(first);
            for (int i = 0; i < 6; i++)
            {
                Assert.Equal(Heard(whole, together[i]).ToArray(), Heard(halves[i % 2], apart[i]).ToArray());
            }
        }
    }

    [Fact]
    public void TalkersOfAnotherMixer_CountAgainstTheLimit()
    {
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = Rate, MaxTalkers = 2 });
        MixerMember member = mixer.Join()!;
        mixer.Join();
        for (int tick = 0; tick < 10; tick++)
        {
            member.Say(Tone(440, 3000, Rate, tick * Frame, Frame));
            mixer.Collect([-10f, -11f]);
            Assert.False(member.IsHeard);
            mixer.Distribute();
        }

        member.Say(Tone(440, 3000, Rate, 10 * Frame, Frame));
        mixer.Collect([-10f]);
        Assert.True(member.IsHeard);
    }

    [Fact]
    public void Join_BeyondTheLimit_IsRefused_AndAPlaceIsUsedAgain()
    {
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = Rate, MaxMembers = 2 });
        MixerMember first = mixer.Join()!;
        first.IsMuted = true;
        MixerMember second = mixer.Join()!;
        Assert.Null(mixer.Join());
        mixer.Leave(first);
        MixerMember third = mixer.Join()!;
        Assert.False(third.IsMuted);
        Assert.Equal(2, mixer.Count);
        Assert.Throws<ArgumentException>(() => new ConferenceMixer(new MixerOptions { SampleRateHz = Rate }).Leave(second));
    }

    [Fact]
    public void MembersComingAndGoing_NobodyHearsHimself_AndNothingIsCutOff()
    {
        Random random = new(20261123);
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = 8000, MaxTalkers = MixingLimits.MaxTalkers });
        List<(MixerMember Member, int Voice)> present = [];
        for (int tick = 0; tick < 2000; tick++)
        {
            if (random.Next(10) == 0 && present.Count < 12)
            {
                int voice = Enumerable.Range(0, 12).First(v => present.All(p => p.Voice != v));
                present.Add((mixer.Join()!, voice));
            }
            else if (random.Next(12) == 0 && present.Count > 0)
            {
                int leaving = random.Next(present.Count);
                mixer.Leave(present[leaving].Member);
                present.RemoveAt(leaving);
            }

            foreach ((MixerMember member, int voice) in present)
            {
                member.IsMuted ^= random.Next(100) == 0;
                if (random.Next(5) != 0)
                {
                    // A whole number of periods in each frame, so that one frame shows who is in it.
                    member.Say(Tone(50 * ((3 * voice) + 5), 9000, 8000, tick * 160, 160));
                }
            }

            Tick(mixer);
            foreach ((MixerMember member, _) in present)
            {
                int expected = present.Count(p => p.Member != member && p.Member.IsHeard);
                if (member.Hears == MixKind.Shared)
                {
                    Assert.False(member.IsHeard);
                    Assert.Equal(mixer.Heard, expected);
                }
            }
        }
    }

    [Fact]
    public void ATick_OfFiftyMembers_AllocatesNothing()
    {
        ConferenceMixer mixer = new(new MixerOptions { SampleRateHz = Rate });
        MixerMember[] members = [.. Enumerable.Range(0, 50).Select(_ => mixer.Join()!)];
        short[][] voices = [.. Enumerable.Range(0, 50).Select(i => Tone(Hertz(i), 200 * i, Rate, 0, Frame))];
        AllocationAssert.Zero(200, 100, () =>
        {
            for (int i = 0; i < members.Length; i++)
            {
                members[i].Say(voices[i]);
            }

            Tick(mixer);
            mixer.Leave(members[0]);
            members[0] = mixer.Join()!;
        });
    }

    private static double LevelAfter(ConferenceMixer mixer, MixerMember talker, MixerMember listener, int ticks)
    {
        short[] heard = new short[ticks * Frame];
        for (int tick = 0; tick < ticks; tick++)
        {
            talker.Say(Tone(1000, 3000, Rate, tick * Frame, Frame));
            Tick(mixer);
            Heard(mixer, listener).CopyTo(heard.AsSpan(tick * Frame));
        }

        return Goertzel.LevelDbm0(heard.AsSpan(5 * Frame), 1000, Rate);
    }

    private static void Tick(ConferenceMixer mixer)
    {
        mixer.Collect();
        mixer.Distribute();
    }

    private static ReadOnlySpan<short> Heard(ConferenceMixer mixer, MixerMember member) => member.Hears switch
    {
        MixKind.Shared => mixer.SharedMix,
        MixKind.Own => member.OwnMix,
        _ => new short[mixer.FrameSamples],
    };

    // Whole numbers of periods in 20 ms, 50 of them below 3.4 kHz.
    private static int Hertz(int member) => 300 + (50 * member);

    private static short[] Tone(int hertz, double amplitude, int rate, int from, int samples) =>
        [.. Enumerable.Range(from, samples).Select(n => (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * n / rate)))];
}
