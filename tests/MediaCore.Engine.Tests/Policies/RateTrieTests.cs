using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Policies;

public sealed class RateTrieTests
{
    private static readonly ImmutableArray<Trunk> Trunks = [.. Enumerable.Range(0, 4).Select(static i => new Trunk { Name = $"t{i}" })];

    [Theory]
    [InlineData("+12025550100", "t1 t0 t2")]
    [InlineData("12025550100", "t1 t0 t2")]
    [InlineData("+12035550100", "t0 t1")]
    [InlineData("+1", "t0 t1")]
    [InlineData("+442079460000", "t3")]
    [InlineData("+44", "t3")]
    [InlineData("+4", null)]
    [InlineData("+", null)]
    [InlineData("", null)]
    [InlineData("+1202x", null)]
    [InlineData("++1202", null)]
    [InlineData("alice", null)]
    public void Find_TakesEachTrunksLongestPrefix_CheapestFirst(string number, string? expected)
    {
        RateTrie trie = Build("1,t0,0.02", "1,t1,0.03", "1202,t1,0.01", "1202,t2,0.025", "44,t3,0.5");
        Assert.Equal(expected, Order(trie, number));
    }

    [Fact]
    public void Find_ALongerPrefixMayBeDearer() => Assert.Equal("t1 t0", Order(Build("1,t0,0.01", "1,t1,0.02", "1900,t0,5"), "+19005550100"));

    [Fact]
    public void Find_EmptyPrefix_IsForEveryNumber()
    {
        RateTrie trie = Build(",t0,1", "49,t1,0.1");
        Assert.Equal("t0", Order(trie, "+33123"));
        Assert.Equal("t1 t0", Order(trie, "+49123"));
        Assert.Null(Order(trie, "bob"));
    }

    [Fact]
    public void Priority_ComesBeforeTheCost_AndEqualsShareByWeight()
    {
        RateTrie trie = Build("1,t0,0.01,2", "1,t1,0.5,1,70", "1,t2,0.5,1,30");
        DialStep step = Assert.IsType<DialStep>(trie.Find("+1202"u8)!.Steps[0]);
        Assert.Equal([new TargetRank(0, 70), new TargetRank(0, 30), new TargetRank(2, 1)], step.Ranks.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Find_SaysWhatASearchThroughTheSheetSays(int seed)
    {
        var random = new Random(seed);
        RateSheet sheet = Sheet([.. Enumerable.Range(0, 3_000)
            .Select(_ => (Prefix: Digits(random, random.Next(0, 7)), Trunk: random.Next(Trunks.Length)))
            .Distinct()
            .Select(rate => string.Create(CultureInfo.InvariantCulture, $"{rate.Prefix},t{rate.Trunk},{random.Next(1, 1_000_000)}"))]);
        RateTrie trie = RateTrie.Build(sheet, Names(sheet), static step => new RoutePlan { Steps = [step] }, TimeSpan.FromSeconds(60));
        for (int i = 0; i < 2_000; i++)
        {
            string number = "+" + Digits(random, random.Next(1, 12));
            IReadOnlyList<RateEntry> expected = sheet.Find(Encoding.ASCII.GetBytes(number));
            Assert.Equal(expected.Count == 0 ? null : string.Join(' ', expected.Select(rate => sheet.Trunks[rate.Trunk])), Order(trie, number));
        }

        Assert.InRange(trie.PlanCount, 1, 64);
    }

    [Fact]
    public void Prefix_HasAtMostFifteenDigits_AndReadsBack()
    {
        Assert.True(RatePrefix.TryParse("+123456789012345"u8, out ulong prefix));
        Assert.Equal("123456789012345", RatePrefix.Format(prefix));
        Assert.False(RatePrefix.TryParse("1234567890123456"u8, out _));
        Assert.False(RatePrefix.TryParse("12a"u8, out _));
        RateTrie trie = Build("123456789012345,t0,1");
        Assert.Equal("t0", Order(trie, "+123456789012345"));
        Assert.Equal("t0", Order(trie, "+1234567890123459"));
        Assert.Null(Order(trie, "+12345678901234"));
    }

    private static string Digits(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('0' + random.Next(3))));

    private static string? Order(RateTrie trie, string number) => trie.Find(Encoding.ASCII.GetBytes(number))?.Steps[0] is DialStep step
        ? string.Join(' ', step.Targets.Select(static target => ((TrunkTarget)target).Trunk.Name))
        : null;

    private static RateTrie Build(params string[] lines)
    {
        RateSheet sheet = Sheet(lines);
        return RateTrie.Build(sheet, Names(sheet), static step => new RoutePlan { Steps = [step] }, TimeSpan.FromSeconds(60));
    }

    private static ImmutableArray<Trunk> Names(RateSheet sheet) => [.. sheet.Trunks.Select(static name => Trunks.Single(trunk => trunk.Name == name))];

    private static RateSheet Sheet(params string[] lines)
    {
        var entries = new List<RateEntry>();
        foreach (string line in lines)
        {
            string[] fields = line.Split(',');
            Assert.True(RatePrefix.TryParse(Encoding.ASCII.GetBytes(fields[0]), out ulong prefix));
            entries.Add(new RateEntry(
                prefix,
                (long)(decimal.Parse(fields[2], CultureInfo.InvariantCulture) * 1_000_000),
                entries.Count + 1,
                (ushort)(fields[1][1] - '0'),
                fields.Length > 3 ? ushort.Parse(fields[3], CultureInfo.InvariantCulture) : (ushort)1,
                fields.Length > 4 ? ushort.Parse(fields[4], CultureInfo.InvariantCulture) : (ushort)1));
        }

        return new RateSheet(["t0", "t1", "t2", "t3"], entries.OrderBy(static e => e.Prefix).ThenBy(static e => e.Trunk).ToArray());
    }
}
