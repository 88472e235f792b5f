using MediaCore.Audio.ComfortNoise;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.MediaSessions.Audio;

/// <summary>Comfort noise that is sent (RFC 3389): where it was negotiated, in place of background noise, in the stream of the sound.</summary>
public sealed class ComfortNoiseTests : IDisposable
{
    private const int NoiseDbov = -48;

    private readonly Random _random = new(11);
    private SoundWorld? _opened;

    public void Dispose() => _opened?.Dispose();

    [Theory]
    [InlineData("8 PCMA/8000", "0 PCMU/8000", 160)]
    [InlineData("9 G722/8000", "98 L16/16000", 160)]
    [InlineData("0 PCMU/8000", "98 L16/8000", 160)]
    public void Pauses_AreDescribed_InTheStreamOfTheVoice(string hearer, string speaker, uint unitsPerPacket)
    {
        SoundWorld world = Open(ComfortNoisePolicy.Accept);
        SoundPhone one = world.Add(hearer, "13 CN/8000");
        SoundPhone two = world.Add(speaker);
        world.Connect(one, two);

        // A second of voice, three of background, a second of voice.
        two.Say(position => (short)((position / two.RateHz) is 0 or 4 ? Voice(position, two.RateHz) : Background()));
        world.Run(5.5);
        var packets = one.Packets;
        List<int> noise = [.. Enumerable.Range(0, packets.Count).Where(i => packets[i].PayloadType == 13)];
        Assert.InRange(noise.Count, 5, 20);
        Assert.InRange(packets.Count, 100, 170);
        Assert.All(noise, i => Assert.False(packets[i].Marker, "RFC 3389 §4"));
        Assert.Single(packets.Select(static p => p.Ssrc).Distinct());
        for (int i = 1; i < packets.Count; i++)
        {
            Assert.Equal((ushort)(packets[i - 1].Sequence + 1), packets[i].Sequence);
            uint ticks = (uint)Math.Round((packets[i].At - packets[i - 1].At).TotalMilliseconds / 20);
            Assert.Equal(ticks * unitsPerPacket, packets[i].Timestamp - packets[i - 1].Timestamp);
            Assert.Equal(packets[i].PayloadType != 13 && packets[i - 1].PayloadType == 13, packets[i].Marker);
        }

        // What the peer makes of the description is as loud as what was said, and the voice comes as it was.
        ComfortNoiseGenerator generator = new();
        Assert.True(generator.TryUpdate(one.Noise[^1]));
        short[] made = new short[16_000];
        generator.Generate(made);
        Assert.InRange(NoiseLevel.Measure(made.AsSpan(2000)), NoiseDbov - 1, NoiseDbov + 1);
        Assert.Equal(noise.Count, world.Audio.Statistics.NoisePackets);
        Assert.True(packets.Count(static p => p.PayloadType != 13) > 90);
    }

    [Theory]
    [InlineData(ComfortNoisePolicy.Never, "13 CN/8000")]
    [InlineData(ComfortNoisePolicy.Accept, "14 CN/16000")]
    public void WithoutPolicy_OrOnAnotherClock_TheBackgroundIsSentAsItIs(object policy, string noise)
    {
        SoundWorld world = Open((ComfortNoisePolicy)policy);
        SoundPhone one = world.Add("8 PCMA/8000", noise);
        SoundPhone two = world.Add("0 PCMU/8000");
        world.Connect(one, two);
        two.Say(_ => (short)Background());
        world.Run(2);
        Assert.InRange(one.Packets.Count, 90, 101);
        Assert.All(one.Packets, static p => Assert.Equal(8, p.PayloadType));
    }

    // Two of our servers: one describes, the other makes the noise for a phone that knows nothing of it.
    [Fact]
    public void WhatOneServerDescribes_AnotherOnePlaysAsLoud()
    {
        SoundWorld world = Open(ComfortNoisePolicy.Accept);
        SoundPhone trunk = world.Add("8 PCMA/8000", "13 CN/8000");
        SoundPhone phone = world.Add("0 PCMU/8000");
        world.Connect(trunk, phone);
        phone.Say(_ => (short)Background());
        world.Run(2);
        byte[] described = trunk.Noise[^1];
        Assert.Equal(NoiseDescriber.MaxPayloadBytes, described.Length);
        phone.Say(null);
        phone.TakeHeard();

        trunk.Say(position => (short)Voice(position, 8000));
        world.Run(0.5);
        trunk.Say(null);
        world.Run(0.04);
        phone.TakeHeard();
        trunk.SendRaw(13, marker: false, trunk.Timestamp, described);
        world.Run(1);
        short[] heard = phone.TakeHeard();
        Assert.InRange(heard.Length, 3000, 9000);
        Assert.InRange(NoiseLevel.Measure(heard.AsSpan(heard.Length - 2000)), NoiseDbov - 1, NoiseDbov + 1);
    }

    // Somebody listens to a party that is sent nothing: the line is kept alive by a packet now and then.
    [Fact]
    public void PartyThatHearsNobody_IsToldOfTheSilence()
    {
        SoundWorld world = Open(ComfortNoisePolicy.Accept);
        SoundPhone one = world.Add("8 PCMA/8000", "13 CN/8000");
        SoundPhone without = world.Add("8 PCMA/8000");
        Assert.True(world.Control.TapSaid(one.Leg, new AudioSessionTests.RecordingTap()));
        Assert.True(world.Control.TapSaid(without.Leg, new AudioSessionTests.RecordingTap()));
        world.Run(4);
        Assert.InRange(one.Packets.Count, 8, 12);
        Assert.All(one.Noise, static payload => Assert.Equal([127], payload));
        Assert.Equal(one.Packets.Count, one.Noise.Count);
        Assert.Empty(without.Packets);
    }

    // What is negotiated anew with the same rates goes on sounding: no gap, no click of a filter begun anew.
    [Fact]
    public void Renegotiation_WithTheSameRates_DoesNotTouchTheSound()
    {
        SoundWorld world = Open(ComfortNoisePolicy.Never);
        SoundPhone one = world.Add("98 L16/16000");
        SoundPhone two = world.Add("0 PCMU/8000");
        world.Connect(one, two);
        two.Say(440);
        world.Run(1);
        one.TakeHeard();
        for (int i = 0; i < 10; i++)
        {
            world.Connect(one, two);
            world.Run(0.1);
        }

        // A sine is nowhere steeper than its zero crossings.
        short[] heard = one.TakeHeard();
        Assert.InRange(heard.Length, 15_000, 17_000);
        int steepest = Enumerable.Range(1, heard.Length - 1).Max(i => Math.Abs(heard[i] - heard[i - 1]));
        Assert.InRange(steepest, 0, 1.15 * 8000 * 2 * Math.PI * 440 / 16_000);
    }

    private SoundWorld Open(ComfortNoisePolicy policy) => _opened = new SoundWorld(options: new EngineOptions { ComfortNoise = policy });

    /// <summary>White noise at <see cref="NoiseDbov"/>.</summary>
    private double Background() => 32768 * Math.Pow(10, NoiseDbov / 20.0) * Math.Sqrt(3) * ((2 * _random.NextDouble()) - 1);

    /// <summary>A tone that comes and goes as words do.</summary>
    private static double Voice(long position, int rateHz) => 8000 * Math.Sin(2 * Math.PI * 700 * position / rateHz) * (0.6 + (0.4 * Math.Sin(2 * Math.PI * 4 * position / rateHz)));
}
