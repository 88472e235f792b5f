using System.Text;
using FsCheck.Xunit;
using MediaCore.Rtp.Quality;

namespace MediaCore.Rtp.Tests.Quality;

public sealed class EModelTests
{
    // R of the default connection and its opinion score: ITU-T G.107, table of default values. Loss: Ie,eff = Ie + (95 − Ie)·Ppl / (Ppl/BurstR + Bpl).
    [Theory]
    [InlineData("PCMU", 0, 0, 93.2, 4.41)]
    [InlineData("PCMA", 0, 100, 93.2, 4.41)]
    [InlineData("G729", 0, 0, 82.2, 4.11)]
    [InlineData("G723", 0, 0, 78.2, 3.95)]
    [InlineData("PCMU", 1, 0, 89.56, 4.32)]
    [InlineData("PCMU", 5, 0, 77.42, 3.92)]
    [InlineData("PCMU", 20, 0, 51.07, 2.63)]
    [InlineData("g729", 5, 0, 64.7, 3.35)]
    public void Rating_OfCodecAndLoss(string codec, double lossPercent, double delay, double r, double mos)
    {
        double found = EModel.GetR(CodecImpairment.Of(Encoding.ASCII.GetBytes(codec)), lossPercent / 100, 1, delay);
        Assert.Equal(r, found, 0.011);
        Assert.Equal(mos, EModel.GetMos(found), 0.011);
    }

    [Property]
    public bool Mos_FallsWithLoss(byte first, byte second, byte burst, byte delay)
    {
        double less = EModel.GetMos(EModel.GetR(CodecImpairment.G711, Math.Min(first, second) / 255.0, 1 + (burst / 32.0), delay * 4));
        double more = EModel.GetMos(EModel.GetR(CodecImpairment.G711, Math.Max(first, second) / 255.0, 1 + (burst / 32.0), delay * 4));
        return more <= less && more >= 1 && less <= 4.5;
    }

    [Property]
    public bool Mos_FallsWithDelay(ushort first, ushort second) =>
        EModel.GetDelayImpairment(Math.Min(first, second)) <= EModel.GetDelayImpairment(Math.Max(first, second)) + 1e-9;

    [Fact]
    public void Mos_OfEveryRating_IsMonotone_AndWithinOneAndFourAndAHalf()
    {
        double before = 1;
        for (double r = -5; r <= 105; r += 0.1)
        {
            double mos = EModel.GetMos(r);
            Assert.True(mos >= before && mos is >= 1 and <= 4.5, $"R {r}: {mos}");
            before = mos;
        }

        Assert.Equal(1, EModel.GetMos(double.NegativeInfinity));
        Assert.Equal(0, EModel.GetDelayImpairment(double.NaN));
    }
}
