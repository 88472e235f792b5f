using MediaCore.Control.Policy;

namespace MediaCore.Control.Tests.Policy;

public sealed class RetryDelayTests
{
    [Theory]
    [InlineData(1, 2, 2000, 0.5, 50)]
    [InlineData(2, 2, 2000, 0.5, 100)]
    [InlineData(3, 2, 2000, 0.5, -1)]
    [InlineData(1, 0, 2000, 0.5, -1)]
    [InlineData(1, 2, 70, 0.5, 50)]
    [InlineData(1, 2, 69, 0.5, -1)]
    [InlineData(1, 2, 20, 0, 0)]
    [InlineData(1, 2, -5, 0, -1)]
    [InlineData(6, 100, 5000, 0.999, 999)]
    [InlineData(90, 100, 5000, 0.5, 500)]
    public void Delay_Doubles_IsRandom_AndFitsBeforeTheDeadline(int failures, int retries, int remaining, double random, int expected)
    {
        bool may = RetryDelay.TryGet(failures, retries, TimeSpan.FromMilliseconds(remaining), random, out TimeSpan delay);
        Assert.Equal(expected >= 0, may);
        if (may)
        {
            Assert.Equal(expected, delay.TotalMilliseconds, 3);
        }
    }
}
