using System.Text;
using MediaCore.Sip.Authentication;

namespace MediaCore.Sip.Tests.Authentication;

public sealed class Sha512256Tests
{
    /// <summary>The examples that NIST publishes with FIPS 180-4: one block, two blocks, nothing.</summary>
    [Theory]
    [InlineData("abc", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23")]
    [InlineData(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a")]
    [InlineData("", "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a")]
    public void Hash_OfThePublishedExamples(string text, string expected) => Assert.Equal(expected, Hash(Encoding.ASCII.GetBytes(text)));

    /// <summary>Lengths about the edges of blocks and of the padding; the expected values are OpenSSL's.</summary>
    [Theory]
    [InlineData(0, "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a")]
    [InlineData(1, "2a8b71c345fac6e44dca4f7a762a560c3bdd7fa3001e84507c946a7d8fd46ee7")]
    [InlineData(55, "816a6e2fc440f86cf0390369da3ac360a36237a40c62f3a09156282b6b301b58")]
    [InlineData(64, "a195bc45e3d011ce1a0f8223fa1df1e7365ce1280a1dcd80f546e5e76013ddf5")]
    [InlineData(110, "785869bbad8bca2c3e8890302a5932b95d5ac19a2f106dc68787ac0fc8c7117d")]
    [InlineData(111, "86cd5320f5792906a1304af8ece50986782be56e57727239ac3c2827d03a22e9")]
    [InlineData(112, "3ca6f01d248bb2a6a2c13dff32318654e0b0fbd20e21ebc6f44df93e384d3b22")]
    [InlineData(113, "1556aa929125bfeb7859206cecfeb178c8bd65c99ba52f551e2c41c6969ae530")]
    [InlineData(127, "e6a744892a022b510a51bf51d40c19dcebc5dfb87222bc98338543c9b5a1fe66")]
    [InlineData(128, "f68a28f2103cf5105d30918354cb2a56a5518ad44e798ae73014a832bf0bb772")]
    [InlineData(129, "1b06652cf73654c3d00acf6feaa60f92f384f4544ccbc6ab2616728c6e46f71d")]
    [InlineData(239, "67110b242c80164d873a85f5c2741e69838ada9dcd810b91c531345152599f13")]
    [InlineData(240, "16def0c05de87f68ab2b893893084a535c1739b86ff5acb271b206b0038d511e")]
    [InlineData(256, "61a9b27327d1e6ffbd5a24551a9731b3456ec9698375624308110adc8b1695dd")]
    [InlineData(1000, "25f150984fa724c130497e3f094e99fdfe0090ef9cf79bc270f1708b41e8ac5d")]
    public void Hash_AtTheEdgesOfBlocks(int length, string expected)
    {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++)
        {
            data[i] = (byte)((i * 7) + length);
        }

        Assert.Equal(expected, Hash(data));
    }

    private static string Hash(byte[] data)
    {
        byte[] hash = new byte[Sha512256.HashBytes];
        Sha512256.Hash(data, hash);
        return Convert.ToHexStringLower(hash);
    }
}
