using MediaCore.Audio.Tones;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.MediaSessions.Conferences;

public sealed class ConferenceTests
{
    private const string Pcmu = "0 PCMU/8000";

    private static readonly ConferenceOptions s_quiet = new() { Tones = false };

    [Fact]
    public void Members_WithAnyCodecs_HearEachOtherAndNotThemselves()
    {
        using SoundWorld world = new();
        SoundPhone[] phones = [world.Add(Pcmu), world.Add("8 PCMA/8000"), world.Add("9 G722/8000"), world.Add("96 opus/48000/2")];
        Join(world, phones);
        SayTones(phones, 2500);
        world.Run(2);
        Clear(phones);
        world.Run(1);
        AssertEachHearsTheOthers(phones, phones);
    }

    [Theory]
    [InlineData(2, 10)]
    [InlineData(3, 9)]
    [InlineData(2, 50)]
    public void Members_OnSeveralShards_HearEachOtherAndNotThemselves(int shards, int count)
    {
        ConferenceRooms rooms = new(shards);
        SoundWorld[] worlds = [.. Enumerable.Range(0, shards).Select(i => new SoundWorld(rooms, i))];
        ConferenceOptions options = new() { Tones = false, MaxTalkers = 50, SampleRateHz = 8000 };
        SoundPhone[] phones = [.. Enumerable.Range(0, count).Select(i => worlds[i % shards].Add(Pcmu))];
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(ConferenceResult.Joined, worlds[i % shards].Control.Join(phones[i].Leg, "room", options));
        }

        Assert.Equal((1, count), (rooms.Count, rooms.Find("room")!.Members));
        SayTones(phones, 600);
        Run(worlds, 1);
        Clear(phones);
        Run(worlds, 0.6);
        AssertEachHearsTheOthers(phones, phones);

        // In step no sum is late but for the ticks before the other shard's first.
        Assert.All(worlds, world => Assert.InRange(world.Conferences.Statistics.LateSums, 0, 2 * shards));
        foreach (SoundWorld world in worlds)
        {
            world.Dispose();
        }

        Assert.Equal((0, 0), (rooms.Count, rooms.Members));
    }

    [Fact]
    public void ListenersOfOneCodec_ShareAnEncoder_EachWithAStreamOfItsOwn()
    {
        using SoundWorld world = new();
        SoundPhone talker = world.Add("96 opus/48000/2");
        SoundPhone[] listeners = [.. Enumerable.Range(0, 10).Select(i => world.Add(i < 5 ? Pcmu : "96 opus/48000/2"))];
        Join(world, [talker, .. listeners]);
        foreach (SoundPhone phone in listeners)
        {
            // A line that is open, without a sound.
            phone.Say(static _ => 0);
        }

        talker.Say(440);
        world.Run(1);
        long encoded = world.Audio.Statistics.EncodedFrames;
        world.Run(1);

        // The talker has an encoder of its own; all others are served by two.
        Assert.InRange(world.Audio.Statistics.EncodedFrames - encoded, 48, 52);
        Clear(listeners);
        world.Run(1);
        Assert.All(listeners, static phone => phone.AssertHears(440));

        // One of them talks for a while: its encoder changes twice, its stream does not.
        listeners[2].Say(700);
        listeners[7].Say(900);
        world.Run(1);
        listeners[2].Say(static _ => 0);
        listeners[7].Say(static _ => 0);
        world.Run(2);
        Assert.Equal(listeners.Length, listeners.Select(static phone => phone.Packets[^1].Ssrc).Distinct().Count());
        foreach (SoundPhone phone in listeners)
        {
            for (int i = 1; i < phone.Packets.Count; i++)
            {
                Assert.Equal(phone.Packets[0].Ssrc, phone.Packets[i].Ssrc);
                Assert.Equal((ushort)(phone.Packets[i - 1].Sequence + 1), phone.Packets[i].Sequence);
                Assert.Equal(phone.Packets[i - 1].Timestamp + (phone.Packets[0].PayloadType == 0 ? 160u : 960u), phone.Packets[i].Timestamp);
            }
        }

        Clear(listeners);
        world.Run(1);
        Assert.All(listeners, static phone => phone.AssertHears(440));
    }

    [Fact]
    public void MuteDeafAndGain_AreObeyed()
    {
        using SoundWorld world = new();
        SoundPhone[] phones = [world.Add(Pcmu), world.Add(Pcmu), world.Add(Pcmu)];
        Join(world, phones);
        SayTones(phones, 4000);
        world.Control.Mute(phones[0].Leg, muted: true);
        world.Control.Deafen(phones[1].Leg, isDeaf: true);
        world.Control.SetGain(phones[1].Leg, 0.1f);
        world.Run(1);
        Clear(phones);
        world.Run(1);
        short[] third = phones[2].TakeHeard();
        Assert.True(Level(third, phones[2], 0) < -50);
        Assert.InRange(Level(third, phones[2], 1), Level(phones[0].TakeHeard(), phones[0], 2) - 21, Level(phones[0].TakeHeard(), phones[0], 2) + 200);
        Assert.InRange(Level(third, phones[2], 1), -40, -28);
        Assert.Equal(0, phones[1].TakeHeard().Max());

        world.Control.Mute(phones[0].Leg, muted: false);
        world.Control.Deafen(phones[1].Leg, isDeaf: false);
        world.Control.SetGain(phones[1].Leg, 1);
        world.Run(1);
        Clear(phones);
        world.Run(1);
        AssertEachHearsTheOthers(phones, phones);
    }

    [Fact]
    public void AFullRoom_RefusesMore_AndLeavingMakesPlace()
    {
        using SoundWorld world = new();
        ConferenceOptions two = new() { MaxMembers = 2, Tones = false };
        SoundPhone[] phones = [world.Add(Pcmu), world.Add(Pcmu), world.Add(Pcmu)];
        Assert.Equal(ConferenceResult.Joined, world.Control.Join(phones[0].Leg, "r", two));
        Assert.Equal(ConferenceResult.AlreadyIn, world.Control.Join(phones[0].Leg, "s", two));
        Assert.Equal(ConferenceResult.Joined, world.Control.Join(phones[1].Leg, "r", two));
        Assert.Equal(ConferenceResult.Full, world.Control.Join(phones[2].Leg, "r", two));
        Assert.Null(phones[2].Leg.Audio);
        Assert.True(world.Control.LeaveConference(phones[0].Leg));
        Assert.False(world.Control.LeaveConference(phones[0].Leg));
        Assert.Null(phones[0].Leg.Audio);
        Assert.Equal(ConferenceResult.Joined, world.Control.Join(phones[2].Leg, "r", two));
        Assert.Equal((2L, 3L, 1L), (world.Conferences.Statistics.Members, world.Conferences.Statistics.Joined, world.Conferences.Statistics.Refused));
    }

    [Fact]
    public void Tones_SayThatSomebodyComesAndGoes()
    {
        using SoundWorld world = new();
        SoundPhone[] phones = [world.Add(Pcmu), world.Add(Pcmu)];
        Assert.Equal(ConferenceResult.Joined, world.Control.Join(phones[0].Leg, "r", new ConferenceOptions()));
        world.Run(1);
        Clear(phones);
        Assert.Equal(ConferenceResult.Joined, world.Control.Join(phones[1].Leg, "r", new ConferenceOptions()));
        world.Run(0.5);
        Assert.Equal([440, 660], TonesIn(phones[0].TakeHeard()));
        world.Run(0.5);
        Clear(phones);
        world.Control.LeaveConference(phones[1].Leg);
        world.Run(0.5);
        Assert.Equal([660, 440], TonesIn(phones[0].TakeHeard()));
    }

    [Theory]
    [InlineData(Pcmu, false)]
    [InlineData("96 opus/48000/2", false)]
    [InlineData(Pcmu, true)]
    public void ASupervisor_ListensWhispersAndBargesIn_AndTheCallIsAsBeforeAfterwards(string agentFormat, bool elsewhere)
    {
        ConferenceRooms rooms = new(2);
        SoundWorld world = new(rooms);
        SoundWorld other = elsewhere ? new SoundWorld(rooms, 1) : world;
        SoundWorld[] worlds = elsewhere ? [world, other] : [world];
        SoundPhone customer = world.Add(Pcmu);
        SoundPhone agent = world.Add(agentFormat);
        SoundPhone supervisor = other.Add(Pcmu);
        world.Connect(customer, agent);
        bool isRelayed = customer.HasCommonFormat(agent);
        SoundPhone[] all = [customer, agent, supervisor];
        SayTones(all, 3000);
        Run(worlds, 1);
        Assert.Equal(isRelayed, customer.Leg.Audio is null);

        Assert.True(world.Control.OpenToSupervisors(agent.Leg, "call:1"));
        Assert.Equal(ConferenceResult.Joined, other.Control.Join(supervisor.Leg, "call:1", s_quiet, ConferenceRole.Listener));
        AssertHear([[1], [0], [0, 1]]);
        Assert.True(other.Control.Assume(supervisor.Leg, ConferenceRole.Coach));
        AssertHear([[1], [0, 2], [0, 1]]);
        Assert.True(other.Control.Assume(supervisor.Leg, ConferenceRole.Member));
        AssertHear([[1, 2], [0, 2], [0, 1]]);
        Assert.True(other.Control.Assume(supervisor.Leg, ConferenceRole.Listener));
        AssertHear([[1], [0], [0, 1]]);

        Assert.True(other.Control.LeaveConference(supervisor.Leg));
        Assert.True(world.Control.CloseToSupervisors(agent.Leg));
        Assert.False(world.Control.CloseToSupervisors(agent.Leg));
        Assert.Equal(isRelayed, customer.Leg.Audio is null && agent.Leg.Audio is null);
        Assert.Equal(isRelayed ? 0 : 1, world.Audio.Statistics.Transcoding);
        Run(worlds, 1);
        Clear(all);
        Run(worlds, 1);
        customer.AssertHears(Hertz(1));
        agent.AssertHears(Hertz(0));
        Assert.Empty(supervisor.TakeHeard());
        foreach (SoundWorld each in worlds)
        {
            each.Dispose();
        }

        void AssertHear(int[][] expected)
        {
            Run(worlds, 1);
            Clear(all);
            Run(worlds, 0.6);
            for (int i = 0; i < all.Length; i++)
            {
                short[] heard = all[i].TakeHeard();
                for (int tone = 0; tone < all.Length; tone++)
                {
                    Assert.True(expected[i].Contains(tone) == Level(heard, all[i], tone) > -40, $"phone {i} hears {tone} at {Level(heard, all[i], tone):F1} dBm0");
                }
            }
        }
    }

    [Fact]
    public void AShardThatIsLate_IsTakenLater_WithoutAGap()
    {
        ConferenceRooms rooms = new(2);
        SoundWorld[] worlds = [new(rooms, 0), new(rooms, 1)];
        SoundPhone talker = worlds[0].Add(Pcmu);
        SoundPhone listener = worlds[1].Add(Pcmu);
        worlds[0].Control.Join(talker.Leg, "r", s_quiet);
        worlds[1].Control.Join(listener.Leg, "r", s_quiet);
        talker.Say(Hertz(0), 6000);
        Run(worlds, 1);
        long late = worlds[1].Conferences.Statistics.LateSums;

        // From here on the talker's shard comes to its ticks 15 ms after the listener's.
        worlds[1].Run(0.015);
        Run(worlds, 1);
        Assert.InRange(worlds[1].Conferences.Statistics.LateSums - late, 0, 2);
        listener.TakeHeard();
        Run(worlds, 1);
        listener.AssertHears(Hertz(0));
        worlds[0].Dispose();
        worlds[1].Dispose();
    }

    /// <summary>The tones in their order, found in pieces of 60 ms.</summary>
    private static IEnumerable<int> TonesIn(short[] heard)
    {
        int last = 0;
        foreach (short[] piece in heard.Chunk(480))
        {
            int tone = Goertzel.IsTone(piece, 440) ? 440 : Goertzel.IsTone(piece, 660) ? 660 : last;
            if (tone != last)
            {
                yield return last = tone;
            }
        }
    }

    private static void Join(SoundWorld world, params SoundPhone[] phones) =>
        Assert.All(phones, phone => Assert.Equal(ConferenceResult.Joined, world.Control.Join(phone.Leg, "room", s_quiet)));

    /// <summary>Shards side by side, in turns of 5 ms.</summary>
    private static void Run(SoundWorld[] worlds, double seconds)
    {
        for (int i = 0; i < (int)(seconds * 200); i++)
        {
            foreach (SoundWorld world in worlds)
            {
                world.Run(0.005);
            }
        }
    }

    // Whole numbers of periods in the quarter of a second that is looked at.
    private static double Hertz(int phone) => 300 + (60 * phone);

    private static void SayTones(SoundPhone[] phones, double amplitude)
    {
        for (int i = 0; i < phones.Length; i++)
        {
            phones[i].Say(Hertz(i), amplitude);
        }
    }

    private static void Clear(SoundPhone[] phones)
    {
        foreach (SoundPhone phone in phones)
        {
            phone.TakeHeard();
        }
    }

    private static double Level(short[] heard, SoundPhone phone, int tone) =>
        Goertzel.LevelDbm0(heard.AsSpan(Math.Max(0, heard.Length - (phone.HeardRateHz / 4))), Hertz(tone), phone.HeardRateHz);

    private static void AssertEachHearsTheOthers(SoundPhone[] phones, SoundPhone[] talkers)
    {
        for (int i = 0; i < phones.Length; i++)
        {
            short[] heard = phones[i].TakeHeard();
            Assert.True(heard.Length > phones[i].HeardRateHz / 2, $"phone {i} heard {heard.Length} samples");
            double[] levels = [.. Enumerable.Range(0, talkers.Length).Select(tone => Level(heard, phones[i], tone))];
            double faintest = levels.Where((_, tone) => tone != i).Min();
            Assert.True(faintest > -40 && levels[i] < faintest - 12, $"phone {i} hears itself at {levels[i]:F1} and the others from {faintest:F1} dBm0");
        }
    }
}
