using System.Text;
using FsCheck.Xunit;
using MediaCore.Sip.Authentication;

namespace MediaCore.Sip.Tests.Authentication;

public class DigestCredentialsTests
{
    private const string Full =
        "Digest username=\"al\\\"ice\", realm=\"sip.example.org\", nonce=\"n,=1\", uri=\"sip:b@x;p=1\", response=\"0f\", " +
        "algorithm=SHA-256, cnonce=\"c\", nc=0000000a, qop=auth, opaque=\"\", userhash=true, future=\"x\"";

    [Fact]
    public void AllParameters_AreRead()
    {
        Assert.True(DigestCredentials.TryParse(Encoding.UTF8.GetBytes(Full), out DigestCredentials c));
        Assert.Equal("al\\\"ice", Encoding.UTF8.GetString(c.Username));
        Assert.Equal("sip.example.org", Encoding.UTF8.GetString(c.Realm));
        Assert.Equal("n,=1", Encoding.UTF8.GetString(c.Nonce));
        Assert.Equal("sip:b@x;p=1", Encoding.UTF8.GetString(c.Uri));
        Assert.Equal("0f", Encoding.UTF8.GetString(c.Response));
        Assert.Equal("c", Encoding.UTF8.GetString(c.CNonce));
        Assert.Equal(10u, c.NonceCount);
        Assert.Equal("0000000a", Encoding.UTF8.GetString(c.NonceCountText));
        Assert.Equal(DigestQop.Auth, c.Qop);
        Assert.Equal(DigestAlgorithm.Sha256, c.Algorithm);
        Assert.True(c.IsAlgorithmKnown);
        Assert.True(c.Userhash);
        Assert.True(c.Opaque.IsEmpty);
    }

    [Theory]
    [InlineData("dIgEsT\tUSERNAME = \"u\" ,, realm=\"r\",nonce=n , uri=sip:x,\r\n response=\"a\",", true)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\",algorithm=\"MD5\",qop=\"auth\",nc=\"00000001\",cnonce=\"c\"", true)]
    [InlineData("", false)]
    [InlineData("Digest", false)]
    [InlineData("Digest ", false)]
    [InlineData("Basic username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\"", false)]
    [InlineData("Digestusername=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\"", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\"", false)]
    [InlineData("Digest username=\"u\",username=\"v\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\"", false)]
    [InlineData("Digest username=\"u\" realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\"", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\\", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\\\"", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\"x", false)]
    [InlineData("Digest username=\"u\0\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\"", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\",nc=1", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\",nc=0000000g", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\",nc=-0000001", false)]
    [InlineData("Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\",=x", false)]
    public void Forms(string value, bool wellFormed) =>
        Assert.Equal(wellFormed, DigestCredentials.TryParse(Encoding.UTF8.GetBytes(value), out _));

    // AC-05: a value cut anywhere is read to its end and no further; the array ends exactly there, so an over-read would throw.
    [Fact]
    public void Truncated_Anywhere_NeverOverreads()
    {
        byte[] full = Encoding.UTF8.GetBytes(Full);
        int responseEnd = Full.IndexOf("\"0f\"", StringComparison.Ordinal) + 4;
        for (int length = 0; length <= full.Length; length++)
        {
            bool parsed = DigestCredentials.TryParse(full.AsSpan(0, length).ToArray(), out _);
            Assert.True(!parsed || length >= responseEnd, $"Taken at {length}.");
        }
    }

    [Fact]
    public void TooLongOrTooMany_IsRefused()
    {
        string basis = "Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\",response=\"a\"";
        Assert.False(Parse(basis + ",x=\"" + new string('x', DigestLimits.MaxValueBytes) + "\""));
        Assert.False(Parse(basis.Replace("nonce=\"n\"", $"nonce=\"{new string('n', DigestLimits.MaxNonceBytes + 1)}\"")));
        Assert.False(Parse(basis.Replace("uri=\"u\"", $"uri=\"{new string('u', DigestLimits.MaxUriBytes + 1)}\"")));
        Assert.False(Parse(basis.Replace("username=\"u\"", $"username=\"{new string('u', DigestLimits.MaxNameBytes + 1)}\"")));
        Assert.True(Parse(basis + string.Concat(Enumerable.Range(0, DigestLimits.MaxParameters - 5).Select(i => $",x{i}=1"))));
        Assert.False(Parse(basis + string.Concat(Enumerable.Range(0, DigestLimits.MaxParameters - 4).Select(i => $",x{i}=1"))));
        Assert.True(Parse(basis + ",a-parameter-name-longer-than-any-we-know=1"));

        static bool Parse(string value) => DigestCredentials.TryParse(Encoding.UTF8.GetBytes(value), out _);
    }

    [Property]
    public void AnyBytes_NeverThrow(byte[] bytes)
    {
        byte[] started = [.. "Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"u\","u8, .. bytes];
        Assert.True(!DigestCredentials.TryParse(started, out DigestCredentials credentials) || credentials.Username.SequenceEqual("u"u8));
        Assert.False(DigestCredentials.TryParse(bytes, out _));
        Assert.False(DigestChallenge.TryParse([.. "Digest "u8, .. bytes], out _));
    }

    /// <summary>One byte of a good value changed to any other: no exception, whatever the verdict.</summary>
    [Fact]
    public void EveryByteReplaced_NeverThrows()
    {
        byte[] full = Encoding.UTF8.GetBytes(Full);
        int taken = 0;
        for (int at = 0; at < full.Length; at++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] changed = [.. full];
                changed[at] = (byte)value;
                taken += DigestCredentials.TryParse(changed, out _) ? 1 : 0;
            }
        }

        Assert.InRange(taken, full.Length, (full.Length * 256) - 1);
    }
}
