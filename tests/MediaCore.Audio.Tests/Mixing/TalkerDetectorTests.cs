using MediaCore.Audio.Mixing;
using MediaCore.Audio.Tests.Quality;

namespace MediaCore.Audio.Tests.Mixing;

public sealed class TalkerDetectorTests
{
    private const int Rate = 8000;
    private const int Frame = 160;

    [Fact]
    public void Speech_OpensAtOnce_CountsAsTalkingAfter60Ms_AndEndsHalfASecondAfter()
    {
        TalkerDetector detector = default;
        short[] vowel = Signals.Vowel(Rate, 20 * Frame, 140);
        short[] silence = new short[Frame];
        Feed(ref detector, silence, 10);
        detector.Update(vowel.AsSpan(0, Frame));
        Assert.True(detector.IsOpen);
        Assert.False(detector.IsTalking);
        detector.Update(vowel.AsSpan(Frame, Frame));
        detector.Update(vowel.AsSpan(2 * Frame, Frame));
        Assert.True(detector.IsTalking);
        Feed(ref detector, silence, TalkerDetector.HangoverFrames - 1);
        Assert.True(detector.IsOpen && detector.IsTalking);
        detector.Update(silence);
        Assert.False(detector.IsOpen || detector.IsTalking);
    }

    [Fact]
    public void AClick_IsNobodyTalking()
    {
        TalkerDetector detector = default;
        short[] silence = new short[Frame];
        short[] click = new short[Frame];
        click[80] = 20_000;
        for (int i = 0; i < 20; i++)
        {
            detector.Update(click);
            Feed(ref detector, silence, 5);
            Assert.False(detector.IsTalking);
        }
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(100, false)]
    [InlineData(3000, true)]
    public void SteadyNoise_IsNotTalking_UnlessItIsLoud(int amplitude, bool isTalking)
    {
        TalkerDetector detector = default;
        Random random = new(5);
        for (int i = 0; i < 1000; i++)
        {
            detector.Update([.. Enumerable.Range(0, Frame).Select(_ => (short)random.Next(-amplitude, amplitude + 1))]);
        }

        Assert.Equal(isTalking, detector.IsTalking);
    }

    [Fact]
    public void Syllables_OfOneSpeaker_AreOneTurn()
    {
        TalkerDetector detector = default;
        short[] speech = Signals.Syllables(Rate, 5 * Rate);
        int changes = 0;
        bool before = false;
        for (int at = 0; at + Frame <= speech.Length; at += Frame)
        {
            detector.Update(speech.AsSpan(at, Frame));
            changes += detector.IsTalking != before ? 1 : 0;
            before = detector.IsTalking;
        }

        Assert.Equal(1, changes);
        Assert.True(before);
    }

    private static void Feed(ref TalkerDetector detector, short[] frame, int count)
    {
        for (int i = 0; i < count; i++)
        {
            detector.Update(frame);
        }
    }
}
