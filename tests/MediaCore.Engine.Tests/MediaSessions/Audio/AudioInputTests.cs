using MediaCore.Audio.Tones;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.MediaSessions.Audio;

/// <summary>Sound through a network that loses, delays, reorders and drifts, and through what peers do in mid-stream.</summary>
public sealed class AudioInputTests : IDisposable
{
    private readonly SoundWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("0 PCMU/8000", 200)]
    [InlineData("0 PCMU/8000", -200)]
    [InlineData("96 opus/48000/2", 200)]
    [InlineData("96 opus/48000/2", -200)]
    public void DriftingClock_DoesNotMakeTheDelayGrow(string format, double partsPerMillion)
    {
        (SoundPhone one, SoundPhone two) = Connect(format, "8 PCMA/8000");
        one.ClockErrorPpm = partsPerMillion;
        one.Say(440);
        _world.Run(10);
        two.TakeHeard();
        _world.Run(120);

        // 200 ppm are 24 ms in two minutes.
        Assert.InRange(one.Leg.Audio!.Input.TargetDelay.TotalMilliseconds, 0, 25);
        Assert.InRange(two.TakeHeard().Length, (120 * 8000) - 320, (120 * 8000) + 320);
        SoundFigures(one, concealedPercent: 0.5);
        _world.Run(1);
        two.AssertHears(440);
    }

    [Theory]
    [InlineData("0 PCMU/8000", 1)]
    [InlineData("0 PCMU/8000", 5)]
    [InlineData("9 G722/8000", 5)]
    [InlineData("96 opus/48000/2", 5)]
    [InlineData("96 opus/48000/2", 10)]
    public void Loss_IsConcealed_AndCountedAsMuch(string format, int percent)
    {
        var random = new Random(percent);
        (SoundPhone one, SoundPhone two) = Connect(format, "8 PCMA/8000");
        one.Network = _ => random.Next(100) < percent ? null : 0;
        one.Say(440);
        _world.Run(20);
        Assert.InRange(Concealed(one), percent * 0.5, percent * 1.6);
        short[] heard = two.TakeHeard();
        Assert.InRange(heard.Length, 156_000, 160_000);
        int silent = 0;
        for (int at = 4000; at + 80 <= heard.Length; at += 80)
        {
            silent += Goertzel.TotalLevelDbm0(heard.AsSpan(at, 80)) < -30 ? 1 : 0;
        }

        // Without concealment every lost packet would be 20 ms of silence.
        Assert.InRange(silent, 0, heard.Length / 80 * percent / 100 / 3);
    }

    [Fact]
    public void JitterAndReordering_AreTakenOut()
    {
        var random = new Random(3);
        (SoundPhone one, SoundPhone two) = Connect("0 PCMU/8000", "8 PCMA/8000");
        one.Network = _ => 20 + (random.NextDouble() * 50);
        one.Say(440);
        _world.Run(20);
        Assert.InRange(one.Leg.Audio!.Input.TargetDelay.TotalMilliseconds, 25, 80);
        Assert.InRange(Concealed(one), 0, 3);
        two.AssertHears(440);
    }

    [Fact]
    public void CodecThatChangesWithinWhatWasNegotiated_IsFollowedPacketByPacket()
    {
        (SoundPhone one, SoundPhone two) = Connect("96 opus/48000/2", "8 PCMA/8000", "0 PCMU/8000", "9 G722/8000");
        two.Say(440);
        _world.Run(1);
        one.AssertHears(440);
        for (int format = 2; format >= 0; format--)
        {
            two.Use(format);
            _world.Run(1.5);
            one.AssertHears(440);
        }

        Assert.Equal(0, two.Leg.Audio!.Input.DecodeErrors);
    }

    [Fact]
    public void AnotherSsrc_IsHeardAtOnce()
    {
        (SoundPhone one, SoundPhone two) = Connect("0 PCMU/8000", "8 PCMA/8000");
        one.Say(440);
        _world.Run(1);
        one.ChangeSsrc();
        one.Say(697);
        _world.Run(0.7);
        two.AssertHears(697);
    }

    [Theory]
    [InlineData(10, 20)]
    [InlineData(20, 30)]
    [InlineData(30, 20)]
    [InlineData(20, 40)]
    [InlineData(40, 60)]
    [InlineData(60, 20)]
    [InlineData(20, 10)]
    public void PacketTimes_AreEachSidesOwn(int sent, int asked)
    {
        SoundPhone one = _world.Add("0 PCMU/8000");
        SoundPhone two = _world.Add("8 PCMA/8000");
        one.PacketMilliseconds = sent;
        two.AskedMilliseconds = asked;
        _world.Connect(one, two);
        one.Say(440);
        _world.Run(3);
        Assert.All(two.Packets, p => Assert.Equal(asked * 8, p.Bytes));
        Assert.InRange(two.Packets.Count, (2900 / asked) - 1, (3000 / asked) + 1);
        two.AssertHears(440);
    }

    /// <summary>RFC 3551 §4.2: a receiver should accept packets of up to 200 ms; L16 at 16 kHz comes in 40 ms, which we send ourselves.</summary>
    [Theory]
    [InlineData("0 PCMU/8000", 100)]
    [InlineData("8 PCMA/8000", 200)]
    [InlineData("9 G722/8000", 200)]
    [InlineData("98 L16/16000", 40)]
    public void LongPackets_AreHeard(string format, int milliseconds)
    {
        SoundPhone one = _world.Add(format);
        SoundPhone two = _world.Add("96 opus/48000/2");
        one.PacketMilliseconds = milliseconds;
        _world.Connect(one, two);
        one.Say(440);
        _world.Run(3);
        two.AssertHears(440);
        Assert.Equal(0, one.Leg.Audio!.Input.Buffer.Unusable);
        Assert.InRange(Concealed(one), 0, 2);
    }

    [Fact]
    public void ComfortNoise_IsHeardWhileTheSenderIsSilent_AndTheVoiceAfterIt()
    {
        (SoundPhone one, SoundPhone two) = Connect2(["0 PCMU/8000", "13 CN/8000"], ["8 PCMA/8000"]);
        one.Say(440);
        _world.Run(1);
        one.Say(null);
        one.SendRaw(13, marker: false, one.Timestamp, [50]);
        two.TakeHeard();
        _world.Run(2);
        short[] noise = two.TakeHeard()[8000..];
        Assert.InRange(Goertzel.TotalLevelDbm0(noise), -50, -40);
        Assert.False(Goertzel.IsTone(noise.AsSpan(0, 2000), 440, 8000, -60));
        Assert.InRange(Concealed(one), 0, 2.5);
    }

    [Fact]
    public void PeerThatStopsSending_IsNotReplacedBySilenceForEver_AndIsHeardAgain()
    {
        (SoundPhone one, SoundPhone two) = Connect("0 PCMU/8000", "8 PCMA/8000");
        one.Say(440);
        _world.Run(1);
        one.Say(null);
        _world.Run(2);
        int packets = two.Packets.Count;
        _world.Run(5);
        Assert.Equal(packets, two.Packets.Count);
        uint last = two.Packets[^1].Timestamp;
        one.Say(697);
        _world.Run(1);
        two.AssertHears(697);
        Assert.True(two.Packets[packets].Marker);
        Assert.InRange((int)(two.Packets[packets].Timestamp - last), 5 * 8000, 8 * 8000);
    }

    [Fact]
    public void Rubbish_IsCountedAndConcealed()
    {
        (SoundPhone one, SoundPhone two) = Connect("96 opus/48000/2", "8 PCMA/8000");
        one.Say(440);
        _world.Run(1);
        for (int i = 0; i < 50; i++)
        {
            one.SendRaw(77, marker: false, one.Timestamp, [1, 2, 3]);
            one.SendRaw(96, marker: false, one.Timestamp, []);
            one.SendRaw(96, marker: false, one.Timestamp, [0xff, 0xff]);
            _world.Run(0.02);
        }

        Assert.Equal(50, _world.Audio.Statistics.UnknownPayloads);
        _world.Run(2);
        two.AssertHears(440);
    }

    [Fact]
    public void Stream_AllocatesNothingPerPacket()
    {
        (SoundPhone one, SoundPhone two) = Connect("9 G722/8000", "96 opus/48000/2");
        one.Say(440);
        two.Say(697);
        _world.Run(1);
        AudioTick tick = new(_world);
        tick.Run(200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        tick.Run(500);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private (SoundPhone One, SoundPhone Two) Connect(string first, params string[] second) => Connect2([first], second);

    private (SoundPhone One, SoundPhone Two) Connect2(string[] first, string[] second)
    {
        SoundPhone one = _world.Add(first);
        SoundPhone two = _world.Add(second);
        _world.Connect(one, two);
        return (one, two);
    }

    private static double Concealed(SoundPhone phone) => phone.Leg.Audio!.GetFigures()!.ConcealedPercent;

    private static void SoundFigures(SoundPhone phone, double concealedPercent) => Assert.InRange(Concealed(phone), 0, concealedPercent);

    /// <summary>Ticks of the session alone, its phones being silent for the moment: what is measured is ours.</summary>
    private sealed class AudioTick(SoundWorld world)
    {
        private long _tick = world.Now.Nanoseconds / 20_000_000;

        public void Run(int ticks)
        {
            MediaCore.Engine.MediaSessions.Audio.AudioSession session = world.Phones[0].Leg.Audio!.Session;
            world.IsDeaf = true;
            for (int i = 0; i < ticks; i++)
            {
                world.Context.Now = new MediaCore.Primitives.Timestamp(++_tick * 20_000_000);
                for (int k = 0; k < world.Phones.Count; k++)
                {
                    world.Phones[k].Replay();
                }

                session.Tick(world.Now);
            }
        }
    }
}
