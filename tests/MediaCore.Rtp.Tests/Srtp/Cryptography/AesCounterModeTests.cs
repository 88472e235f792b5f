using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using MediaCore.Rtp.Srtp.Cryptography;

namespace MediaCore.Rtp.Tests.Srtp.Cryptography;

public sealed class AesCounterModeTests
{
    public static TheoryData<bool> Implementations => AesCounterModeX86.IsSupported ? [true, false] : [false];

    private static AesCounterMode Create(bool hardware, byte[] key) => hardware ? new AesCounterModeX86(key) : new AesCounterModePlatform(key);

    private static Vector128<byte> Block(string hex) => Vector128.Create(Convert.FromHexString(hex));

    private static string Text(Vector128<byte> block)
    {
        byte[] bytes = new byte[AesCounterMode.BlockBytes];
        block.CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Block_IsThatOfFips197(bool hardware)
    {
        // FIPS 197 appendix C.1 to C.3.
        (string Key, string Cipher)[] vectors =
        [
            ("000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a"),
            ("000102030405060708090a0b0c0d0e0f1011121314151617", "dda97ca4864cdfe06eaf70a0ec0d7191"),
            ("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "8ea2b7ca516745bfeafc49904b496089"),
        ];
        foreach ((string key, string cipher) in vectors)
        {
            using AesCounterMode aes = Create(hardware, Convert.FromHexString(key));
            Assert.Equal(cipher, Text(aes.EncryptBlock(Block("00112233445566778899aabbccddeeff"))));
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Keystream_IsThatOfSp80038A(bool hardware)
    {
        // SP 800-38A F.5.1 and F.5.5, the four blocks of text that all of its examples have.
        const string Text = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
        (string Key, string Cipher)[] vectors =
        [
            ("2b7e151628aed2a6abf7158809cf4f3c", "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"),
            ("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"),
        ];
        foreach ((string key, string cipher) in vectors)
        {
            using AesCounterMode aes = Create(hardware, Convert.FromHexString(key));
            byte[] data = Convert.FromHexString(Text);
            aes.Apply(data, Block("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
            Assert.Equal(cipher, Convert.ToHexStringLower(data));
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Keystream_IsThatOfRfc3711AndRfc6188(bool hardware)
    {
        // RFC 3711 appendix B.2 and RFC 6188 §7: blocks 0 to 2 and, at the end of the 16 bits, 0xfeff to 0xff01.
        (string Key, string[] Blocks)[] vectors =
        [
            ("2b7e151628aed2a6abf7158809cf4f3c",
                ["e03ead0935c95e80e166b16dd92b4eb4", "d23513162b02d0f72a43a2fe4a5f97ab", "41e95b3bb0a2e8dd477901e4fca894c0",
                 "ec8cdf7398607cb0f2d21675ea9ea1e4", "362b7c3c6773516318a077d7fc5073ae", "6a2cc3787889374fbeb4c81b17ba6c44"]),
            ("57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98",
                ["92bdd28a93c3f52511c677d08b5515a4", "9da71b2378a854f67050756ded165bac", "63c4868b7096d88421b563b8c94c9a31",
                 "cea518c90fd91ced9cbb18c078a54711", "3dbc4814f4da5f00a08772b63c6a046d", "6eb246913062a16891433e97dd01a57f"]),
        ];
        foreach ((string key, string[] blocks) in vectors)
        {
            using AesCounterMode aes = Create(hardware, Convert.FromHexString(key));
            byte[] keystream = new byte[0xff02 * AesCounterMode.BlockBytes];
            aes.Apply(keystream, Block("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"));
            int[] at = [0, 1, 2, 0xfeff, 0xff00, 0xff01];
            for (int i = 0; i < at.Length; i++)
            {
                Assert.Equal(blocks[i], Convert.ToHexStringLower(keystream.AsSpan(at[i] * AesCounterMode.BlockBytes, AesCounterMode.BlockBytes)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void EveryLength_IsThePlatformsKeystream_AndTouchesNothingElse(bool hardware)
    {
        Random random = new(1);
        foreach (int keyBytes in (int[])[16, 24, 32])
        {
            byte[] key = new byte[keyBytes];
            byte[] counter = new byte[AesCounterMode.BlockBytes];
            random.NextBytes(key);
            random.NextBytes(counter);
            // The count wraps within its 32 bits.
            BinaryPrimitives.WriteUInt32BigEndian(counter.AsSpan(12), uint.MaxValue - 5);
            using AesCounterMode aes = Create(hardware, key);
            byte[] expected = Keystream(key, counter, 400);
            for (int length = 0; length <= 330; length++)
            {
                byte[] data = new byte[400];
                aes.Apply(data.AsSpan(7, length), Vector128.Create(counter));
                Assert.True(data.AsSpan(7, length).SequenceEqual(expected.AsSpan(0, length)));
                Assert.False(data.AsSpan(0, 7).ContainsAnyExcept((byte)0));
                Assert.False(data.AsSpan(7 + length).ContainsAnyExcept((byte)0));
            }
        }
    }

    [Fact]
    public void AKeyOfAnotherLength_IsAMistake() => Assert.ThrowsAny<Exception>(() => AesCounterMode.Create(new byte[17]).Dispose());

    private static byte[] Keystream(byte[] key, byte[] counter, int bytes)
    {
        using Aes aes = Aes.Create();
        aes.Key = key;
        byte[] blocks = new byte[(bytes + 15) / 16 * 16];
        uint count = BinaryPrimitives.ReadUInt32BigEndian(counter.AsSpan(12));
        for (int i = 0; i < blocks.Length; i += 16)
        {
            counter.CopyTo(blocks.AsSpan(i));
            BinaryPrimitives.WriteUInt32BigEndian(blocks.AsSpan(i + 12), count++);
        }

        return aes.EncryptEcb(blocks, PaddingMode.None);
    }
}
