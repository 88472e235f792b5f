using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MediaCore.Audio.G722;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Tests;

namespace MediaCore.Audio.Tests.G722;

/// <summary>
/// The Recommendation demands bit-exact codecs. The digests are of what ffmpeg 5.1.9 (Debian 12) made of the same input:
/// <c>ffmpeg -f s16le -ar 16000 -ac 1 -i in.raw -c:a g722 -f g722 out.g722</c> and <c>ffmpeg -f g722 -i in.g722 -f s16le out.raw</c>.
/// </summary>
public sealed class G722Tests
{
    private const string EncodedByFfmpeg = "3190085eef96a75db6d8ede8928b6f744aac727b211bb71d56f16fa3b1d4858e";
    private const string EncodedAndDecodedByFfmpeg = "9bd4dc2a4e4c40a2114475b197cacf340453241f69b74e45879ae139a1b76cb7";
    private const string RandomCodesDecodedByFfmpeg = "6cb987268469c22492937c3b770cd021475ba177af6548c6239e3603f56da9ec";

    [Fact]
    public void Encoder_GivesTheBitsOfFfmpeg_ForSweepsNoiseSilenceAndOverload()
    {
        byte[] codes = new byte[32_000];
        Assert.Equal(32_000, new G722Encoder().Encode(Sound(), codes));
        Assert.Equal(EncodedByFfmpeg, Convert.ToHexStringLower(SHA256.HashData(codes)));
    }

    [Fact]
    public void Decoder_GivesTheSamplesOfFfmpeg()
    {
        byte[] codes = new byte[32_000];
        new G722Encoder().Encode(Sound(), codes);
        Assert.Equal(EncodedAndDecodedByFfmpeg, Digest(codes));
    }

    [Fact]
    public void Decoder_OfRandomBytes_GivesTheSamplesOfFfmpeg() =>
        Assert.Equal(RandomCodesDecodedByFfmpeg, Digest([.. Signals.Congruential(7, 32_000).Select(value => (byte)(value >> 24))]));

    [Theory]
    [InlineData(320)]
    [InlineData(2)]
    [InlineData(6)]
    public void Frames_OfAnyLength_GiveTheSameBits(int samples)
    {
        short[] sound = Sound()[..9600];
        byte[] whole = new byte[4800];
        new G722Encoder().Encode(sound, whole);
        byte[] pieces = new byte[4800];
        G722Encoder encoder = new();
        for (int at = 0; at < sound.Length; at += samples)
        {
            encoder.Encode(sound.AsSpan(at, samples), pieces.AsSpan(at / 2, samples / 2));
        }

        Assert.Equal(whole, pieces);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    [InlineData(3000)]
    [InlineData(6000)]
    public void Tone_InBothBands_ComesThrough(int hertz)
    {
        short[] tone = [.. Enumerable.Range(0, 16_000).Select(i => (short)(8000 * Math.Sin(2 * Math.PI * hertz * i / 16_000)))];
        byte[] codes = new byte[8_000];
        short[] heard = new short[16_000];
        new G722Encoder().Encode(tone, codes);
        Assert.Equal(16_000, new G722Decoder().Decode(codes, heard));

        // The filters together delay by 22 samples.
        double snr = SegmentalSnr.Decibels(tone.AsSpan(1600, 12_800), heard.AsSpan(1622, 12_800), 16_000);
        Assert.True(snr > 15, $"{snr:F1} dB");
    }

    [Fact]
    public void Reset_MakesANewCodec()
    {
        G722Encoder encoder = new();
        G722Decoder decoder = new();
        byte[] first = new byte[1600];
        byte[] second = new byte[1600];
        short[] heard = new short[3200];
        short[] again = new short[3200];
        encoder.Encode(Sound().AsSpan(0, 3200), first);
        decoder.Decode(first, heard);
        encoder.Reset();
        decoder.Reset();
        encoder.Encode(Sound().AsSpan(0, 3200), second);
        decoder.Decode(second, again);
        Assert.Equal(first, second);
        Assert.Equal(heard, again);
    }

    [Fact]
    public void Spans_OfDifferentLengths_StopAtTheShorter()
    {
        Assert.Equal(1, new G722Encoder().Encode(new short[3], new byte[9]));
        Assert.Equal(2, new G722Encoder().Encode(new short[30], new byte[2]));
        Assert.Equal(2, new G722Decoder().Decode(new byte[9], new short[3]));
        Assert.Equal(0, new G722Decoder().Decode([], new short[3]));
    }

    [Fact]
    public void Frames_AllocateNothing()
    {
        G722Encoder encoder = new();
        G722Decoder decoder = new();
        short[] samples = new short[320];
        byte[] codes = new byte[160];
        AllocationAssert.Zero(3_000, 3_000, () =>
        {
            encoder.Encode(samples, codes);
            decoder.Decode(codes, samples);
        });
    }

    private static string Digest(byte[] codes)
    {
        short[] samples = new short[codes.Length * 2];
        new G722Decoder().Decode(codes, samples);
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<short>(samples)));
    }

    /// <summary>Four seconds in turns of 125 ms: a sweep with noise, nearly nothing, and overload.</summary>
    private static short[] Sound()
    {
        short[] sound = new short[64_000];
        int n = 0;
        foreach (uint random in Signals.Congruential(1, sound.Length))
        {
            int value = (int)((long)n * n / 37 % 16_000) - 8000 + (int)(random >> 20) - 2048;
            value = (n / 2000 % 3) switch { 2 => value * 4, 1 => (int)Math.Floor(value / 40.0), _ => value };
            sound[n++] = (short)Math.Clamp(value, short.MinValue, short.MaxValue);
        }

        return sound;
    }
}
