using System.Text;
using MediaCore.Engine.Policies;

namespace MediaCore.Engine.Tests.Policies;

public sealed class NumberPatternTests
{
    [Theory]
    [InlineData("+12025550100", "+12025550100", true)]
    [InlineData("+12025550100", "+120255501001", false)]
    [InlineData("+12025550100", "+1202555010", false)]
    [InlineData("+12025550100", "12025550100", false)]
    [InlineData("Alice", "alice", false)]
    [InlineData("+1*", "+12025550100", true)]
    [InlineData("+1*", "+1", true)]
    [InlineData("+1*", "+", false)]
    [InlineData("+1*", "+4420", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData(@"regex:\+1(202|703)\d{7}", "+12025550100", true)]
    [InlineData(@"regex:\+1(202|703)\d{7}", "+17035550100", true)]
    [InlineData(@"regex:\+1(202|703)\d{7}", "+12125550100", false)]
    [InlineData(@"regex:\+1(202|703)\d{7}", "+120255501000", false)]
    [InlineData(@"regex:\+1(202|703)\d{7}", "x+12025550100", false)]
    [InlineData(@"regex:\d+", "123\n", false)]
    [InlineData(@"regex:a|b", "ab", false)]
    [InlineData(@"regex:.*", "", true)]
    public void Pattern_Matches(string pattern, string text, bool expected)
        => Assert.Equal(expected, NumberPattern.Parse(pattern).IsMatch(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData("+1*2")]
    [InlineData("**")]
    [InlineData("regex:(")]
    [InlineData(@"regex:(a)\1")]
    [InlineData("regex:(?=a)b")]
    public void Pattern_ThatCannotBe_SaysWhy(string pattern)
    {
        Assert.False(NumberPattern.TryParse(pattern, out _, out string? error));
        Assert.NotEmpty(error);
        Assert.Throws<FormatException>(() => NumberPattern.Parse(pattern));
    }

    [Fact]
    public void Regex_OnHostileInput_EndsQuicklyAndDoesNotThrow()
    {
        NumberPattern pattern = NumberPattern.Parse("regex:(a+)+b");

        Assert.False(pattern.IsMatch(Encoding.ASCII.GetBytes(new string('a', NumberPattern.MaxRegexInputCharacters))));
        Assert.False(pattern.IsMatch(Encoding.ASCII.GetBytes(new string('a', 60_000) + "b")));
        Assert.False(NumberPattern.Parse("regex:.*").IsMatch([0xff, 0xfe, 0x80]));
    }
}
