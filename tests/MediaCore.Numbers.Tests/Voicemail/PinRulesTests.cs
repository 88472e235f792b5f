using MediaCore.Numbers.Voicemail;

namespace MediaCore.Numbers.Tests.Voicemail;

/// <summary>Which PINs are taken, and how they are kept.</summary>
public sealed class PinRulesTests
{
    [Theory]
    [InlineData("0000")]
    [InlineData("1234")]
    [InlineData("9876")]
    [InlineData("7890")]
    [InlineData("2468")]
    [InlineData("1212")]
    [InlineData("123123")]
    [InlineData("2001")]
    [InlineData("1002")]
    [InlineData("920019")]
    [InlineData("123")]
    [InlineData("1357902468135")]
    [InlineData("48a5")]
    [InlineData("")]
    public void Pin_ThatIsGuessedFirst_IsRefused(string pin) => Assert.NotNull(PinRules.Check(pin, "2001"));

    [Theory]
    [InlineData("4831")]
    [InlineData("1123")]
    [InlineData("502739")]
    public void Pin_ThatIsNone_IsTaken(string pin) => Assert.Null(PinRules.Check(pin, "2001"));

    [Fact]
    public void Hash_IsSalted_AndMatchesItsPinAlone()
    {
        string hash = PinRules.Hash("4831");
        Assert.NotEqual(hash, PinRules.Hash("4831"));
        Assert.True(PinRules.Matches(hash, "4831"));
        Assert.False(PinRules.Matches(hash, "4832"));
        Assert.False(PinRules.Matches("4831", "4831"));
        Assert.False(PinRules.Matches("pbkdf2-sha512$0$" + new string('0', 32) + "$" + new string('0', 64), "4831"));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    [InlineData(6, 2)]
    [InlineData(10, 32)]
    [InlineData(1000, 1440)]
    public void Lock_GrowsWithEachWrongPin_UpToADay(int wrong, int minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), PinRules.LockAfter(wrong));
}
