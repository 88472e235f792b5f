using MediaCore.Audio.Prompts;
using MediaCore.Engine.MediaSessions.Audio;

namespace MediaCore.Engine.Tests.MediaSessions.Audio;

public sealed class ClipSourceTests
{
    private readonly AudioClip _clip = AudioClip.FromPcm([.. Enumerable.Range(1, 400).Select(static i => (short)i)]);

    [Fact]
    public void Clip_IsReadToItsEnd_AndTheLastFrameFilledUp()
    {
        ClipSource source = new(_clip);
        short[] frame = new short[160];
        Assert.True(source.Read(frame));
        Assert.Equal((1, 160), (frame[0], frame[^1]));
        Assert.Equal(TimeSpan.FromMilliseconds(20), source.Position);
        Assert.True(source.Read(frame));
        Assert.True(source.Read(frame));
        Assert.Equal((321, 400, 0, 0), (frame[0], frame[79], frame[80], frame[^1]));
        Assert.Equal(_clip.Duration, source.Position);
        Assert.False(source.Read(frame));
    }

    [Fact]
    public void Rounds_FollowWithoutAGap()
    {
        ClipSource source = new(_clip, rounds: 2);
        List<short> heard = [];
        short[] frame = new short[160];
        while (source.Read(frame))
        {
            heard.AddRange(frame);
        }

        Assert.Equal([.. _clip.Samples, .. _clip.Samples], heard);
    }

    [Fact]
    public void StartPosition_IsWhereAStopWas()
    {
        ClipSource first = new(_clip);
        short[] frame = new short[160];
        first.Read(frame);
        ClipSource second = new(_clip, start: first.Position);
        second.Read(frame);
        Assert.Equal(161, frame[0]);
        Assert.False(new ClipSource(_clip, start: TimeSpan.FromSeconds(5)).Read(frame));
        Assert.False(new ClipSource(AudioClip.FromPcm([]), ClipSource.Endless).Read(frame));
    }

    [Fact]
    public void Endless_NeverEnds()
    {
        ClipSource source = new(_clip, ClipSource.Endless);
        short[] frame = new short[160];
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(source.Read(frame));
        }
    }
}
