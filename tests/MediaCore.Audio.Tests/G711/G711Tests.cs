using System.Runtime.InteropServices;
using System.Text.Json;
using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Audio.Tests.G711;

public sealed class G711Tests(ITestOutputHelper output)
{
    /// <summary>Ends and decision points of both laws, ITU-T G.711 tables 1 and 2 (as 16-bit values).</summary>
    [Theory]
    [InlineData(0, 0xff, 0xd5)]
    [InlineData(-1, 0x7f, 0x55)]
    [InlineData(32767, 0x80, 0xaa)]
    [InlineData(-32768, 0x00, 0x2a)]
    [InlineData(32124, 0x80, 0xaa)]
    [InlineData(-32124, 0x00, 0x2a)]
    [InlineData(8, 0xfe, 0xd5)]
    [InlineData(-8, 0x7e, 0x55)]
    public void Sample_AtTheEnds_HasItsCode(short sample, byte mu, byte a)
    {
        Assert.Equal(mu, Pcmu.Encode(sample));
        Assert.Equal(a, Pcma.Encode(sample));
    }

    [Fact]
    public void Codes_AllOfThem_SurviveDecodingAndEncoding()
    {
        for (int code = 0; code < 256; code++)
        {
            Assert.Equal(code, Pcma.Encode(Pcma.Decode((byte)code)));

            // Negative zero is the one value that two codes of µ-law share.
            Assert.Equal(code == 0x7f ? 0xff : code, Pcmu.Encode(Pcmu.Decode((byte)code)));
        }
    }

    [Fact]
    public void Encoding_IsMonotonic_AndWithinHalfAStep()
    {
        short previousMu = short.MinValue;
        short previousA = short.MinValue;
        for (int sample = short.MinValue; sample <= short.MaxValue; sample++)
        {
            short mu = Pcmu.Decode(Pcmu.Encode((short)sample));
            short a = Pcma.Decode(Pcma.Encode((short)sample));
            Assert.True(mu >= previousMu && a >= previousA, $"{sample}");
            int magnitude = Math.Abs(sample);
            Assert.True(Math.Abs(mu - sample) <= 4 + ((magnitude + 132) / 32), $"µ-law of {sample} is {mu}.");
            Assert.True(Math.Abs(a - sample) <= 8 + (magnitude / 32), $"A-law of {sample} is {a}.");
            previousMu = mu;
            previousA = a;
        }
    }

    [Fact]
    public void DecodeTables_AreThoseOfTheItu()
    {
        if (SharedData.TryGetPath("crypto-vectors", "g711-decode-tables.json") is not { } path)
        {
            output.WriteLine("Left out: 512 cases, crypto-vectors/g711-decode-tables.json is not on this machine.");
            return;
        }

        using JsonDocument tables = JsonDocument.Parse(File.ReadAllBytes(path));
        for (int code = 0; code < 256; code++)
        {
            Assert.Equal(tables.RootElement.GetProperty("ulaw")[code].GetInt16(), Pcmu.Decode((byte)code));
            Assert.Equal(tables.RootElement.GetProperty("alaw")[code].GetInt16(), Pcma.Decode((byte)code));
        }
    }

    [Fact]
    public void ALaw_OfEverySample_IsThatOfTheItusReferenceEncoder()
    {
        if (SharedData.TryGetPath("audio", "itu-stl-g711") is not { } folder)
        {
            output.WriteLine("Left out: 65536 cases, audio/itu-stl-g711 is not on this machine.");
            return;
        }

        ReadOnlySpan<short> codes = MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(Path.Combine(folder, "sweep-r.a")));
        ReadOnlySpan<short> decoded = MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(Path.Combine(folder, "sweep-r.rea")));
        Assert.Equal(65536, codes.Length);
        for (int i = 0; i < codes.Length; i++)
        {
            byte code = Pcma.Encode((short)(i - 32768));
            Assert.Equal((byte)codes[i], code);
            Assert.Equal(decoded[i], Pcma.Decode(code));
        }
    }

    /// <summary>The digital milliwatt, ITU-T G.711 tables 5 and 6: these eight codes are 1 kHz at 0 dBm0.</summary>
    [Theory]
    [InlineData(G711Law.Pcmu, "1e0b0b1e9e8b8b9e")]
    [InlineData(G711Law.Pcma, "34212134b4a1a1b4")]
    public void DigitalMilliwatt_IsOneKilohertzAtZeroDbm0(G711Law law, string codes)
    {
        byte[] period = Convert.FromHexString(codes);
        short[] samples = new short[800];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = law == G711Law.Pcmu ? Pcmu.Decode(period[i % 8]) : Pcma.Decode(period[i % 8]);
        }

        Assert.InRange(Goertzel.LevelDbm0(samples, 1000), -0.1, 0.1);
        Assert.True(Goertzel.IsTone(samples, 1000));
    }

    [Fact]
    public void Spans_OfDifferentLengths_StopAtTheShorter()
    {
        byte[] codes = new byte[3];
        Assert.Equal(3, Pcmu.Encode(new short[5], codes));
        Assert.Equal(2, Pcma.Encode(new short[2], codes));
        Assert.Equal([0xd5, 0xd5, 0xff], codes);
        Assert.Equal(1, Pcmu.Decode(codes, new short[1]));
        Assert.Equal(3, Pcma.Decode(codes, new short[9]));
    }
}
