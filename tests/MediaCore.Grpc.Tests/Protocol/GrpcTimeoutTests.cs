using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Grpc.Protocol;

namespace MediaCore.Grpc.Tests.Protocol;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("10S", 100_000_000)]
    [InlineData("250m", 2_500_000)]
    [InlineData("7u", 70)]
    [InlineData("1n", 1)]
    [InlineData("100n", 1)]
    [InlineData("101n", 2)]
    [InlineData("0S", 0)]
    [InlineData("00000001S", 10_000_000)]
    [InlineData("99999999H", 99_999_999L * 36_000_000_000)]
    public void TimeoutValue_OfEachUnit_IsRead(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("1 S")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData("100000000n")]
    [InlineData("１S")]
    public void TimeoutValue_AgainstTheGrammar_IsRefused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData(-1, "1n")]
    [InlineData(0, "1n")]
    [InlineData(1, "100n")]
    [InlineData(999_999, "99999900n")]
    [InlineData(1_000_000, "100000u")]
    [InlineData(10_000_000_000, "1000000m")]
    [InlineData(long.MaxValue, "99999999H")]
    public void Timeout_IsWritten_InTheFinestUnitThatFits(long ticks, string text) => Assert.Equal(text, GrpcTimeout.Format(TimeSpan.FromTicks(ticks)));

    [Property]
    public Property Timeout_WrittenAndRead_IsNeverShorter_AndAtMostAThousandthLonger() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>().Filter(static t => t > 0).Filter(static t => t < 99_999_999L * TimeSpan.TicksPerHour),
        static ticks =>
        {
            Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(TimeSpan.FromTicks(ticks)), out TimeSpan read));
            Assert.InRange(read.Ticks, ticks, ticks + (ticks / 1000) + 1);
        });
}
