using FsCheck.Xunit;
using MediaCore.Numbers.Routing;
using MediaCore.Tests;

namespace MediaCore.Numbers.Tests.Routing;

public sealed class NumberTableTests
{
    [Property(MaxTest = 200)]
    public void Table_HoldsWhatADictionaryHolds(ulong[] keys, int capacity)
    {
        var expected = new Dictionary<ulong, int>();
        var builder = new NumberTable.Builder(Math.Abs(capacity % 100));
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] != 0)
            {
                // Some come twice.
                expected[keys[i] % 1_000 + 1] = i;
                builder.Set(keys[i] % 1_000 + 1, i);
            }
        }

        NumberTable table = builder.Build();
        Assert.Equal(expected.Count, table.Count);
        Assert.Equal(expected.OrderBy(static pair => pair.Key), table.Enumerate().OrderBy(static pair => pair.Key));
        for (ulong key = 0; key < 1_100; key++)
        {
            Assert.Equal(expected.TryGetValue(key, out int value), table.TryGet(key, out int found));
            Assert.Equal(value, found);
        }
    }

    [Fact]
    public void Table_OfAHundredThousandNumbersInARow_FindsEach_InSixteenBytesANumber_WithoutAllocation()
    {
        const int Count = 100_000;
        NumberTable table = NumberTable.Build(Count, Enumerable.Range(0, Count).Select(static i => new KeyValuePair<ulong, int>(12_020_000_000UL + (ulong)i, i)));

        Assert.Equal(Count, table.Count);
        Assert.InRange(table.Bytes, 12L * Count, 16L * Count + 200);
        for (int i = 0; i < Count; i++)
        {
            Assert.True(table.TryGet(12_020_000_000UL + (ulong)i, out int value));
            Assert.Equal(i, value);
        }

        Assert.False(table.TryGet(12_020_000_000UL + Count, out _));
        AllocationAssert.Zero(100, 1_000, () => table.TryGet(12_020_000_123UL, out _));
    }

    [Theory]
    [InlineData("+12025550123", true)]
    [InlineData("+999999999999999", true)]
    [InlineData("US:12345", true)]
    [InlineData("US:00123", true)]
    [InlineData("+", false)]
    [InlineData("+0", false)]
    [InlineData("+1234567890123456", false)]
    [InlineData("+12a", false)]
    [InlineData("us:12345", false)]
    [InlineData("US:1234567890", false)]
    [InlineData("US:", false)]
    [InlineData("12025550123", false)]
    [InlineData("", false)]
    public void Key_OfANumber(string number, bool isOne) => Assert.Equal(isOne, NumberKey.TryParse(number, out _));

    [Fact]
    public void Keys_AreDistinct()
    {
        string[] numbers = ["+12025550123", "+1202555012", "US:12345", "US:012345", "US:0012345", "CA:12345", "ZZ:999999999", "+999999999999999", "AA:0"];
        Assert.Equal(numbers.Length, numbers.Select(static number => NumberKey.TryParse(number, out ulong key) ? key : 0).Distinct().Count());
        Assert.True(NumberKey.TryParseE164("12025550123"u8, out ulong fromDigits));
        Assert.True(NumberKey.TryParse("+12025550123", out ulong fromText));
        Assert.Equal(fromText, fromDigits);
        Assert.False(NumberKey.TryParseE164("02"u8, out _));
        Assert.False(NumberKey.TryParseE164("1234567890123456"u8, out _));
        Assert.False(NumberKey.TryParseE164("12x"u8, out _));
    }
}
