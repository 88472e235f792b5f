using MediaCore.Audio.Prompts;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.Recordings;
using MediaCore.Engine.Tests.Prompts;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Recordings;

/// <summary>What a recording has of legs that send real coded sound: relayed, transcoded, with loss.</summary>
public sealed class RecordedSoundTests : IDisposable
{
    private readonly SoundWorld _world = new();
    private readonly TemporaryDirectory _folder = new();
    private readonly RecordingListener _listener = new();
    private readonly RecordingStore _store;

    public RecordedSoundTests() => _store = new RecordingStore(new RecordingOptions { Directory = _folder.Path }, _listener);

    public void Dispose()
    {
        _world.Dispose();
        _store.Dispose();
        _listener.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("0 PCMU/8000", "0 PCMU/8000", 8000)]
    [InlineData("8 PCMA/8000", "96 opus/48000/2", 8000)]
    [InlineData("96 opus/48000/2", "96 opus/48000/2", 16_000)]
    [InlineData("9 G722/8000", "9 G722/8000", 16_000)]
    public void Tones_AreInTheirChannels_AlsoWithLoss_AndTheTimeAxisIsKept(string first, string second, int rate)
    {
        SoundPhone one = _world.Add(first);
        SoundPhone two = _world.Add(second);
        _world.Connect(one, two);
        one.Network = static n => n % 20 == 7 ? null : 10 + (n % 3);
        two.Network = static n => n % 20 == 13 ? null : 10;
        one.Say(400);
        two.Say(1000);
        _world.Run(1);
        Timestamp start = _world.Now;
        CallRecording recording = Start(one);
        _world.Run(3);
        one.Say(700);
        _world.Run(2);
        Assert.True(_world.Control.StopRecording(one.Leg, recording, _world.Now, discard: false));
        RecordedSound sound = new(Path.Combine(_folder.Path, _listener.Next().File));
        Assert.Equal(rate, sound.RateHz);
        Assert.Equal((_world.Now - start).TotalMilliseconds, sound.Duration.TotalMilliseconds, 20.0);
        Assert.True(sound.HasTone(0, 400, 500, 2300));
        Assert.True(sound.HasTone(0, 700, 3400, 1500));
        Assert.True(sound.HasTone(1, 1000, 500, 4400));
        if (first == second)
        {
            Assert.Equal(0, _world.Audio.Statistics.EncodedFrames);
        }
    }

    [Fact]
    public void Prompt_IsOnTheSideThatHearsIt()
    {
        SoundPhone one = _world.Add("9 G722/8000");
        CallRecording recording = Start(one);
        short[] samples = [.. Enumerable.Range(0, 16_000).Select(static i => (short)(8000 * Math.Sin(2 * Math.PI * 3000 * i / 16_000.0)))];
        Assert.True(_world.Control.Play(one.Leg, new ClipSource(AudioClip.FromWidePcm(samples), rounds: 2), SourceMode.Exclusive));
        _world.Run(3);
        _world.Control.StopRecording(one.Leg, recording, _world.Now, discard: false);
        RecordedSound sound = new(Path.Combine(_folder.Path, _listener.Next().File));
        Assert.True(sound.HasTone(1, 3000, 100, 1800));
        Assert.True(sound.IsSilent(1, 2100, 800));
        Assert.True(sound.IsSilent(0, 0, 3000));
    }

    [Fact]
    public void LegWithoutAnythingNegotiated_IsNotRecorded()
    {
        MediaLeg leg = new();
        Assert.Null(_world.Control.StartRecording(leg, _store, _store.Options.Terms, 0, "c", 0, 1, _world.Now, out string problem));
        Assert.NotEmpty(problem);
        Assert.Equal(0, _store.Active);
    }

    private CallRecording Start(SoundPhone phone)
    {
        CallRecording? recording = _world.Control.StartRecording(phone.Leg, _store, _store.Options.Terms, 0, "call", 0, 1, _world.Now, out string problem);
        Assert.True(recording is not null, problem);
        return recording;
    }
}
