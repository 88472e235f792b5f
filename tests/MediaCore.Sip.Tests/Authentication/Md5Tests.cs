using System.Security.Cryptography;
using System.Text;
using MediaCore.Sip.Authentication;

namespace MediaCore.Sip.Tests.Authentication;

public class Md5Tests
{
    // RFC 1321 §A.5.
    [Theory]
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("a", "0cc175b9c0f1b6a831c399e269772661")]
    [InlineData("abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a")]
    public void Md5_GivesTheRfcsValues(string text, string hash)
    {
        byte[] output = new byte[Md5.HashBytes];
        Md5.Hash(Encoding.ASCII.GetBytes(text), output);
        Assert.Equal(hash, Convert.ToHexStringLower(output));
    }

    // Every length around the ends of blocks, beside the platform's own.
    [Fact]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "It is what is compared with.")]
    public void Md5_OfEveryLength_IsThePlatforms()
    {
        byte[] data = new byte[600];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i * 31 % 251);
        }

        byte[] output = new byte[Md5.HashBytes];
        for (int length = 0; length <= data.Length; length++)
        {
            ReadOnlySpan<byte> part = data.AsSpan(0, length);
            Md5.Hash(part, output);
            Assert.Equal(MD5.HashData(part), output);
        }
    }
}
