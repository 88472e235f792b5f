using FsCheck.Xunit;
using MediaCore.Audio.Opus;
using MediaCore.Audio.Tests.Quality;
using MediaCore.Audio.Tones;
using MediaCore.Tests;

namespace MediaCore.Audio.Tests.Opus;

public sealed class OpusCodecTests
{
    public static TheoryData<int, int, double> Shapes()
    {
        TheoryData<int, int, double> shapes = [];
        foreach (int rate in (int[])[8000, 12_000, 16_000, 24_000, 48_000])
        {
            foreach (double milliseconds in (double[])[2.5, 5, 10, 20, 40, 60, 80, 100, 120])
            {
                shapes.Add(rate, 1, milliseconds);
                shapes.Add(rate, 2, milliseconds);
            }
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Tone_OfEveryRateAndPacketTime_ComesBack(int rate, int channels, double milliseconds)
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = rate, Channels = channels, PacketMilliseconds = milliseconds, BitrateBitsPerSecond = 32_000 * channels });
        using OpusDecoder decoder = new(rate, channels);
        int frame = encoder.FrameSamples;
        byte[] payload = new byte[2000];
        short[] heard = new short[frame * channels];
        short[] sound = new short[rate];
        int packets = rate / frame;
        for (int i = 0; i < packets; i++)
        {
            short[] tone = [.. Enumerable.Range(i * frame * channels, frame * channels).Select(k => (short)(8000 * Math.Sin(2 * Math.PI * 1000 * (k / channels) / rate)))];
            int bytes = encoder.Encode(tone, payload);
            Assert.True(OpusPacket.TryParse(payload.AsSpan(0, bytes), out OpusPacket packet, out _));
            Assert.Equal(frame, packet.SamplesAt(rate));
            Assert.True(decoder.TryDecode(payload.AsSpan(0, bytes), heard, out int samples));
            Assert.Equal(frame, samples);
            for (int k = 0; k < frame; k++)
            {
                sound[(i * frame) + k] = heard[k * channels];
            }
        }

        ReadOnlySpan<short> steady = sound.AsSpan(rate / 4, rate / 2);
        Assert.InRange(Goertzel.LevelDbm0(steady, 1000, rate), -11, -7.5);
        Assert.True(Goertzel.IsTone(steady, 1000, rate));
    }

    [Theory]
    [InlineData(16_000, 1, 20)]
    [InlineData(48_000, 2, 20)]
    [InlineData(8000, 1, 60)]
    public void Speech_IsNearTheOriginal(int rate, int channels, double milliseconds)
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = rate, Channels = channels, PacketMilliseconds = milliseconds, BitrateBitsPerSecond = 40_000 * channels });
        using OpusDecoder decoder = new(rate, channels);
        short[] speech = Signals.Syllables(rate, rate * 2);
        short[] sound = new short[rate * 2];
        byte[] payload = new byte[2000];
        int frame = encoder.FrameSamples;
        short[] heard = new short[frame * channels];
        for (int at = 0; at + frame <= speech.Length; at += frame)
        {
            short[] input = [.. speech.AsSpan(at, frame).ToArray().SelectMany(sample => Enumerable.Repeat(sample, channels))];
            Assert.True(decoder.TryDecode(payload.AsSpan(0, encoder.Encode(input, payload)), heard, out _));
            for (int k = 0; k < frame; k++)
            {
                sound[at + k] = heard[k * channels];
            }
        }

        double best = Enumerable.Range(encoder.DelaySamples - (rate / 1000), (rate / 500) + 1)
            .Max(delay => SegmentalSnr.Decibels(speech.AsSpan(rate / 2, rate), sound.AsSpan((rate / 2) + delay, rate), rate));
        // The encoder filters out what is below the voice, which turns phases; the level of the noise is what counts here, not the last decibel.
        Assert.True(best > 7, $"{best:F1} dB");
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void Loss_IsHeardLessWithRedundancy_ThanConcealed_ThanSilent(double loss)
    {
        double[] snr = new double[3];
        for (int seed = 1; seed <= 3; seed++)
        {
            (short[] reference, short[] recovered, short[] concealed, short[] silenced) = OpusLoss.Run(Signals.Syllables(16_000, 160_000, seed), 16_000, loss, seed);
            snr[0] += SegmentalSnr.Decibels(reference, recovered, 16_000);
            snr[1] += SegmentalSnr.Decibels(reference, concealed, 16_000);
            snr[2] += SegmentalSnr.Decibels(reference, silenced, 16_000);
        }

        Assert.True(snr[0] > snr[1] + 0.5 && snr[1] > snr[2], $"recovered {snr[0] / 3:F1}, concealed {snr[1] / 3:F1}, silent {snr[2] / 3:F1} dB");
    }

    [Fact]
    public void Redundancy_IsInThePackets_OnlyWhenAskedFor()
    {
        Assert.InRange(WithRedundancy(fec: true, 1), 40, 100);
        Assert.InRange(WithRedundancy(fec: true, 2), 40, 100);
        Assert.Equal(0, WithRedundancy(fec: false, 1));
        Assert.Equal(0, WithRedundancy(fec: false, 2));

        static int WithRedundancy(bool fec, int channels)
        {
            using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = 16_000, Channels = channels, InBandFec = fec, ExpectedLossPercent = 20, BitrateBitsPerSecond = 24_000 * channels });
            byte[] payload = new byte[1500];
            short[] speech = Signals.Syllables(16_000, 32_000);
            int found = 0;
            for (int i = 0; i < 100; i++)
            {
                short[] input = [.. speech.AsSpan(i * 320, 320).ToArray().SelectMany((sample, k) => channels == 1 ? [sample] : new[] { sample, speech[k] })];
                Assert.True(OpusPacket.TryParse(payload.AsSpan(0, encoder.Encode(input, payload)), out OpusPacket packet, out _));
                found += packet.HasRedundancy ? 1 : 0;
            }

            return found;
        }
    }

    [Fact]
    public void LostPacket_IsRecoveredOnlyFromAPacketThatRepeatsIt()
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = 16_000, InBandFec = true, ExpectedLossPercent = 20 });
        using OpusDecoder decoder = new(16_000);
        short[] speech = Signals.Syllables(16_000, 16_000);
        byte[] payload = new byte[1500];
        short[] heard = new short[320];
        int bytes = 0;
        for (int i = 0; i < 25; i++)
        {
            bytes = encoder.Encode(speech.AsSpan(i * 320, 320), payload);
            decoder.TryDecode(payload.AsSpan(0, bytes), heard, out _);
        }

        decoder.Conceal(heard, []);
        decoder.Conceal(heard, [3]);
        decoder.Conceal(heard, [0xfc, 1, 2, 3]);
        Assert.Equal(0, decoder.Recovered);
        decoder.Conceal(heard, payload.AsSpan(0, bytes));
        Assert.Equal(1, decoder.Recovered);
    }

    [Theory]
    [InlineData(8000, 1, 1)]
    [InlineData(8000, 2, 19)]
    [InlineData(16_000, 1, 321)]
    [InlineData(48_000, 2, 960)]
    [InlineData(48_000, 1, 20_000)]
    public void AnyDuration_IsConcealed(int rate, int channels, int samples)
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = rate, Channels = channels });
        using OpusDecoder decoder = new(rate, channels);
        byte[] payload = new byte[1500];
        short[] heard = new short[rate / 50 * channels];
        short[] noise = [.. Signals.Congruential(5, rate / 50 * channels).Select(value => (short)(value >> 18))];
        for (int i = 0; i < 10; i++)
        {
            decoder.TryDecode(payload.AsSpan(0, encoder.Encode(noise, payload)), heard, out _);
        }

        short[] gap = [.. Enumerable.Repeat((short)12_345, samples * channels)];
        decoder.Conceal(gap, []);
        Assert.DoesNotContain((short)12_345, gap.Skip(Math.Max(0, gap.Length - channels)));
        Assert.True(decoder.TryDecode(payload.AsSpan(0, encoder.Encode(noise, payload)), heard, out _));
    }

    [Fact]
    public void Silence_IsNotSent_WithDiscontinuousTransmission()
    {
        Assert.True(Sent(discontinuous: true) < 60);
        Assert.Equal(200, Sent(discontinuous: false));

        static int Sent(bool discontinuous)
        {
            using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = 16_000, DiscontinuousTransmission = discontinuous });
            byte[] payload = new byte[1500];
            return Enumerable.Range(0, 200).Count(_ => encoder.Encode(new short[320], payload) > 0);
        }
    }

    [Fact]
    public void ConstantBitrate_MakesPacketsOfOneLength()
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = 16_000, ConstantBitrate = true, BitrateBitsPerSecond = 24_000 });
        byte[] payload = new byte[1500];
        short[] speech = Signals.Vowel(16_000, 16_000, 120);
        Assert.Equal([60], Enumerable.Range(0, 50).Select(i => encoder.Encode(speech.AsSpan(i * 320, 320), payload)).Distinct());
    }

    [Fact]
    public void MaxBandwidth_IsKept()
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { MaxBandwidth = OpusBandwidth.Wide, BitrateBitsPerSecond = 64_000 });
        byte[] payload = new byte[1500];
        short[] speech = Signals.Vowel(48_000, 48_000, 120);
        for (int i = 0; i < 50; i++)
        {
            Assert.True(OpusPacket.TryParse(payload.AsSpan(0, encoder.Encode(speech.AsSpan(i * 960, 960), payload)), out OpusPacket packet, out _));
            Assert.True(packet.Bandwidth <= OpusBandwidth.Wide);
        }
    }

    [Property(MaxTest = 2000)]
    public bool AnyPayload_IsDecodedOrRefused_AndTheNextIsDecoded(byte[] payload)
    {
        using OpusDecoder decoder = new(16_000);
        short[] heard = new short[1920];
        bool decoded = decoder.TryDecode(payload, heard, out int samples);
        decoder.Conceal(heard.AsSpan(0, 320), payload);
        return decoded == samples > 0 && samples <= 1920 && decoder.TryDecode([0x48, 0, 0, 0], heard, out int next) && next == 320;
    }

    [Fact]
    public void PacketLongerThanTheRoom_IsRefused()
    {
        using OpusDecoder decoder = new(48_000);
        Assert.False(decoder.TryDecode([0x18, 0, 0, 0], new short[2879], out int samples));
        Assert.Equal(0, samples);
        Assert.True(decoder.TryDecode([0x18, 0, 0, 0], new short[2880], out samples));
        Assert.Equal(2880, samples);
    }

    [Fact]
    public void Reset_MakesANewCodec()
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = 16_000 });
        using OpusDecoder decoder = new(16_000);
        (byte[] Payload, short[] Heard) first = Run();
        encoder.Reset();
        decoder.Reset();
        (byte[] Payload, short[] Heard) second = Run();
        Assert.Equal(first.Payload, second.Payload);
        Assert.Equal(first.Heard, second.Heard);

        (byte[], short[]) Run()
        {
            byte[] payload = new byte[1500];
            short[] heard = new short[320];
            short[] speech = Signals.Vowel(16_000, 3200, 120);
            int bytes = 0;
            for (int i = 0; i < 10; i++)
            {
                bytes = encoder.Encode(speech.AsSpan(i * 320, 320), payload);
                decoder.TryDecode(payload.AsSpan(0, bytes), heard, out _);
            }

            return (payload[..bytes], heard);
        }
    }

    [Theory]
    [InlineData(44_100, 1, 20, 24_000, 5)]
    [InlineData(48_000, 3, 20, 24_000, 5)]
    [InlineData(48_000, 1, 30, 24_000, 5)]
    [InlineData(48_000, 1, 20, 5_999, 5)]
    [InlineData(48_000, 1, 20, 24_000, 11)]
    public void OptionsThatOpusDoesNotKnow_AreRefused(int rate, int channels, double milliseconds, int bitrate, int complexity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new OpusEncoder(new OpusEncoderOptions
        {
            SampleRateHz = rate, Channels = channels, PacketMilliseconds = milliseconds, BitrateBitsPerSecond = bitrate, Complexity = complexity,
        }));

    [Fact]
    public void WrongNumberOfSamples_IsRefused()
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = 16_000 });
        Assert.Throws<ArgumentException>(() => encoder.Encode(new short[319], new byte[1500]));
        Assert.Throws<ArgumentException>(() => encoder.Encode(new short[320], new byte[15]));
        Assert.InRange(encoder.Encode(new short[320], new byte[16]), 1, 16);
    }

    [Fact]
    public void MissingLibrary_IsNamedWithWhatToInstall()
    {
        Assert.True(OpusLibrary.IsAvailable);
        Assert.StartsWith("libopus ", OpusLibrary.Version, StringComparison.Ordinal);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => OpusLibrary.Require("libopus-of-nobody.so.0"));
        Assert.Contains("apt-get install libopus0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_AllocateNothing()
    {
        using OpusEncoder encoder = new(new OpusEncoderOptions { SampleRateHz = 16_000, Complexity = 0, InBandFec = true, ExpectedLossPercent = 10 });
        using OpusDecoder decoder = new(16_000);
        short[] speech = Signals.Vowel(16_000, 16_000, 120);
        short[] heard = new short[320];
        byte[] payload = new byte[1500];
        int turn = 0;
        AllocationAssert.Zero(300, 300, () =>
        {
            int bytes = encoder.Encode(speech.AsSpan(turn++ % 50 * 320, 320), payload);
            decoder.Conceal(heard, payload.AsSpan(0, bytes));
            decoder.TryDecode(payload.AsSpan(0, bytes), heard, out _);
        });
    }
}
