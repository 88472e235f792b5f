using FsCheck.Xunit;
using MediaCore.Smpp.Coding;

namespace MediaCore.Smpp.Tests.Coding;

public sealed class ConcatenationTests
{
    [Theory]
    [InlineData(0x2A, false, "0500032A020141")]
    [InlineData(0x1234, true, "060804123402 0141")]
    public void Header_IsWrittenAndRead(int reference, bool wide, string expected)
    {
        var part = new Concatenation((ushort)reference, 2, 1, wide);
        byte[] octets = part.Write("A"u8);
        Assert.Equal(Convert.FromHexString(expected.Replace(" ", "", StringComparison.Ordinal)), octets);
        Assert.True(Concatenation.TryRead(octets, out int length, out Concatenation? read));
        Assert.Equal(part, read);
        Assert.Equal("A"u8.ToArray(), octets[length..]);
    }

    [Theory]
    [InlineData("0500032A0200", "part 0")]
    [InlineData("0500032A0203", "part 3 of 2")]
    [InlineData("0500022A02FF", "an element too short")]
    [InlineData("0500092A0201", "an element longer than the header")]
    [InlineData("0605040B8423F0", "ports in place of parts")]
    [InlineData("00", "an empty header")]
    public void HeaderThatNamesNoPart_IsAMessageOfItsOwn(string octets, string because)
    {
        Assert.True(Concatenation.TryRead(Convert.FromHexString(octets), out int length, out Concatenation? part), because);
        Assert.Null(part);
        Assert.Equal(octets.Length / 2, length);
    }

    [Fact]
    public void PartsAmongOtherElements_AreFound()
    {
        Assert.True(Concatenation.TryRead(Convert.FromHexString("0B05040B8423F000030702 01".Replace(" ", "", StringComparison.Ordinal)), out _, out Concatenation? part));
        Assert.Equal(new Concatenation(7, 2, 1), part);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0500032A02")]
    [InlineData("FF00")]
    public void HeaderLongerThanTheMessage_IsNone(string octets) => Assert.False(Concatenation.TryRead(Convert.FromHexString(octets), out _, out _));

    [Property(MaxTest = 500)]
    public void AnyOctets_AreRead(byte[] octets)
    {
        if (Concatenation.TryRead(octets, out int length, out Concatenation? part))
        {
            Assert.InRange(length, 1, octets.Length);
            Assert.True(part is null || (part.Value.Sequence >= 1 && part.Value.Sequence <= part.Value.Total));
        }
    }
}
