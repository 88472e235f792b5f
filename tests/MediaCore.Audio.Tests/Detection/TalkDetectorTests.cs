using MediaCore.Audio.Detection;
using MediaCore.Audio.Tests.Quality;

namespace MediaCore.Audio.Tests.Detection;

public sealed class TalkDetectorTests
{
    [Theory]
    [InlineData(8000)]
    [InlineData(16_000)]
    public void Talk_BetweenSilences_BeginsAndEndsOnce(int sampleRateHz)
    {
        short[] sound = new short[sampleRateHz * 6];
        Random random = new(4);
        for (int i = 0; i < sound.Length; i++)
        {
            sound[i] = (short)random.Next(-12, 13);
        }

        Signals.Syllables(sampleRateHz, 3 * sampleRateHz).CopyTo(sound, sampleRateHz);
        TalkDetector detector = new();
        List<(TalkChange Change, int Milliseconds)> changes = [];
        for (int at = 0; at < sound.Length; at += sampleRateHz / 50)
        {
            TalkChange change = detector.Process(sound.AsSpan(at, sampleRateHz / 50), sampleRateHz);
            if (change != TalkChange.None)
            {
                changes.Add((change, (at * 1000 / sampleRateHz) + 20));
            }
        }

        Assert.Equal([TalkChange.Started, TalkChange.Stopped], changes.Select(static c => c.Change));
        Assert.InRange(changes[0].Milliseconds, 1200, 1500);
        Assert.InRange(changes[1].Milliseconds, 4400, 5000);
        Assert.False(detector.IsTalking);
    }

    [Fact]
    public void Click_IsNoTalk()
    {
        TalkDetector detector = new();
        short[] frame = new short[160];
        for (int i = 0; i < 200; i++)
        {
            frame[80] = (short)(i % 50 == 25 ? 20_000 : 0);
            Assert.Equal(TalkChange.None, detector.Process(frame, 8000));
        }
    }
}
