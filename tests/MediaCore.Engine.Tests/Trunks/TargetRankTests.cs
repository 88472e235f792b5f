using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Trunks;

public sealed class TargetRankTests
{
    private static readonly TargetRank[] Ranks = [new(20, 1), new(10, 60), new(10, 30), new(10, 10), new(10, 0)];

    [Fact]
    public void Choose_TakesTheLowestPriority_SharedExactlyByWeight()
    {
        int[] counts = new int[Ranks.Length];
        for (ulong random = 0; random < 1_000; random++)
        {
            counts[TargetRank.Choose(Ranks, 0b11111, random)]++;
        }

        Assert.Equal([0, 600, 300, 100, 0], counts);
    }

    [Theory]
    [InlineData(0b10001, 4)]
    [InlineData(0b00001, 0)]
    [InlineData(0b00000, -1)]
    public void Choose_OfWeightZero_OnlyWhenNoOtherOfThePriorityIsLeft(int eligible, int chosen) =>
        Assert.Equal(chosen, TargetRank.Choose(Ranks, (ulong)eligible, 12345));

    [Fact]
    public void Choose_WithoutRanks_TakesTheFirstEligible() => Assert.Equal(2, TargetRank.Choose([], 0b1100, 999));

    [Fact]
    public void ChooseByHash_SharesByWeight_AndMovesOnlyTheCallersOfTheOneThatIsGone()
    {
        TargetRank[] ranks = [new(1, 2), new(1, 1), new(1, 1)];
        ulong[] hashes = [.. new[] { "a", "b", "c" }.Select(TrunkSelection.Hash)];
        int[] counts = new int[3];
        for (int caller = 0; caller < 4_000; caller++)
        {
            ulong key = TrunkSelection.Hash($"+1202555{caller}");
            int chosen = TrunkSelection.ChooseByHash(ranks, hashes, 0b111, key);
            counts[chosen]++;
            Assert.Equal(chosen, TrunkSelection.ChooseByHash(ranks, hashes, 0b111, key));
            int without = TrunkSelection.ChooseByHash(ranks, hashes, 0b101, key);
            Assert.True(chosen == 1 ? without != 1 : without == chosen);
        }

        // 4 standard deviations of a binomial with n = 4,000.
        Assert.InRange(counts[0], 2_000 - 127, 2_000 + 127);
        Assert.InRange(counts[1], 1_000 - 110, 1_000 + 110);
    }
}
