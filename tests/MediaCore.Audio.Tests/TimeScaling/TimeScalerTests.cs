using MediaCore.Audio.TimeScaling;
using MediaCore.Audio.Tones;

namespace MediaCore.Audio.Tests.TimeScaling;

public sealed class TimeScalerTests
{
    // Every tenth frame is shortened or lengthened: the tone stays where it was, and nothing else is heard.
    [Theory]
    [InlineData(8000, 150, true)]
    [InlineData(8000, 440, true)]
    [InlineData(8000, 1000, true)]
    [InlineData(8000, 2700, true)]
    [InlineData(16_000, 440, true)]
    [InlineData(48_000, 1000, true)]
    [InlineData(8000, 150, false)]
    [InlineData(8000, 440, false)]
    [InlineData(8000, 1000, false)]
    [InlineData(8000, 2700, false)]
    [InlineData(16_000, 440, false)]
    [InlineData(48_000, 1000, false)]
    public void Tone_KeepsItsFrequency(int rate, double hertz, bool compress)
    {
        int frame = rate / 50;
        List<short> output = [];
        int adjusted = 0;
        short[] buffer = new short[frame + TimeScaler.MaxStretch(rate)];
        for (int n = 0; n < 100; n++)
        {
            for (int i = 0; i < frame; i++)
            {
                buffer[i] = (short)(8000 * Math.Sin(2 * Math.PI * hertz * ((n * frame) + i) / rate));
            }

            int length = frame;
            if (n % 10 == 5)
            {
                int wanted = rate / 200;
                length = compress ? TimeScaler.Compress(buffer.AsSpan(0, frame), rate, wanted, 2 * wanted) : TimeScaler.Stretch(buffer, frame, rate, wanted, 2 * wanted);
                adjusted += Math.Abs(length - frame);
            }

            output.AddRange(buffer.AsSpan(0, length));
        }

        Assert.InRange(adjusted, rate / 50, rate / 5);
        Assert.Equal(compress ? (100 * frame) - adjusted : (100 * frame) + adjusted, output.Count);
        short[] all = [.. output];
        double total = Goertzel.TotalLevelDbm0(all);
        for (int at = 0; at + (rate / 5) <= all.Length; at += rate / 10)
        {
            ReadOnlySpan<short> piece = all.AsSpan(at, rate / 5);
            Assert.InRange(Goertzel.LevelDbm0(piece, hertz, rate) - total, -1.5, 0.5);
        }
    }

    [Fact]
    public void Noise_IsLeftAlone_SilenceIsCutAsAsked()
    {
        var random = new Random(7);
        short[] frame = new short[160 + TimeScaler.MaxStretch(8000)];
        for (int i = 0; i < 160; i++)
        {
            frame[i] = (short)random.Next(-8000, 8000);
        }

        short[] copy = [.. frame];
        Assert.Equal(160, TimeScaler.Compress(frame.AsSpan(0, 160), 8000, 40, 80));
        Assert.Equal(160, TimeScaler.Stretch(frame, 160, 8000, 40, 80));
        Assert.Equal(copy, frame);
        Array.Clear(frame);
        Assert.Equal(120, TimeScaler.Compress(frame.AsSpan(0, 160), 8000, 40, 80));
        Assert.Equal(200, TimeScaler.Stretch(frame, 160, 8000, 40, 80));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(79)]
    public void ShortFrames_AndNoRoom_AreLeftAlone(int length)
    {
        short[] frame = new short[length];
        Assert.InRange(TimeScaler.Compress(frame, 8000, 40, 40), 0, length);
        Assert.Equal(length, TimeScaler.Stretch(frame, length, 8000, 40, 40));
        Assert.Equal(length, TimeScaler.Compress(frame, 8000, 0, 0));
    }
}
