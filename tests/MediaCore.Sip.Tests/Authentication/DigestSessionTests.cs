using System.Text;
using MediaCore.Sip.Authentication;

namespace MediaCore.Sip.Tests.Authentication;

public sealed class DigestSessionTests
{
    private const string Rfc7616Nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    private const string Rfc7616CNonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    /// <summary>RFC 7616 §3.9.1.</summary>
    [Theory]
    [InlineData("MD5", "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void Write_GivesTheRfcsResponse(string algorithm, string response)
    {
        DigestSession session = new("Mufasa", "Circle of Life");
        Take(session, $"Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, nonce=\"{Rfc7616Nonce}\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
        string value = Write(session, "GET", "/dir/index.html", Rfc7616CNonce);
        Assert.Contains($"response=\"{response}\"", value, StringComparison.Ordinal);
        Assert.Contains($"algorithm={algorithm}", value, StringComparison.Ordinal);
        Assert.Contains("nc=00000001", value, StringComparison.Ordinal);
        Assert.Contains("opaque=\"FQhe/", value, StringComparison.Ordinal);
    }

    /// <summary>What the stateless client writes for the same count, the session writes, whatever the algorithm.</summary>
    [Theory]
    [InlineData(", algorithm=SHA-512-256, qop=\"auth\"")]
    [InlineData(", algorithm=SHA-256, qop=\"auth\"")]
    [InlineData(", algorithm=MD5, qop=\"auth\"")]
    [InlineData(", qop=\"auth\"")]
    [InlineData("")]
    public void Write_AgreesWithTheClient_AndCountsTheNonceUp(string parameters)
    {
        string challenge = $"Digest realm=\"carrier\", nonce=\"abc\"{parameters}";
        DigestSession session = new("alice", "secret");
        Take(session, challenge);
        for (uint count = 1; count <= 3; count++)
        {
            Assert.Equal(
                Encoding.UTF8.GetString(DigestVectorTests.Authorize(challenge, "alice", "secret", "REGISTER", "sip:carrier", "c0ffee", count)),
                Write(session, "REGISTER", "sip:carrier", "c0ffee"));
        }
    }

    [Fact]
    public void NonceCount_BeginsAnew_WithANewNonceOnly()
    {
        DigestSession session = new("alice", "secret");
        Take(session, "Digest realm=\"carrier\", nonce=\"one\", qop=\"auth\"");
        Write(session, "BYE", "sip:a", "c");
        Take(session, "Digest realm=\"carrier\", nonce=\"one\", qop=\"auth\"");
        Assert.Contains("nc=00000002", Write(session, "BYE", "sip:a", "c"), StringComparison.Ordinal);
        Take(session, "Digest realm=\"carrier\", nonce=\"two\", qop=\"auth\", stale=true");
        Assert.Contains("nc=00000001", Write(session, "BYE", "sip:a", "c"), StringComparison.Ordinal);
    }

    [Fact]
    public void Realm_OfALaterChallenge_ChangesTheSecret()
    {
        DigestSession session = new("alice", "secret");
        Take(session, "Digest realm=\"one\", nonce=\"n\", qop=\"auth\"");
        Write(session, "BYE", "sip:a", "c");
        const string Second = "Digest realm=\"two\", nonce=\"m\", qop=\"auth\"";
        Take(session, Second);
        Assert.Equal(Encoding.UTF8.GetString(DigestVectorTests.Authorize(Second, "alice", "secret", "BYE", "sip:a", "c")), Write(session, "BYE", "sip:a", "c"));
    }

    [Theory]
    [InlineData("Digest realm=\"a\", nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\"", 3)]
    [InlineData("Digest realm=\"a\", nonce=\"n\", algorithm=SHA-256", 2)]
    [InlineData("Digest realm=\"a\", nonce=\"n\", algorithm=md5", 1)]
    [InlineData("Digest realm=\"a\", nonce=\"n\"", 1)]
    [InlineData("Digest realm=\"a\", nonce=\"n\", algorithm=MD5-sess", 0)]
    [InlineData("Digest realm=\"a\", nonce=\"n\", algorithm=AKAv1-MD5", 0)]
    [InlineData("Digest realm=\"a\", nonce=\"n\", qop=\"auth-int\"", 0)]
    public void Strength_IsThatOfTheAlgorithm_ZeroWhenItCannotBeAnswered(string challenge, int strength)
    {
        Assert.True(DigestChallenge.TryParse(Encoding.UTF8.GetBytes(challenge), out DigestChallenge parsed));
        Assert.Equal(strength, DigestSession.GetStrength(parsed));
        Assert.Equal(strength > 0, new DigestSession("alice", "secret").TryTake(parsed));
    }

    [Fact]
    public void Forget_LeavesNothingToAnswer()
    {
        DigestSession session = new("alice", "secret");
        Assert.False(session.TryWrite(new byte[4096], out _, "BYE"u8, "sip:a"u8, "c"u8));
        Take(session, "Digest realm=\"one\", nonce=\"n\", qop=\"auth\"");
        session.Forget();
        Assert.False(session.HasChallenge);
        Assert.False(session.TryWrite(new byte[4096], out _, "BYE"u8, "sip:a"u8, "c"u8));
    }

    [Fact]
    public void Write_WithoutRoom_OrWithAnUnquotableUri_WritesNothing()
    {
        DigestSession session = new("alice", "secret");
        Take(session, "Digest realm=\"one\", nonce=\"n\", qop=\"auth\"");
        Assert.False(session.TryWrite(new byte[100], out int written, "BYE"u8, "sip:a"u8, "c"u8));
        Assert.False(session.TryWrite(new byte[4096], out written, "BYE"u8, "sip:a\"b"u8, "c"u8));
        Assert.False(session.TryWrite(new byte[4096], out written, "BYE"u8, "sip:a\r\nX: y"u8, "c"u8));
        Assert.Equal(0, written);
    }

    [Fact]
    public void Secrets_AreNotShown() => Assert.Equal("DigestSession", new DigestSession("alice", "secret").ToString());

    [Fact]
    public void Write_OnceKnown_AllocatesNothing()
    {
        DigestSession session = new("alice", "secret");
        Take(session, "Digest realm=\"carrier\", nonce=\"abc\", qop=\"auth\", algorithm=SHA-256");
        byte[] buffer = new byte[DigestSession.MaxValueBytes];
        Assert.True(session.TryWrite(buffer, out _, "INVITE"u8, "sip:+12025550123@carrier.example"u8, "0123456789abcdef"u8));
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isWritten = session.TryWrite(buffer, out _, "INVITE"u8, "sip:+12025550123@carrier.example"u8, "0123456789abcdef"u8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(isWritten);
    }

    private static void Take(DigestSession session, string challenge)
    {
        Assert.True(DigestChallenge.TryParse(Encoding.UTF8.GetBytes(challenge), out DigestChallenge parsed));
        Assert.True(session.TryTake(parsed));
    }

    private static string Write(DigestSession session, string method, string uri, string cnonce)
    {
        byte[] buffer = new byte[DigestSession.MaxValueBytes];
        Assert.True(session.TryWrite(buffer, out int written, Encoding.UTF8.GetBytes(method), Encoding.UTF8.GetBytes(uri), Encoding.UTF8.GetBytes(cnonce)));
        return Encoding.UTF8.GetString(buffer, 0, written);
    }
}
