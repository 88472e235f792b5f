using MediaCore.Smpp.Coding;

namespace MediaCore.Smpp.Tests.Coding;

public sealed class ShortTextTests
{
    [Theory]
    [InlineData("", TextCoding.Gsm7)]
    [InlineData("price: 5 €", TextCoding.Gsm7)]
    [InlineData("naïve", TextCoding.Ucs2)]
    [InlineData("👍", TextCoding.Ucs2)]
    public void Coding_IsGsm_WhereTheAlphabetHasEveryCharacter(string text, TextCoding coding) => Assert.Equal(coding, ShortText.Choose(text));

    [Fact]
    public void Ucs2_IsBigEndian_WithSurrogatePairs()
    {
        byte[] octets = ShortText.Encode("Ж👍", TextCoding.Ucs2);
        Assert.Equal(Convert.FromHexString("0416D83DDC4D"), octets);
        Assert.Equal("Ж👍", ShortText.Decode(octets, TextCoding.Ucs2));
        Assert.Equal("Ж", ShortText.Decode(octets.AsSpan(0, 3), TextCoding.Ucs2));
    }

    [Fact]
    public void Latin1_AndAscii_TakeAnOctetEach()
    {
        Assert.Equal(Convert.FromHexString("E93F"), ShortText.Encode("é€", TextCoding.Latin1));
        Assert.Equal(Convert.FromHexString("613F"), ShortText.Encode("aé", TextCoding.Ascii));
        Assert.Equal("é", ShortText.Decode([0xE9], TextCoding.Latin1));
    }

    [Theory]
    [InlineData(0x00, TextCoding.Gsm7)]
    [InlineData(0x01, TextCoding.Ascii)]
    [InlineData(0x03, TextCoding.Latin1)]
    [InlineData(0x04, TextCoding.Binary)]
    [InlineData(0x08, TextCoding.Ucs2)]
    [InlineData(0x10, TextCoding.Gsm7)]
    [InlineData(0x18, TextCoding.Ucs2)]
    [InlineData(0x15, TextCoding.Binary)]
    [InlineData(0xC8, TextCoding.Gsm7)]
    [InlineData(0xE0, TextCoding.Ucs2)]
    [InlineData(0xF1, TextCoding.Gsm7)]
    [InlineData(0xF5, TextCoding.Binary)]
    public void DataCoding_NamesTheCoding(byte dataCoding, TextCoding coding) => Assert.Equal(coding, ShortText.CodingOf(dataCoding));
}
