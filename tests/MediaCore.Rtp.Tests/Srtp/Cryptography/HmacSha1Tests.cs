using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Rtp.Srtp.Cryptography;

namespace MediaCore.Rtp.Tests.Srtp.Cryptography;

public sealed class HmacSha1Tests
{
    public static TheoryData<bool> Implementations => Sha1PlatformBlock.IsSupported ? [true, false] : [false];

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Code_IsThatOfRfc2202(bool platform)
    {
        // RFC 2202 §3, the cases whose keys are no longer than a block.
        (byte[] Key, byte[] Data, string Code)[] vectors =
        [
            (Repeat(0x0b, 20), Encoding.ASCII.GetBytes("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00"),
            (Encoding.ASCII.GetBytes("Jefe"), Encoding.ASCII.GetBytes("what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (Repeat(0xaa, 20), Repeat(0xdd, 50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
            (Convert.FromHexString("0102030405060708090a0b0c0d0e0f10111213141516171819"), Repeat(0xcd, 50), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
            (Repeat(0x0c, 20), Encoding.ASCII.GetBytes("Test With Truncation"), "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"),
        ];
        foreach ((byte[] key, byte[] data, string code) in vectors)
        {
            using HmacSha1 hmac = new(key, platform);
            byte[] mac = new byte[HmacSha1.Bytes];
            hmac.Compute(data, mac);
            Assert.Equal(code, Convert.ToHexStringLower(mac));
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void EveryLength_WithAndWithoutTrailer_IsThePlatformsCode(bool platform)
    {
        Random random = new(2);
        byte[] key = new byte[20];
        byte[] data = new byte[300];
        byte[] mac = new byte[HmacSha1.Bytes];
        random.NextBytes(key);
        using HmacSha1 hmac = new(key, platform);
        for (int length = 0; length <= 296; length++)
        {
            random.NextBytes(data);
            uint trailer = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(length));
            hmac.Compute(data.AsSpan(0, length), mac);
            Assert.Equal(HMACSHA1.HashData(key, data.AsSpan(0, length)), mac);
            hmac.Compute(data.AsSpan(0, length), trailer, mac);
            Assert.Equal(HMACSHA1.HashData(key, data.AsSpan(0, length + 4)), mac);
        }
    }

    private static byte[] Repeat(byte value, int count) => [.. Enumerable.Repeat(value, count)];
}
