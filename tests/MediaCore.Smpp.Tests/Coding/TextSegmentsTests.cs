using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MediaCore.Smpp.Coding;

namespace MediaCore.Smpp.Tests.Coding;

public sealed class TextSegmentsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(160, 1)]
    [InlineData(161, 2)]
    [InlineData(306, 2)]
    [InlineData(307, 3)]
    public void Gsm7_HasPartsOf153(int characters, int parts)
    {
        TextSegments segments = TextSegments.Of(new string('a', characters));
        Assert.Equal(TextCoding.Gsm7, segments.Coding);
        Assert.Equal(parts, segments.Parts.Length);
    }

    [Theory]
    [InlineData(70, 1)]
    [InlineData(71, 2)]
    [InlineData(134, 2)]
    [InlineData(135, 3)]
    public void Ucs2_HasPartsOf67(int characters, int parts) => Assert.Equal(parts, TextSegments.Of(new string('Ж', characters)).Parts.Length);

    [Fact]
    public void EscapedCharacter_CountsTwo_AndIsNeverCut()
    {
        Assert.Single(TextSegments.Of(new string('€', 80)).Parts);
        TextSegments segments = TextSegments.Of(new string('€', 81));
        Assert.Equal([76, 5], segments.Parts.Select(part => part.Length));
        Assert.Equal(152, GsmAlphabet.Count(segments.Parts[0]));
    }

    [Fact]
    public void SurrogatePair_IsNeverCut()
    {
        TextSegments segments = TextSegments.Of(string.Concat(Enumerable.Repeat("👍", 36)));
        Assert.Equal([66, 6], segments.Parts.Select(part => part.Length));
    }

    [Property(MaxTest = 300)]
    public Property AnyText_IsItsPartsOneAfterTheOther()
    {
        Gen<string> texts = Gen.Elements("a", "€", "é", "👍", "Ж", "{", "\n").ListOf(400).Select(string.Concat);
        return Prop.ForAll(texts.ToArbitrary(), text =>
        {
            TextSegments segments = TextSegments.Of(text);
            Assert.Equal(text, string.Concat(segments.Parts));
            Assert.All(segments.Parts, part =>
            {
                Assert.False(part.Length > 0 && (char.IsLowSurrogate(part[0]) || char.IsHighSurrogate(part[^1])));
                int room = segments.Parts.Length > 1 ? 134 : 140;
                byte[] octets = ShortText.Encode(part, segments.Coding);
                Assert.Equal(part, ShortText.Decode(octets, segments.Coding));
                Assert.True((segments.Coding == TextCoding.Gsm7 ? ((octets.Length * 7) + 7) / 8 : octets.Length) <= room);
            });
        });
    }
}
