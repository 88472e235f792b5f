using MediaCore.Audio.Resampling;
using MediaCore.Tests;

namespace MediaCore.Audio.Tests.Resampling;

public sealed class StreamResamplerTests
{
    // In pieces it is the same as in one, but for the delay.
    [Theory]
    [InlineData(8000, 16_000)]
    [InlineData(16_000, 8000)]
    [InlineData(8000, 48_000)]
    [InlineData(48_000, 8000)]
    [InlineData(48_000, 16_000)]
    [InlineData(44_100, 8000)]
    [InlineData(11_025, 16_000)]
    public void Pieces_GiveWhatTheWholeGives_Later(int from, int to)
    {
        short[] input = new short[from];
        for (int i = 0; i < input.Length; i++)
        {
            input[i] = (short)(8000 * Math.Sin(2 * Math.PI * 600 * i / from));
        }

        Assert.True(Resampler.TryGetShared(from, to, out Resampler? whole));
        Assert.True(StreamResampler.TryCreate(from, to, out StreamResampler? stream));
        short[] expected = whole.Convert(input);
        short[] actual = new short[to + 1];
        int written = 0;
        int piece = from / 50;
        for (int at = 0; at < input.Length; at += piece)
        {
            int length = Math.Min(piece, input.Length - at);
            written += stream.Convert(input.AsSpan(at, length), actual.AsSpan(written));
        }

        Assert.InRange(written, to - 1, to);
        double delay = (double)stream.DelaySamples;
        int shift = (int)Math.Round(delay);
        int worst = 0;
        for (int i = to / 10; i + shift < written - 1; i++)
        {
            int near = Math.Min(Math.Abs(actual[i + shift] - expected[i]), Math.Min(Math.Abs(actual[i + shift + 1] - expected[i]), Math.Abs(actual[i + shift - 1] - expected[i])));
            worst = Math.Max(worst, near);
        }

        // The delay is a whole number of input samples, of output samples only for whole ratios up.
        Assert.InRange(worst, 0, to % from == 0 ? 1 : 4000);
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        Assert.True(StreamResampler.TryCreate(8000, 16_000, out StreamResampler? stream));
        short[] input = new short[160];
        short[] output = new short[321];
        AllocationAssert.Zero(100, 1000, () => stream.Convert(input, output));
        Assert.Throws<ArgumentException>(() => stream.Convert(new short[stream.MaxInputSamples + 1], output));
        Assert.False(StreamResampler.TryCreate(8001, 8000, out _));
    }
}
