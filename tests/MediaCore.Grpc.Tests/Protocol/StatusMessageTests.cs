using FsCheck.Xunit;
using Grpc.Protocol;

namespace MediaCore.Grpc.Tests.Protocol;

public sealed class StatusMessageTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain text, ~!", "plain text, ~!")]
    [InlineData("100%", "100%25")]
    [InlineData("\t\n", "%09%0A")]
    [InlineData("ü☺", "%C3%BC%E2%98%BA")]
    [InlineData("😈", "%F0%9F%98%88")]
    [InlineData("\x7f", "%7F")]
    public void StatusMessage_IsPercentEncoded_AndBack(string detail, string encoded)
    {
        Assert.Equal(encoded, StatusMessage.Encode(detail));
        Assert.Equal(detail, StatusMessage.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("100% %41", "100% A")]
    [InlineData("%c3%bc", "ü")]
    [InlineData("%FF", "\ufffd")]
    public void BrokenEncoding_IsNeverAnError(string encoded, string detail) => Assert.Equal(detail, StatusMessage.Decode(encoded));

    [Property]
    public void AnyText_IsPrintableAscii_AndWithinTheBound(string? text)
    {
        string encoded = StatusMessage.Encode(text ?? "");
        Assert.All(encoded, static c => Assert.InRange(c, ' ', '~'));
        Assert.InRange(encoded.Length, 0, GrpcLimits.MaxStatusMessageChars);
    }

    [Fact]
    public void LongMessage_IsCut_BetweenCharacters()
    {
        string encoded = StatusMessage.Encode(new string('☺', 10_000));
        Assert.InRange(encoded.Length, GrpcLimits.MaxStatusMessageChars - 9, GrpcLimits.MaxStatusMessageChars);
        Assert.DoesNotContain('\ufffd', StatusMessage.Decode(encoded));
    }
}
