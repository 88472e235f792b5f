using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using MediaCore.Primitives;
using MediaCore.Tests;

namespace MediaCore.Sdp.Tests;

/// <summary><c>a=crypto</c>, RFC 4568: what is read, what is refused and why, and the rules of offer and answer.</summary>
public sealed class CryptoAttributeTests
{
    private const string Key30 = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    private static readonly SdpSession _session = new(1, 1, NetworkEndpoint.FromBytes([203, 0, 113, 5], 30000));

    [Theory]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30, CryptoSuite.AesCm128HmacSha1Tag80, 0, 0, 0, 0)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:32", CryptoSuite.AesCm128HmacSha1Tag80, 1 << 20, 1, 32, 0)]
    [InlineData("2 AES_CM_128_HMAC_SHA1_32 inline:" + Key30 + "|1:4", CryptoSuite.AesCm128HmacSha1Tag32, 0, 1, 4, 0)]
    [InlineData("3 AES_CM_128_HMAC_SHA1_32 inline:" + Key30 + "|1000", CryptoSuite.AesCm128HmacSha1Tag32, 1000, 0, 0, 0)]
    [InlineData("999999999 aes_cm_128_hmac_sha1_80 inline:" + Key30 + " WSH=256 -FOO=bar", CryptoSuite.AesCm128HmacSha1Tag80, 0, 0, 0, 256)]
    [InlineData("3 AES_256_CM_HMAC_SHA1_80 inline:8AbZePWwsKhLGX3GlXA+yHYPQ3cgraer/9DkFJYCOPZZy3o9wC0NIbIFYZfyHw==", CryptoSuite.AesCm256HmacSha1Tag80, 0, 0, 0, 0)]
    [InlineData("3 AES_256_CM_HMAC_SHA1_32 inline:8AbZePWwsKhLGX3GlXA+yHYPQ3cgraer/9DkFJYCOPZZy3o9wC0NIbIFYZfyHw", CryptoSuite.AesCm256HmacSha1Tag32, 0, 0, 0, 0)]
    [InlineData("7 AEAD_AES_128_GCM inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==", CryptoSuite.AeadAes128Gcm, 0, 0, 0, 0)]
    [InlineData("8 AEAD_AES_256_GCM inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis=", CryptoSuite.AeadAes256Gcm, 0, 0, 0, 0)]
    public void UsableLine_IsRead(string value, CryptoSuite suite, long lifetime, ulong mki, int mkiBytes, int window)
    {
        Assert.Equal(CryptoError.None, CryptoAttribute.Parse(Encoding.ASCII.GetBytes(value), out CryptoAttribute attribute));
        Assert.Equal(int.Parse(value[..value.IndexOf(' ')]), attribute.Tag);
        Assert.Equal(suite, attribute.Suite);
        Assert.Equal((ulong)lifetime, attribute.LifetimePackets);
        Assert.Equal(mki, attribute.Mki);
        Assert.Equal(mkiBytes, attribute.MkiBytes);
        Assert.Equal(window, attribute.WindowPackets);
        byte[] identifier = new byte[128];
        Assert.Equal(mkiBytes, attribute.WriteMki(identifier));
        Assert.Equal(mkiBytes == 0 ? 0 : 1, identifier.Sum(b => b));
        Assert.True(mkiBytes == 0 || identifier[mkiBytes - 1] == 1);
        string text = value[(value.IndexOf(':') + 1)..].Split(' ', '|')[0];
        byte[] expected = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
        byte[] read = [.. attribute.Key, .. attribute.Salt];
        Assert.Equal(expected, read);
    }

    [Theory]
    [InlineData("", CryptoError.Malformed)]
    [InlineData("1", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80", CryptoError.Malformed)]
    [InlineData("0 AES_CM_128_HMAC_SHA1_80 inline:" + Key30, CryptoError.Malformed)]
    [InlineData("01 AES_CM_128_HMAC_SHA1_80 inline:" + Key30, CryptoError.Malformed)]
    [InlineData("1234567890 AES_CM_128_HMAC_SHA1_80 inline:" + Key30, CryptoError.Malformed)]
    [InlineData("x AES_CM_128_HMAC_SHA1_80 inline:" + Key30, CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 uri:" + Key30, CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:!!NfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|0", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|2^49", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|2^", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|2^20|2^20", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|1:4|2^20", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|1:0", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|1:129", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|256:1", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|99999999999999999999:8", CryptoError.Malformed)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + " WSH=99999", CryptoError.Malformed)]
    [InlineData("1 F8_128_HMAC_SHA1_80 inline:" + Key30, CryptoError.UnknownSuite)]
    [InlineData("1 AES_CM_256_HMAC_SHA1_80 inline:" + Key30, CryptoError.UnknownSuite)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGw==", CryptoError.WrongKeyLength)]
    [InlineData("1 AEAD_AES_128_GCM inline:" + Key30, CryptoError.WrongKeyLength)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:", CryptoError.WrongKeyLength)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + Key30, CryptoError.WrongKeyLength)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|2^20|1:4;inline:" + Key30 + "|2^20|2:4", CryptoError.Unsupported)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + " KDR=1", CryptoError.Unsupported)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + " UNENCRYPTED_SRTP", CryptoError.Unsupported)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + " UNENCRYPTED_SRTCP", CryptoError.Unsupported)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + " UNAUTHENTICATED_SRTP", CryptoError.Unsupported)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + " FEC_ORDER=FEC_SRTP", CryptoError.Unsupported)]
    [InlineData("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + " SOMETHING_NEW", CryptoError.Unsupported)]
    public void UnusableLine_SaysWhy_AndLeavesNoKey(string value, CryptoError expected)
    {
        Assert.Equal(expected, CryptoAttribute.Parse(Encoding.ASCII.GetBytes(value), out CryptoAttribute attribute));
        Assert.True(IsBlank(attribute));
    }

    [Theory]
    [InlineData(CryptoSuite.AesCm128HmacSha1Tag80)]
    [InlineData(CryptoSuite.AesCm128HmacSha1Tag32)]
    [InlineData(CryptoSuite.AesCm192HmacSha1Tag80)]
    [InlineData(CryptoSuite.AesCm192HmacSha1Tag32)]
    [InlineData(CryptoSuite.AesCm256HmacSha1Tag80)]
    [InlineData(CryptoSuite.AesCm256HmacSha1Tag32)]
    [InlineData(CryptoSuite.AeadAes128Gcm)]
    [InlineData(CryptoSuite.AeadAes256Gcm)]
    public void OwnLine_InASecureDescription_IsReadBackTheSame(CryptoSuite suite)
    {
        AudioDescription audio = Secure(Own(4, suite, 9));
        string text = SdpText.Compose(audio, _session);
        Assert.Contains("m=audio 30000 RTP/SAVP 0 8 101\r\n", text, StringComparison.Ordinal);
        Assert.Contains($"a=crypto:4 {Encoding.ASCII.GetString(CryptoSuites.TokenOf(suite))} inline:", text, StringComparison.Ordinal);
        SdpDescription description = SdpText.Parse(Encoding.ASCII.GetBytes(text));
        Assert.True(OfferAnswer.TryReadAudio(description, secure: true, out AudioDescription read, out OfferAnswerError error), error.ToString());
        Assert.Equal(SdpProtocol.RtpSavp, read.Protocol);
        Assert.True(read.IsSecure);
        Assert.Equal(1, read.Crypto.Count);
        Assert.Equal(4, read.Crypto[0].Tag);
        Assert.True(read.Crypto[0].HasSameKey(audio.Crypto[0]));
        Assert.False(read.Crypto[0].HasSameKey(Own(4, suite, 10)));
        Assert.False(OfferAnswer.TryReadAudio(description, out _, out error));
        Assert.Equal(OfferAnswerError.UnsupportedProtocol, error);
    }

    [Fact]
    public void FullestDescription_FitsTheBuffer()
    {
        AudioDescription audio = Secure(Own(999_999_999, CryptoSuite.AesCm256HmacSha1Tag80, 1));
        for (int i = 1; i < SdpLimits.MaxCryptoLines; i++)
        {
            Assert.True(audio.Crypto.TryAdd(Own(999_999_999 - i, CryptoSuite.AesCm256HmacSha1Tag80, (byte)i)));
        }

        Assert.False(audio.Crypto.TryAdd(Own(1, CryptoSuite.AesCm256HmacSha1Tag80, 1)));
        string without = SdpText.Compose(Secure(), _session);
        Assert.InRange(SdpText.Compose(audio, _session).Length - without.Length, 400, 4 * 180);
    }

    [Fact]
    public void SecureStream_WithoutAUsableLine_IsRefused_AndAPlainOneMayHaveKeys()
    {
        SdpDescription none = SdpText.ParseSession("m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA");
        Assert.False(OfferAnswer.TryReadAudio(none, secure: true, out AudioDescription audio, out OfferAnswerError error));
        Assert.Equal(OfferAnswerError.NoUsableKey, error);
        Assert.Equal(0, audio.Crypto.Count);
        CryptoNegotiation.Read(none.GetMedia(0), out CryptoError why);
        Assert.Equal(CryptoError.WrongKeyLength, why);

        // RFC 8643: an offer without insistence.
        SdpDescription optional = SdpText.ParseSession("m=audio 4000 RTP/AVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30);
        Assert.True(OfferAnswer.TryReadAudio(optional, secure: true, out audio, out _));
        Assert.False(audio.IsSecure);
        Assert.Equal(1, audio.Crypto.Count);
        Assert.True(OfferAnswer.TryReadAudio(optional, out audio, out _));
        Assert.Equal(0, audio.Crypto.Count);
    }

    [Fact]
    public void Choice_IsTheOfferersFirstThatWeHave_AndAnAnswerHasItsTag()
    {
        SdpDescription offer = SdpText.ParseSession(
            "m=audio 4000 RTP/SAVP 0",
            "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" + Key30,
            "a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:" + Key30,
            "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" + Key30,
            "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|2^31");
        CryptoAttributeList lines = CryptoNegotiation.Read(offer.GetMedia(0), out CryptoError error);
        Assert.Equal(CryptoError.None, error);
        Assert.Equal(2, lines.Count);
        Assert.True(CryptoNegotiation.TryChoose(lines, [CryptoSuite.AesCm128HmacSha1Tag80, CryptoSuite.AesCm128HmacSha1Tag32], out int chosen));
        Assert.Equal(0, chosen);
        Assert.True(CryptoNegotiation.TryChoose(lines, [CryptoSuite.AesCm128HmacSha1Tag80], out chosen));
        Assert.Equal(5, lines[chosen].Tag);
        Assert.False(CryptoNegotiation.TryChoose(lines, [CryptoSuite.AeadAes128Gcm], out _));
    }

    [Theory]
    [InlineData(2, CryptoSuite.AeadAes128Gcm, CryptoError.None, 1)]
    [InlineData(1, CryptoSuite.AesCm128HmacSha1Tag80, CryptoError.None, 0)]
    [InlineData(2, CryptoSuite.AesCm128HmacSha1Tag80, CryptoError.NotOffered, -1)]
    [InlineData(3, CryptoSuite.AeadAes128Gcm, CryptoError.NotOffered, -1)]
    public void Answer_HasToBeOneOfTheOffered(int tag, CryptoSuite suite, CryptoError expected, int chosen)
    {
        CryptoAttributeList offer = default;
        offer.TryAdd(Own(1, CryptoSuite.AesCm128HmacSha1Tag80, 1));
        offer.TryAdd(Own(2, CryptoSuite.AeadAes128Gcm, 2));
        CryptoAttributeList answer = default;
        Assert.Equal(CryptoError.NoLine, CryptoNegotiation.AcceptAnswer(offer, answer, out int found));
        Assert.Equal(-1, found);
        answer.TryAdd(Own(1, suite, 3).WithTag(tag));
        Assert.Equal(expected, CryptoNegotiation.AcceptAnswer(offer, answer, out found));
        Assert.Equal(chosen, found);
        answer.TryAdd(Own(9, suite, 3));
        Assert.Equal(CryptoError.NotOffered, CryptoNegotiation.AcceptAnswer(offer, answer, out _));
    }

    [Fact]
    public void Cleared_HasNoKeyLeft()
    {
        CryptoAttributeList list = default;
        list.TryAdd(Own(1, CryptoSuite.AeadAes256Gcm, 1));
        list.Clear();
        Assert.Equal(0, list.Count);
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<CryptoAttributeList>(in list));
        Assert.False(bytes.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void SharedCases_AreJudgedAsTheySay()
    {
        if (SharedData.TryGetPath("sdp-corpus", "sdes-cases.json") is not { } path)
        {
            return;
        }

        using JsonDocument cases = JsonDocument.Parse(File.ReadAllText(path));
        int seen = 0;
        foreach (JsonElement line in cases.RootElement.GetProperty("lines").EnumerateArray())
        {
            string text = line.GetProperty("line").GetString()!["a=crypto:".Length..];
            bool usable = CryptoAttribute.Parse(Encoding.ASCII.GetBytes(text), out _) == CryptoError.None;
            Assert.Equal(line.GetProperty("valid").GetBoolean(), usable);
            seen++;
        }

        foreach (JsonElement file in cases.RootElement.GetProperty("pjsip_sdes_files").EnumerateArray())
        {
            byte[] body = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, file.GetProperty("file").GetString()!));
            SdpDescription description = new();
            if (description.TryParse(body, 0, body.Length))
            {
                CryptoNegotiation.Read(description.GetMedia(0), out CryptoError error);
                Assert.Equal(file.GetProperty("usable_crypto_line").GetBoolean(), error == CryptoError.None);
            }

            seen++;
        }

        Assert.True(seen > 10);
    }

    // A usable line with bytes changed, dropped or repeated: never an exception, and what is still usable is written and read back the same.
    [Property(MaxTest = 300)]
    public bool DamagedLine_NeverThrows_AndAUsableOneKeepsItsMeaning(int seed)
    {
        Random random = new(seed);
        List<byte> text = [.. Encoding.ASCII.GetBytes("1 AES_CM_128_HMAC_SHA1_80 inline:" + Key30 + "|2^20|1:4 WSH=64")];
        for (int changes = random.Next(4); changes > 0; changes--)
        {
            int at = random.Next(text.Count);
            switch (random.Next(3))
            {
                case 0:
                    text[at] = (byte)random.Next(256);
                    break;
                case 1:
                    text.RemoveAt(at);
                    break;
                default:
                    text.Insert(at, text[random.Next(text.Count)]);
                    break;
            }
        }

        if (CryptoAttribute.Parse(text.ToArray(), out CryptoAttribute attribute) != CryptoError.None)
        {
            return IsBlank(attribute);
        }

        SdpDescription description = SdpText.Parse(Encoding.ASCII.GetBytes(SdpText.Compose(Secure(attribute), _session)));
        CryptoAttributeList read = CryptoNegotiation.Read(description.GetMedia(0), out _);
        return read.Count == 1
            && read[0].HasSameKey(attribute)
            && (read[0].Tag, read[0].LifetimePackets, read[0].WindowPackets) == (attribute.Tag, attribute.LifetimePackets, attribute.WindowPackets);
    }

    private static bool IsBlank(in CryptoAttribute attribute) => attribute.Tag == 0 && attribute.LifetimePackets == 0 && attribute.HasSameKey(default);

    private static CryptoAttribute Own(int tag, CryptoSuite suite, byte seed)
    {
        byte[] key = new byte[CryptoSuites.KeyBytes(suite) + CryptoSuites.SaltBytes(suite)];
        new Random(seed).NextBytes(key);
        return CryptoAttribute.Create(tag, suite, key);
    }

    private static AudioDescription Secure(params ReadOnlySpan<CryptoAttribute> lines)
    {
        AudioDescription audio = new()
        {
            Formats = AudioFormatList.CreateG711(),
            Rtp = _session.Address,
            Direction = MediaDirection.SendRecv,
            Protocol = SdpProtocol.RtpSavp,
        };
        foreach (CryptoAttribute line in lines)
        {
            Assert.True(audio.Crypto.TryAdd(line));
        }

        return audio;
    }
}
