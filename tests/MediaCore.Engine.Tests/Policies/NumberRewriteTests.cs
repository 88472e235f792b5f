using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MediaCore.Engine.Policies.Numbers;

namespace MediaCore.Engine.Tests.Policies;

public sealed class NumberRewriteTests
{
    private static readonly NumberRewrite Germany = new() { Format = NumberFormat.E164, Country = "49", NationalPrefix = "0", InternationalPrefix = "00" };
    private static readonly NumberRewrite America = new() { Format = NumberFormat.E164, Country = "1", NationalPrefix = "1", InternationalPrefix = "011", Bare = BareNumber.National };

    [Theory]
    [InlineData("+4930123456", "+4930123456")]
    [InlineData("030123456", "+4930123456")]
    [InlineData("004930123456", "+4930123456")]
    [InlineData("0012025550100", "+12025550100")]
    [InlineData("030-123.45(6)", "+4930123456")]
    [InlineData("%30%33%30123456", "+4930123456")]
    [InlineData("%2b4930123456", "+4930123456")]
    [InlineData("030123456;npdi;rn=+4930", "+4930123456;npdi;rn=+4930")]
    public void Germany_BecomesE164(string user, string expected) => Assert.Equal(expected, Apply(Germany, user));

    [Theory]
    [InlineData("2025550100", "+12025550100")]
    [InlineData("12025550100", "+12025550100")]
    [InlineData("0114930123456", "+4930123456")]
    [InlineData("+12025550100", "+12025550100")]
    public void America_BecomesE164(string user, string expected) => Assert.Equal(expected, Apply(America, user));

    [Theory]
    [InlineData("112")]
    [InlineData("911")]
    [InlineData("110")]
    [InlineData("alice")]
    [InlineData("alice030123456")]
    [InlineData("anonymous")]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("00")]
    [InlineData("+49+30123456")]
    [InlineData("030123456%0d%0aX: y")]
    [InlineData("030123456%00")]
    [InlineData("%zz30123456")]
    [InlineData("030123456789012345678")]
    [InlineData("30123456789")]
    [InlineData("0301234567890123456789012345678901234567890123456789012345678901234567890")]
    public void WhatIsNoNumber_StaysAsItIs(string user) => Assert.Null(Apply(Germany, user));

    [Theory]
    [InlineData(NumberFormat.Digits, "+4930123456", "4930123456")]
    [InlineData(NumberFormat.National, "+4930123456", "030123456")]
    [InlineData(NumberFormat.National, "+12025550100", "0012025550100")]
    [InlineData(NumberFormat.International, "+4930123456", "004930123456")]
    [InlineData(NumberFormat.International, "030123456", "004930123456")]
    public void Formats(NumberFormat format, string user, string expected) => Assert.Equal(expected, Apply(Germany with { Format = format }, user));

    [Fact]
    public void BareInternational_GetsItsPlus() => Assert.Equal("+4930123456", Apply(Germany with { Bare = BareNumber.International }, "4930123456"));

    [Theory]
    [InlineData("9#2025550100", "002025550100")]
    [InlineData("992025550100", "002025550100")]
    [InlineData("2025550100", "002025550100")]
    public void StripAndPrefix_WithoutFormat(string user, string expected) =>
        Assert.Equal(expected, Apply(new NumberRewrite { Strip = ["9#", "99"], Prefix = "00" }, user));

    [Fact]
    public void TechnicalPrefix_ThatIsNotStripped_LeavesTheUserAlone() => Assert.Null(Apply(Germany, "7*030123456"));

    [Property(MaxTest = 500)]
    public Property Normalising_IsIdempotent()
    {
        Gen<string> digits = Gen.Choose(0, 20).SelectMany(n => Gen.Elements("0123456789".ToCharArray()).ArrayOf(n)).Select(c => new string(c));
        Gen<string> users = from lead in Gen.Elements("", "+", "00", "011", "0", "1", "%2B", "(0)", "9")
                            from rest in digits
                            from tail in Gen.Elements("", ";rn=1", "-", ".", "x", "%41")
                            select lead + rest + tail;
        return Prop.ForAll(users.ToArbitrary(), user =>
        {
            foreach (NumberRewrite rewrite in (NumberRewrite[])[Germany, America, Germany with { Bare = BareNumber.International }, Germany with { Strip = ["9", "00"] }])
            {
                string once = Apply(rewrite, user) ?? user;
                Assert.Equal(once, Apply(rewrite, once) ?? once);
                Assert.True(once.Length <= user.Length + 8);
            }
        });
    }

    [Property(MaxTest = 1000)]
    public void AnyBytes_NeverThrow_AndNeverMakeALine(byte[] user)
    {
        byte[] destination = new byte[NumberRewrite.MaxUserBytes + (2 * NumberRewrite.MaxPrefixBytes)];
        int length = Germany.Apply(user, destination);
        Assert.True(length <= destination.Length);
        int number = length < 0 ? 0 : destination.AsSpan(0, length).IndexOf((byte)';') is >= 0 and int end ? end : length;
        Assert.True(length < 0 || destination.AsSpan(0, number).IndexOfAnyExcept("+0123456789"u8) < 0);
    }

    private static string? Apply(NumberRewrite rewrite, string user)
    {
        byte[] destination = new byte[NumberRewrite.MaxUserBytes + (2 * NumberRewrite.MaxPrefixBytes)];
        int length = rewrite.Apply(Encoding.ASCII.GetBytes(user), destination);
        return length < 0 ? null : Encoding.ASCII.GetString(destination, 0, length);
    }
}
