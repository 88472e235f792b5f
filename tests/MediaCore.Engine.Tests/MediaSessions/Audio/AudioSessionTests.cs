using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.MediaSessions.Audio;

/// <summary>Who hears whom, and what, when sound is decoded and coded again.</summary>
public sealed class AudioSessionTests : IDisposable
{
    private readonly SoundWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("0 PCMU/8000", "8 PCMA/8000")]
    [InlineData("0 PCMU/8000", "9 G722/8000")]
    [InlineData("8 PCMA/8000", "96 opus/48000/2")]
    [InlineData("9 G722/8000", "111 opus/48000/2 useinbandfec=1;usedtx=1")]
    [InlineData("98 L16/16000", "0 PCMU/8000")]
    [InlineData("98 L16/8000", "97 opus/48000/2 stereo=1")]
    public void TwoCodecs_EachHearsTheOther(string first, string second)
    {
        SoundPhone one = _world.Add(first);
        SoundPhone two = _world.Add(second);
        _world.Connect(one, two);
        one.Say(697);
        two.Say(1477);
        _world.Run(2);
        two.AssertHears(697);
        one.AssertHears(1477);
        Assert.Equal((1, 2), (_world.Audio.Count, _world.Audio.Statistics.Parties));
        Assert.Single(one.Packets.Select(static p => p.Ssrc).Distinct());
        AssertContinuous(one);
        AssertContinuous(two);
    }

    // RFC 7587: stereo or mono is each packet's own; a=fmtp says only what is preferred.
    [Theory]
    [InlineData("0 PCMU/8000", "111 opus/48000/2")]
    [InlineData("9 G722/8000", "111 opus/48000/2 stereo=1;sprop-stereo=1")]
    public void StereoOpus_IsHeardInMono_BothOfItsSides(string hearer, string opus)
    {
        SoundPhone one = _world.Add(hearer);
        SoundPhone two = _world.Add(opus);
        _world.Connect(one, two);
        using MediaCore.Audio.Opus.OpusEncoder stereo = new(new MediaCore.Audio.Opus.OpusEncoderOptions { SampleRateHz = 48_000, Channels = 2, BitrateBitsPerSecond = 96_000 });
        byte[] payload = new byte[1000];
        short[] sides = new short[1920];
        for (int packet = 0; packet < 100; packet++)
        {
            for (int i = 0; i < 960; i++)
            {
                double time = ((packet * 960) + i) / 48_000.0;
                sides[2 * i] = (short)(8000 * Math.Sin(2 * Math.PI * 697 * time));
                sides[(2 * i) + 1] = (short)(8000 * Math.Sin(2 * Math.PI * 1477 * time));
            }

            int bytes = stereo.Encode(sides, payload);
            Assert.True(MediaCore.Audio.Opus.OpusPacket.TryParse(payload.AsSpan(0, bytes), out MediaCore.Audio.Opus.OpusPacket parsed, out _));
            Assert.Equal(2, parsed.Channels);
            two.SendRaw(111, marker: packet == 0, (uint)(packet * 960), payload.AsSpan(0, bytes));
            _world.Run(0.02);
        }

        // Both sides are as loud, and there is nothing else.
        short[] heard = one.TakeHeard();
        ReadOnlySpan<short> last = heard.AsSpan(heard.Length - (one.HeardRateHz / 2));
        double left = MediaCore.Audio.Tones.Goertzel.LevelDbm0(last, 697, one.HeardRateHz);
        double right = MediaCore.Audio.Tones.Goertzel.LevelDbm0(last, 1477, one.HeardRateHz);
        double total = MediaCore.Audio.Tones.Goertzel.TotalLevelDbm0(last);
        Assert.Equal(left, right, 1.0);
        Assert.Equal(total, left + 3, 1.0);
        Assert.Equal(0, two.Leg.Audio!.Input.DecodeErrors);
    }

    [Fact]
    public void CommonCodec_IsRelayedUntouched_AlsoWhileItIsTapped()
    {
        SoundPhone one = _world.Add("0 PCMU/8000");
        SoundPhone two = _world.Add("0 PCMU/8000");
        _world.Connect(one, two);
        one.Say(697);
        two.Say(1477);
        _world.Run(1);
        Assert.Equal(0, _world.Audio.Statistics.Parties);
        var said = new RecordingTap();
        var heard = new RecordingTap();
        Assert.True(_world.Control.TapSaid(one.Leg, said));
        Assert.True(_world.Control.TapHeard(one.Leg, heard));
        uint ssrc = two.Packets[^1].Ssrc;
        _world.Run(1);
        Assert.True(MediaCore.Audio.Tones.Goertzel.IsTone(said.Last, 697));
        Assert.True(MediaCore.Audio.Tones.Goertzel.IsTone(heard.Last, 1477));
        Assert.All(two.Packets, p => Assert.Equal(ssrc, p.Ssrc));
        Assert.Equal(0, _world.Audio.Statistics.EncodedFrames);
        Assert.True(_world.Control.RemoveTap(one.Leg, said));
        Assert.True(_world.Control.RemoveTap(one.Leg, heard));
        Assert.Equal(0, _world.Audio.Statistics.Parties);
        Assert.False(_world.Control.RemoveTap(one.Leg, heard));
    }

    [Theory]
    [InlineData(SourceMode.Exclusive)]
    [InlineData(SourceMode.Mixed)]
    public void Source_IsHeardInPlaceOf_OrWith_TheOtherSide(object mode)
    {
        SoundPhone one = _world.Add("0 PCMU/8000");
        SoundPhone two = _world.Add("0 PCMU/8000");
        _world.Connect(one, two);
        one.Say(697);
        two.Say(1477);
        _world.Run(1);
        uint relayed = one.Packets[^1].Ssrc;
        var tone = new SineSource(440, seconds: 1);
        var listener = new Listener();
        Assert.True(_world.Control.Play(one.Leg, tone, (SourceMode)mode, listener));
        one.TakeHeard();
        two.TakeHeard();
        _world.Run(0.9);
        short[] heard = one.TakeHeard()[^2000..];
        Assert.True(MediaCore.Audio.Tones.Goertzel.LevelDbm0(heard, 440) > -20);
        Assert.Equal((SourceMode)mode == SourceMode.Mixed, MediaCore.Audio.Tones.Goertzel.LevelDbm0(heard, 1477) > -20);
        two.AssertHears(697);
        Assert.NotEqual(relayed, one.Packets[^1].Ssrc);
        _world.Run(0.6);
        Assert.Equal([(tone, true)], listener.Ended);
        one.TakeHeard();
        _world.Run(0.6);
        one.AssertHears(1477);
        Assert.Equal(relayed, one.Packets[^1].Ssrc);
        Assert.Equal(0, _world.Audio.Statistics.Parties);
    }

    [Fact]
    public void Interjections_ComeOneAfterTheOther_AndAClipWaitsForThoseInItsPlace()
    {
        SoundPhone one = _world.Add("0 PCMU/8000");
        var listener = new Listener();
        short[] sound = new short[16_000];
        new MediaCore.Audio.Tones.ToneGenerator(new MediaCore.Audio.Tones.Tone(new MediaCore.Audio.Tones.ToneSegment(0, 440))).Generate(sound);
        var clip = new ClipSource(MediaCore.Audio.Prompts.AudioClip.FromPcm(sound));
        var first = new SineSource(880, seconds: 0.5);
        var second = new SineSource(1760, seconds: 0.5);
        Assert.True(_world.Control.Play(one.Leg, clip, SourceMode.Exclusive, listener));
        _world.Run(1);
        one.AssertHears(440);
        Assert.True(_world.Control.Interject(one.Leg, first, SourceMode.Exclusive, listener));
        Assert.True(_world.Control.Interject(one.Leg, second, SourceMode.Mixed, listener));
        _world.Run(0.5);
        one.AssertHears(880);
        Assert.InRange(clip.Position.TotalSeconds, 0.95, 1.05);
        _world.Run(0.4);
        short[] both = one.TakeHeard()[^1600..];
        Assert.All(new[] { 440.0, 1760 }, hertz => Assert.True(MediaCore.Audio.Tones.Goertzel.LevelDbm0(both, hertz) > -20));
        _world.Run(0.5);
        one.AssertHears(440);
        _world.Run(0.5);
        Assert.Equal([(first, true), (second, true), (clip, true)], listener.Ended);
        Assert.Equal(0, _world.Audio.Statistics.Parties);
    }

    [Fact]
    public void Interjections_AreBounded_AndTheLegsEndEndsThem()
    {
        SoundPhone one = _world.Add("0 PCMU/8000");
        var listener = new Listener();
        var sources = Enumerable.Range(0, AudioLimits.MaxInterjections + 1).Select(static _ => new SineSource(880, seconds: 9)).ToList();
        Assert.All(sources[..^1], source => Assert.True(_world.Control.Interject(one.Leg, source, SourceMode.Exclusive, listener)));
        Assert.False(_world.Control.Interject(one.Leg, sources[^1], SourceMode.Exclusive, listener));
        Assert.True(_world.Control.StopInterjection(one.Leg, sources[1]));
        Assert.False(_world.Control.StopInterjection(one.Leg, sources[1]));
        Assert.False(_world.Control.StopPlaying(one.Leg));
        one.Leg.Audio!.Close();
        Assert.Equal(sources[..^1].Count, listener.Ended.Count);
        Assert.All(listener.Ended, static ended => Assert.False(ended.Completed));
        Assert.Equal(0, _world.Audio.Statistics.Parties);
    }

    [Fact]
    public void Source_StoppedOrReplaced_SaysSo()
    {
        SoundPhone one = _world.Add("96 opus/48000/2");
        var listener = new Listener();
        var first = new SineSource(440, 10);
        var second = new SineSource(880, 10);
        Assert.True(_world.Control.Play(one.Leg, first, SourceMode.Exclusive, listener));
        _world.Run(1);
        one.AssertHears(440);
        Assert.True(_world.Control.Play(one.Leg, second, SourceMode.Exclusive, listener));
        _world.Run(1);
        one.AssertHears(880);
        Assert.True(_world.Control.StopPlaying(one.Leg));
        Assert.False(_world.Control.StopPlaying(one.Leg));
        Assert.Equal([(first, false), (second, false)], listener.Ended);
        int count = one.Packets.Count;
        _world.Run(1);
        Assert.Equal(count, one.Packets.Count);
    }

    [Fact]
    public void MutedParty_IsSilence_AndIsHeardAgain()
    {
        SoundPhone one = _world.Add("0 PCMU/8000");
        SoundPhone two = _world.Add("0 PCMU/8000");
        _world.Connect(one, two);
        one.Say(697);
        _world.Run(1);
        Assert.True(_world.Control.Mute(one.Leg, muted: true));
        _world.Run(0.2);
        two.TakeHeard();
        _world.Run(1);
        short[] heard = two.TakeHeard();
        Assert.InRange(heard.Length, 7800, 8200);
        Assert.All(heard, static s => Assert.InRange(s, -8, 8));
        Assert.True(_world.Control.Mute(one.Leg, muted: false));
        _world.Run(1);
        two.AssertHears(697);
        Assert.Equal(0, _world.Audio.Statistics.Parties);
    }

    [Fact]
    public void Event_PassesBetweenClocks_OnceWithItsDuration()
    {
        SoundPhone one = _world.Add("0 PCMU/8000", "101 telephone-event/8000");
        SoundPhone two = _world.Add("96 opus/48000/2", "97 telephone-event/48000");
        _world.Connect(one, two);
        one.Say(697);
        _world.Run(1);
        uint start = one.Timestamp;
        for (int i = 1; i <= 5; i++)
        {
            one.SendRaw(101, marker: i == 1, start, [5, (byte)(i == 5 ? 0x8a : 10), (byte)(i * 160 >> 8), (byte)(i * 160)]);
            _world.Run(0.02);
        }

        _world.Run(0.5);
        var events = two.Packets.Where(static p => p.PayloadType == 97).ToArray();
        Assert.Equal(5, events.Length);
        Assert.Single(events.Select(static p => p.Timestamp).Distinct());
        Assert.Equal([true, false, false, false, false], events.Select(static p => p.Marker));
        Assert.Single(two.Packets.Select(static p => p.Ssrc).Distinct());
        ushort first = two.Packets[0].Sequence;
        Assert.Equal(Enumerable.Range(0, two.Packets.Count).Select(i => (ushort)(first + i)), two.Packets.Select(static p => p.Sequence));
    }

    [Fact]
    public void Renegotiated_ToNothingThatWeCode_EventsThatComeAreDropped_AndSoundComesBack()
    {
        SoundPhone one = _world.Add("0 PCMU/8000", "101 telephone-event/8000");
        SoundPhone two = _world.Add("8 PCMA/8000", "101 telephone-event/8000");
        _world.Connect(one, two);
        one.Say(697);
        _world.Run(1);
        two.Negotiate("18 G729/8000", "101 telephone-event/8000");
        _world.Audio.Settle(one.Leg, two.Leg, transcode: true);
        _world.Run(0.5);
        int before = two.Packets.Count;
        one.SendRaw(101, marker: true, one.Timestamp, [5, 0x8a, 3, 32]);
        Assert.False(_world.Control.SendDtmf(two.Leg, "7"));
        _world.Run(0.5);
        Assert.Equal(before, two.Packets.Count);

        two.Negotiate("8 PCMA/8000", "101 telephone-event/8000");
        _world.Audio.Settle(one.Leg, two.Leg, transcode: true);
        two.TakeHeard();
        _world.Run(1);
        two.AssertHears(697);
    }

    [Fact]
    public void DefectInOneSession_TheOthersAreTickedOn()
    {
        SoundPhone one = _world.Add("0 PCMU/8000");
        SoundPhone two = _world.Add("8 PCMA/8000");
        SoundPhone broken = _world.Add("0 PCMU/8000");
        _world.Connect(one, two);
        one.Say(697);
        Assert.True(_world.Control.Play(broken.Leg, new BrokenSource(), SourceMode.Exclusive));
        Assert.Throws<InvalidOperationException>(() => _world.Run(1));
        Assert.Equal(2, _world.Audio.Count);
        broken.Leg.Audio!.EndPlayback(completed: false);
        _world.Run(1);
        two.AssertHears(697);
    }

    [Fact]
    public void DefectAtEveryTick_CostsTheOthersOfItsPhaseNothing()
    {
        SoundPhone one = _world.Add("0 PCMU/8000");
        SoundPhone two = _world.Add("8 PCMA/8000");
        _world.Connect(one, two);
        for (int i = 0; i < 3; i++)
        {
            // The other three phases.
            _world.Connect(_world.Add("0 PCMU/8000"), _world.Add("8 PCMA/8000"));
        }

        SoundPhone broken = _world.Add("0 PCMU/8000");
        one.Say(697);
        Assert.True(_world.Control.Play(broken.Leg, new BrokenSource(), SourceMode.Exclusive));
        int defects = 0;
        for (int i = 0; i < 60; i++)
        {
            defects += Record.Exception(() => _world.Run(0.02)) is InvalidOperationException ? 1 : 0;
        }

        Assert.InRange(defects, 50, 60);
        Assert.InRange(two.Packets.Count, 50, 60);
        two.AssertHears(697);
    }

    [Fact]
    public void Renegotiated_ToNothingThatWeCode_DigitsUnderWayEnd()
    {
        SoundPhone one = _world.Add("0 PCMU/8000", "101 telephone-event/8000");
        SoundPhone two = _world.Add("8 PCMA/8000", "101 telephone-event/8000");
        _world.Connect(one, two);
        one.Say(697);
        _world.Run(1);
        Assert.True(_world.Control.SendDtmf(two.Leg, "77777"));
        _world.Run(0.3);
        two.Negotiate("18 G729/8000", "101 telephone-event/8000");
        _world.Audio.Settle(one.Leg, two.Leg, transcode: true);
        _world.Run(0.1);
        int before = two.Packets.Count;
        _world.Run(3);
        Assert.Equal(before, two.Packets.Count);
    }

    private static void AssertContinuous(SoundPhone phone)
    {
        Assert.True(phone.Packets[0].Marker);
        for (int i = 1; i < phone.Packets.Count; i++)
        {
            Assert.Equal((ushort)(phone.Packets[i - 1].Sequence + 1), phone.Packets[i].Sequence);
            Assert.False(phone.Packets[i].Marker);
        }

        Assert.Single(phone.Packets.Zip(phone.Packets.Skip(1), static (a, b) => b.Timestamp - a.Timestamp).Distinct());
    }

    private sealed class BrokenSource : IAudioSource
    {
        public int SampleRateHz => 8000;

        public bool Read(Span<short> frame) => throw new InvalidOperationException("A defect.");
    }

    private sealed class Listener : IPlaybackListener
    {
        public List<(IAudioSource Source, bool Completed)> Ended { get; } = [];

        public void OnPlaybackEnded(MediaLeg leg, IAudioSource source, bool completed) => Ended.Add((source, completed));
    }

    private sealed class SineSource(double hertz, double seconds) : IAudioSource
    {
        private int _position;

        public int SampleRateHz => 16_000;

        public bool Read(Span<short> frame)
        {
            if (_position >= seconds * SampleRateHz)
            {
                return false;
            }

            foreach (ref short sample in frame)
            {
                sample = (short)(6000 * Math.Sin(2 * Math.PI * hertz * _position++ / SampleRateHz));
            }

            return true;
        }
    }

    internal sealed class RecordingTap : IAudioTap
    {
        private readonly List<short> _samples = [];

        public int SampleRateHz => 8000;

        public short[] Last => [.. _samples[^2000..]];

        public void Take(ReadOnlySpan<short> frame, int sampleRateHz, Timestamp now) => _samples.AddRange(frame);
    }
}
