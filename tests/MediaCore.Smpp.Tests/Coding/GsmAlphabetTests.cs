using FsCheck.Xunit;
using MediaCore.Smpp.Coding;

namespace MediaCore.Smpp.Tests.Coding;

public sealed class GsmAlphabetTests
{
    [Theory]
    [InlineData("@£$¥èéùìòÇ", "00010203040506070809")]
    [InlineData("ΔΦΓΛΩΠΨΣΘΞ", "10121314151617181 91A")]
    [InlineData("Hello", "48656C6C6F")]
    [InlineData("ÄÖÑÜ§¿äöñüà", "5B5C5D5E5F607B7C7D7E7F")]
    [InlineData("€[]{}\\~|^\f", "1B651B3C1B3E1B281B291B2F1B3D1B401B141B0A")]
    [InlineData("¤¡\n\r_", "24400A0D11")]
    public void Characters_HaveTheCodesOfTheTable(string text, string octets)
    {
        byte[] expected = Convert.FromHexString(octets.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(expected, GsmAlphabet.Encode(text));
        Assert.Equal(text, GsmAlphabet.Decode(expected));
        Assert.Equal(expected.Length, GsmAlphabet.Count(text));
    }

    [Fact]
    public void EveryCode_IsReadAndWrittenAsItself()
    {
        for (byte code = 0; code < 0x80; code++)
        {
            if (code != GsmAlphabet.Escape)
            {
                Assert.Equal([code], GsmAlphabet.Encode(GsmAlphabet.Decode([code])));
            }
        }
    }

    [Theory]
    [InlineData("ç")]
    [InlineData("`")]
    [InlineData("\u001B")]
    [InlineData("😀")]
    [InlineData("Ж")]
    public void CharacterThatTheAlphabetLacks_IsNotCounted(string text)
    {
        Assert.Equal(-1, GsmAlphabet.Count(text));
        Assert.All(GsmAlphabet.Encode(text), octet => Assert.Equal((byte)'?', octet));
    }

    [Theory]
    [InlineData("1B41", "A")]
    [InlineData("1B", " ")]
    [InlineData("1B1B", " ")]
    [InlineData("C1", "A")]
    public void Escape_BeforeWhatTheExtensionLacks_GivesTheMainTable(string octets, string text) => Assert.Equal(text, GsmAlphabet.Decode(Convert.FromHexString(octets)));

    // "hellohello" is the example of every text on the subject: E8 32 9B FD 46 97 D9 EC 37.
    [Theory]
    [InlineData("E8329BFD4697D9EC37", 10, 0, "hellohello")]
    [InlineData("E8329BFD4697D9EC37", 5, 0, "hello")]
    [InlineData("E8329BFD4697D9EC37", 99, 0, "hellohello")]
    [InlineData("90", 1, 1, "H")]
    public void Packed_IsRead(string octets, int count, int fillBits, string text) => Assert.Equal(text, GsmAlphabet.DecodePacked(Convert.FromHexString(octets), count, fillBits));

    [Property(MaxTest = 300)]
    public void AnyOctets_AreRead(byte[] octets, byte count, byte fillBits)
    {
        Assert.NotNull(GsmAlphabet.Decode(octets));
        Assert.NotNull(GsmAlphabet.DecodePacked(octets, count, fillBits % 7));
        foreach (TextCoding coding in Enum.GetValues<TextCoding>())
        {
            Assert.NotNull(ShortText.Decode(octets, coding));
        }
    }
}
