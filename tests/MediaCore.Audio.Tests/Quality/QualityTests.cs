namespace MediaCore.Audio.Tests.Quality;

public sealed class QualityTests
{
    [Fact]
    public void Measures_OfTheSameSound_AreAtTheirEnds()
    {
        short[] sound = Signals.Vowel(8000, 8000, 120);
        Assert.Equal(35, SegmentalSnr.Decibels(sound, sound, 8000), 3);
        Assert.Equal(0, LogSpectralDistance.Decibels(sound, sound, 8000), 6);
    }

    [Fact]
    public void Measures_OfHalfTheAmplitude_AreSixDecibels()
    {
        short[] sound = Signals.Vowel(8000, 8000, 120);
        short[] half = [.. sound.Select(sample => (short)(sample / 2))];
        Assert.Equal(6.0, SegmentalSnr.Decibels(sound, half, 8000), 1);
        Assert.InRange(LogSpectralDistance.Decibels(sound, half, 8000), 3, 6.1);
    }
}
