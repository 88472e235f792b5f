using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using MediaCore.Rtp.Srtp.Cryptography;

namespace MediaCore.Rtp.Tests.Srtp.Cryptography;

public sealed class GhashTests
{
    public static TheoryData<bool> Implementations => Pclmulqdq.IsSupported ? [true, false] : [false];

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Tag_IsThatOfTheGcmSpecification(bool hardware)
    {
        // McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B: test cases 1, 2 and 4.
        (string Key, string Nonce, string Additional, string Text, string Tag)[] vectors =
        [
            ("00000000000000000000000000000000", "000000000000000000000000", "", "", "58e2fccefa7e3061367f1d57a4e7455a"),
            ("00000000000000000000000000000000", "000000000000000000000000", "", "00000000000000000000000000000000", "ab6e47d42cec13bdf53a67b21257bddf"),
            ("feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
                "5bc94fbc3221a5db94fae95ae7121a47"),
        ];
        foreach ((string key, string nonce, string additional, string text, string tag) in vectors)
        {
            Assert.Equal(tag, Convert.ToHexStringLower(Tag(
                hardware, Convert.FromHexString(key), Convert.FromHexString(nonce), Convert.FromHexString(additional), Convert.FromHexString(text), out _)));
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void EveryLength_IsThePlatformsGcm(bool hardware)
    {
        Random random = new(3);
        foreach (int keyBytes in (int[])[16, 32])
        {
            byte[] key = new byte[keyBytes];
            byte[] nonce = new byte[12];
            byte[] tag = new byte[16];
            random.NextBytes(key);
            random.NextBytes(nonce);
            using AesGcm gcm = new(key, 16);
            for (int length = 0; length <= 260; length++)
            {
                byte[] text = new byte[length];
                byte[] cipher = new byte[length];
                byte[] additional = new byte[length % 41];
                random.NextBytes(text);
                random.NextBytes(additional);
                gcm.Encrypt(nonce, text, cipher, tag, additional);
                Assert.Equal(tag, Tag(hardware, key, nonce, additional, text, out byte[] ours));
                Assert.Equal(cipher, ours);
            }
        }
    }

    private static byte[] Tag(bool hardware, byte[] key, byte[] nonce, byte[] additional, byte[] text, out byte[] cipher)
    {
        using AesCounterMode aes = AesCounterMode.Create(key);
        using Ghash hash = new(aes.EncryptBlock(Vector128<byte>.Zero), hardware);
        byte[] counter = [.. nonce, 0, 0, 0, 2];
        cipher = [.. text];
        aes.Apply(cipher, Vector128.Create(counter));
        counter[^1] = 1;
        byte[] tag = new byte[16];
        (hash.Compute(additional, cipher) ^ aes.EncryptBlock(Vector128.Create(counter))).CopyTo(tag);
        return tag;
    }
}
