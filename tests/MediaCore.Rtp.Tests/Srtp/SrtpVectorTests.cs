using System.Text.Json;
using MediaCore.Rtp.Srtp;
using MediaCore.Rtp.Srtp.Cryptography;
using MediaCore.Tests;

namespace MediaCore.Rtp.Tests.Srtp;

/// <summary>The vectors of RFC 3711, 6188 and 7714 and those of libsrtp's driver, as collected in the shared data; the ones printed in the RFCs are here too.</summary>
public sealed class SrtpVectorTests
{
    private const string MasterKey = "e1f97a0d3e018be0d64fa32c06de4139";
    private const string MasterSalt = "0ec675ad498afeebb6960b3aabe6";

    [Theory]
    [InlineData(0, "c61e7a93744f39ee10734afe3ff7a087")]
    [InlineData(2, "30cbbc08863d8c85d49db34a9ae1")]
    [InlineData(1,
        "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbcee049646c43d9327ad175578ef72270986371c10c9a369ac2f94a8c5fbcdddc256d6e919a48b610ef17c2041e474035766b68642c59bbfc2f34db60dbdfb2")]
    [InlineData(3, "4c1aa45a81f73d61c800bbb00fbb1eaa")]
    [InlineData(4, "8d54534feb49ae8e7993a6bd0b844fc323a93dfd")]
    [InlineData(5, "9581c7ad87b3e530bf3e4454a8b3")]
    public void SessionKeys_AreThoseOfRfc3711B3(byte label, string expected)
    {
        byte[] key = new byte[expected.Length / 2];
        SrtpKeyDerivation.Derive(Hex(MasterKey), Hex(MasterSalt), (SrtpKeyLabel)label, key);
        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }

    [Theory]
    [InlineData(0, "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4")]
    [InlineData(2, "fa31791685ca444a9e07c6c64e93")]
    [InlineData(1, "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05")]
    public void SessionKeys_AreThoseOfRfc6188(byte label, string expected)
    {
        byte[] key = new byte[expected.Length / 2];
        SrtpKeyDerivation.Derive(Hex("f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6"), Hex("3b04803de51ee7c96423ab5b78d2"), (SrtpKeyLabel)label, key);
        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }

    [Theory]
    [InlineData(0, "31874736a8f1143870c26e4857d8a5b2c4a354407faadabb")]
    [InlineData(2, "2372b82d639b6d8503a47adc0a6c")]
    public void SessionKeys_WithAes192_AreThoseOfRfc6188(byte label, string expected)
    {
        byte[] key = new byte[expected.Length / 2];
        SrtpKeyDerivation.Derive(Hex("73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1"), Hex("c8522f3acd4ce86d5add78edbb11"), (SrtpKeyLabel)label, key);
        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }

    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, MasterKey, MasterSalt, "800f1234decafbadcafebabeabababababababababababababababab",
        "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb")]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag32, MasterKey, MasterSalt, "800f1234decafbadcafebabeabababababababababababababababab",
        "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc")]
    [InlineData(SrtpProfile.AesCm256HmacSha1Tag80, "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6", "3b04803de51ee7c96423ab5b78d2",
        "800f1234decafbadcafebabeabababababababababababababababab", "800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40da08d9d9a5b3a55d8873b")]
    [InlineData(SrtpProfile.AeadAes128Gcm, "000102030405060708090a0b0c0d0e0f", "a0a1a2a3a4a5a6a7a8a9aaab", "800f1234decafbadcafebabeabababababababababababababababab",
        "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392")]
    public void RtpPacket_IsThatOfLibsrtpsDriver(SrtpProfile profile, string key, string salt, string plain, string expected)
    {
        using SrtpSender sender = new(profile, Hex(key), Hex(salt));
        using SrtpReceiver receiver = new(profile, Hex(key), Hex(salt));
        byte[] buffer = new byte[200];
        Hex(plain).CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.Ok, sender.Protect(buffer, plain.Length / 2, out int length));
        Assert.Equal(expected, Convert.ToHexStringLower(buffer.AsSpan(0, length)));
        Assert.Equal(SrtpStatus.Ok, receiver.Unprotect(buffer.AsSpan(0, length), out length));
        Assert.Equal(plain, Convert.ToHexStringLower(buffer.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, MasterKey, MasterSalt,
        "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798")]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag32, MasterKey, MasterSalt,
        "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798")]
    [InlineData(SrtpProfile.AeadAes128Gcm, "000102030405060708090a0b0c0d0e0f", "a0a1a2a3a4a5a6a7a8a9aaab",
        "81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e80000001")]
    public void RtcpPacket_IsThatOfLibsrtpsDriver(SrtpProfile profile, string key, string salt, string expected)
    {
        const string Plain = "81c8000bcafebabeabababababababababababababababab";
        using SrtpSender sender = new(profile, Hex(key), Hex(salt));
        using SrtpReceiver receiver = new(profile, Hex(key), Hex(salt));
        sender.StartRtcpAt(1);
        byte[] buffer = new byte[200];
        Hex(Plain).CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.Ok, sender.ProtectRtcp(buffer, Plain.Length / 2, out int length));
        Assert.Equal(expected, Convert.ToHexStringLower(buffer.AsSpan(0, length)));
        Assert.Equal(SrtpStatus.Ok, receiver.UnprotectRtcp(buffer.AsSpan(0, length), out length));
        Assert.Equal(Plain, Convert.ToHexStringLower(buffer.AsSpan(0, length)));
    }

    [Fact]
    public void SessionLevel_RtpAndRtcp_AreThoseOfRfc7714()
    {
        // RFC 7714 §16.1.1 and §17.1.
        using GaloisCounterTransform transform = new(AesCounterMode.Create(Hex("000102030405060708090a0b0c0d0e0f")), Hex("517569642070726f2071756f"));
        byte[] rtp = Hex("8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573");
        byte[] tag = new byte[16];
        transform.ProtectRtp(rtp, 12, 0x5501a0b2, 0xf17b, tag);
        Assert.Equal(
            "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
            Convert.ToHexStringLower(rtp) + Convert.ToHexStringLower(tag));
        byte[] rtcp = Hex("81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef");
        transform.ProtectRtcp(rtcp, 0x4d617273, 0x800005d4, tag);
        Assert.Equal(
            "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade",
            Convert.ToHexStringLower(rtcp) + Convert.ToHexStringLower(tag));
    }

    [Fact]
    public void SharedVectors_AllAgree()
    {
        // The data is others' and not everywhere; everything above is part of the project. What a run checked is asserted where the file is.
        if (SharedData.TryGetPath("crypto-vectors", "srtp.json") is not { } path)
        {
            return;
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        int packets = 0;
        foreach (JsonElement vector in document.RootElement.GetProperty("packets").EnumerateArray())
        {
            CheckPacket(vector);
            packets++;
        }

        foreach (JsonElement sequence in document.RootElement.GetProperty("sequence").EnumerateArray())
        {
            SrtpProfile profile = ProfileOf(sequence);
            using SrtpSender sender = new(profile, Bytes(sequence, "master_key"), Bytes(sequence, "master_salt"));
            using SrtpReceiver receiver = new(profile, Bytes(sequence, "master_key"), Bytes(sequence, "master_salt"));
            foreach (JsonElement packet in sequence.GetProperty("packets").EnumerateArray())
            {
                byte[] buffer = new byte[200];
                byte[] plain = Bytes(packet, "plain");
                plain.CopyTo(buffer, 0);
                Assert.Equal(SrtpStatus.Ok, sender.Protect(buffer, plain.Length, out int length));
                Assert.Equal(Bytes(packet, "protected"), buffer[..length]);
                Assert.Equal(SrtpStatus.Ok, receiver.Unprotect(buffer.AsSpan(0, length), out length));
                Assert.Equal(plain, buffer[..length]);
                packets++;
            }
        }

        Assert.True(packets >= 10);
    }

    private static void CheckPacket(JsonElement vector)
    {
        SrtpProfile profile = ProfileOf(vector);
        bool rtcp = vector.GetProperty("kind").GetString() == "rtcp";
        using SrtpSender sender = new(profile, Bytes(vector, "master_key"), Bytes(vector, "master_salt"));
        byte[] plain = Bytes(vector, "plain");
        byte[] buffer = new byte[plain.Length + SrtpLimits.MaxTrailerBytes(0)];
        plain.CopyTo(buffer, 0);
        if (rtcp)
        {
            sender.StartRtcpAt(vector.GetProperty("rtcp_index").GetUInt32());
        }

        int length;
        Assert.Equal(SrtpStatus.Ok, rtcp ? sender.ProtectRtcp(buffer, plain.Length, out length) : sender.Protect(buffer, plain.Length, out length));
        Assert.Equal(Bytes(vector, "protected"), buffer[..length]);
    }

    private static SrtpProfile ProfileOf(JsonElement vector) => vector.GetProperty("suite").GetString() switch
    {
        "AES_CM_128_HMAC_SHA1_80" => SrtpProfile.AesCm128HmacSha1Tag80,
        "AES_CM_128_HMAC_SHA1_32" => SrtpProfile.AesCm128HmacSha1Tag32,
        "AES_256_CM_HMAC_SHA1_80" => SrtpProfile.AesCm256HmacSha1Tag80,
        "AEAD_AES_128_GCM" => SrtpProfile.AeadAes128Gcm,
        "AEAD_AES_256_GCM" => SrtpProfile.AeadAes256Gcm,
        string other => throw new InvalidDataException("A suite that this test does not know: " + other),
        null => throw new InvalidDataException("A vector without a suite."),
    };

    private static byte[] Bytes(JsonElement element, string property) => Hex(element.GetProperty(property).GetString()!);

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
