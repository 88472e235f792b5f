using System.Text;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;

namespace MediaCore.Sip.Tests.Authentication;

public class DigestAuthenticatorTests
{
    private const string Realm = "sip.example.org";
    private const string Uri = "sip:sip.example.org";
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);
    private readonly DigestAuthenticator _authenticator = new(Realm, Key, Lifetime);
    private readonly DigestSecret _alice = DigestSecret.Create("alice", Realm, "s3cr3t:pw");
    private readonly Timestamp _now = Timestamp.FromMilliseconds(1_000);

    [Theory]
    [InlineData(DigestAlgorithm.Md5, "MD5")]
    [InlineData(DigestAlgorithm.Sha256, "SHA-256")]
    [InlineData(DigestAlgorithm.Sha512256, "SHA-512-256")]
    public void Challenge_HasTheAgreedForm_AndItsAnswerIsAccepted(DigestAlgorithm algorithm, string name)
    {
        string challenge = Challenge(algorithm);
        Assert.Matches($"^Digest realm=\"sip\\.example\\.org\", nonce=\"[0-9a-f]{{64}}\", algorithm={name}, qop=\"auth\"$", challenge);
        Assert.EndsWith(", stale=true", Challenge(algorithm, stale: true), StringComparison.Ordinal);
        Assert.NotEqual(challenge, Challenge(algorithm));
        Assert.Equal(DigestVerdict.Accepted, Verify(Answer(challenge)));
    }

    // An account older than the algorithm's column: to its peer it looks like any wrong password.
    [Fact]
    public void Secret_WithoutTheAlgorithm_IsAWrongPassword()
    {
        byte[] answer = Answer(Challenge(DigestAlgorithm.Sha512256));
        Assert.True(DigestCredentials.TryParse(answer, out DigestCredentials credentials));
        DigestSecret old = _alice with { Sha512256Ha1Hex = [] };
        Assert.Equal(DigestVerdict.WrongResponse, _authenticator.Verify(credentials, "REGISTER"u8, "sip:sip.example.org"u8, default, old, _now));
        Assert.Equal(DigestVerdict.Accepted, _authenticator.Verify(credentials, "REGISTER"u8, "sip:sip.example.org"u8, default, _alice, _now));
    }

    [Fact]
    public void Challenge_FitsItsStatedBound()
    {
        DigestAuthenticator longest = new(new string('r', DigestLimits.MaxNameBytes), Key, Lifetime);
        byte[] buffer = new byte[longest.MaxChallengeBytes];
        Assert.InRange(longest.WriteChallenge(buffer, DigestAlgorithm.Sha256, _now, stale: true), 1, buffer.Length);
        Assert.Throws<ArgumentException>(() => longest.WriteChallenge(new byte[buffer.Length - 1], DigestAlgorithm.Md5, _now, stale: false));
    }

    [Fact]
    public void WrongPassword_AndUnknownUser_LookAlike()
    {
        Assert.Equal(DigestVerdict.WrongResponse, Verify(Answer(Challenge(), password: "wrong")));
        byte[] right = Answer(Challenge());
        Assert.True(DigestCredentials.TryParse(right, out DigestCredentials credentials));
        Assert.Equal(DigestVerdict.WrongResponse, _authenticator.Verify(credentials, "REGISTER"u8, "sip:sip.example.org"u8, default, null, _now));

        DigestSecret withoutMd5 = _alice with { Md5Ha1Hex = [] };
        Assert.Equal(DigestVerdict.WrongResponse, _authenticator.Verify(credentials, "REGISTER"u8, "sip:sip.example.org"u8, default, withoutMd5, _now));
    }

    [Fact]
    public void WrongPassword_WithOldNonce_DoesNotLearnThatItIsOld()
    {
        string challenge = Challenge();
        Timestamp late = _now + TimeSpan.FromMinutes(5);
        Assert.Equal(DigestVerdict.WrongResponse, Verify(Answer(challenge, password: "wrong"), now: late));
        Assert.Equal(DigestVerdict.StaleNonce, Verify(Answer(challenge), now: late));
    }

    [Fact]
    public void Nonce_IsGoodToTheLastTickOfItsLifetime()
    {
        string challenge = Challenge();
        Timestamp end = _now + Lifetime;
        Assert.Equal(DigestVerdict.Accepted, Verify(Answer(challenge), now: end));
        Assert.Equal(DigestVerdict.StaleNonce, Verify(Answer(challenge, count: 2), now: end + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Nonce_OfAnotherKeyRealmOrTime_IsUnknown()
    {
        byte[] otherKey = [.. Key.Reverse()];
        Assert.Equal(DigestVerdict.UnknownNonce, Verify(Answer(Challenge(new DigestAuthenticator(Realm, otherKey, Lifetime)))));
        string foreign = Challenge(new DigestAuthenticator("other", Key, Lifetime)).Replace("\"other\"", $"\"{Realm}\"");
        Assert.Equal(DigestVerdict.UnknownNonce, Verify(Answer(foreign)));
        Assert.Equal(DigestVerdict.UnknownNonce, Verify(Answer(Challenge()), now: Timestamp.Zero));
        Assert.Equal(DigestVerdict.UnknownNonce, Verify(Answer($"Digest realm=\"{Realm}\", nonce=\"abc\", qop=\"auth\"")));
    }

    [Fact]
    public void Nonce_WithAnyDigitChanged_IsUnknown()
    {
        string challenge = Challenge();
        int start = challenge.IndexOf("nonce=\"", StringComparison.Ordinal) + 7;
        for (int i = 0; i < 64; i++)
        {
            char[] changed = challenge.ToCharArray();
            changed[start + i] = changed[start + i] == '0' ? '1' : '0';
            Assert.Equal(DigestVerdict.UnknownNonce, Verify(Answer(new string(changed))));
        }
    }

    [Fact]
    public void NonceCount_EachIsGoodOnce_WithinTheWindow()
    {
        string challenge = Challenge();
        (uint Count, DigestVerdict Verdict)[] steps =
        [
            (1, DigestVerdict.Accepted), (1, DigestVerdict.Replayed), (3, DigestVerdict.Accepted), (2, DigestVerdict.Accepted),
            (2, DigestVerdict.Replayed), (3, DigestVerdict.Replayed), (70, DigestVerdict.Accepted), (7, DigestVerdict.Accepted),
            (7, DigestVerdict.Replayed), (6, DigestVerdict.Replayed), (0xFFFFFFFF, DigestVerdict.Accepted), (70, DigestVerdict.Replayed),
            (0, DigestVerdict.Malformed),
        ];
        foreach ((uint count, DigestVerdict verdict) in steps)
        {
            Assert.Equal((count, verdict), (count, Verify(Answer(challenge, count: count))));
        }
    }

    [Fact]
    public void NonceCount_UsedAgainByTheSameRequest_IsRepeated_AndOnlyTheLast()
    {
        string challenge = Challenge();
        (uint Count, uint Mark, DigestVerdict Verdict)[] steps =
        [
            (1, 7, DigestVerdict.Accepted), (1, 7, DigestVerdict.Repeated), (1, 9, DigestVerdict.Replayed), (1, 0, DigestVerdict.Replayed), (2, 9, DigestVerdict.Accepted),
            (1, 7, DigestVerdict.Replayed), (2, 9, DigestVerdict.Repeated), (3, 0, DigestVerdict.Accepted), (3, 0, DigestVerdict.Replayed),
        ];
        foreach ((uint count, uint mark, DigestVerdict verdict) in steps)
        {
            Assert.Equal((count, mark, verdict), (count, mark, Verify(Answer(challenge, count: count), mark: mark)));
        }
    }

    [Fact]
    public void Table_Full_ForgetsTheOldest_WhichBecomesStale_NeverNewAgain()
    {
        const int Tracked = 32;
        DigestAuthenticator small = new(Realm, Key, Lifetime, Tracked);
        List<string> challenges = [];
        for (int i = 0; i < Tracked * 8; i++)
        {
            string challenge = Challenge(small, at: _now + TimeSpan.FromMilliseconds(i));
            challenges.Add(challenge);
            Assert.Equal(DigestVerdict.Accepted, Verify(Answer(challenge), authenticator: small, now: _now + TimeSpan.FromMilliseconds(i)));
        }

        Timestamp later = _now + TimeSpan.FromSeconds(10);
        DigestVerdict[] again = [.. challenges.Select(challenge => Verify(Answer(challenge), authenticator: small, now: later))];
        Assert.DoesNotContain(DigestVerdict.Accepted, again);
        Assert.InRange(again.Count(v => v == DigestVerdict.Replayed), 1, Tracked);
        Assert.Equal(DigestVerdict.StaleNonce, again[0]);
    }

    [Fact]
    public void SameCount_FromManyThreads_IsAcceptedOnce()
    {
        byte[] answer = Answer(Challenge());
        int accepted = 0;
        Parallel.For(0, 64, _ =>
        {
            if (Verify(answer) == DigestVerdict.Accepted)
            {
                Interlocked.Increment(ref accepted);
            }
        });
        Assert.Equal(1, accepted);
    }

    [Theory]
    [InlineData("realm=\"sip.example.org\"", "realm=\"other\"", DigestVerdict.WrongRealm)]
    [InlineData("algorithm=MD5", "algorithm=MD5-sess", DigestVerdict.UnsupportedAlgorithm)]
    [InlineData("algorithm=MD5", "algorithm=SHA-512", DigestVerdict.UnsupportedAlgorithm)]
    [InlineData("algorithm=MD5", "algorithm=SHA-512-256", DigestVerdict.WrongResponse)]
    [InlineData("algorithm=MD5", "algorithm=SHA-256", DigestVerdict.WrongResponse)]
    [InlineData("qop=auth, nc", "nc", DigestVerdict.UnsupportedQop)]
    [InlineData("qop=auth", "qop=auth-conf", DigestVerdict.UnsupportedQop)]
    [InlineData("qop=auth", "qop=auth-int", DigestVerdict.WrongResponse)]
    [InlineData("nc=00000001, ", "", DigestVerdict.Malformed)]
    [InlineData("cnonce=\"c0ffee\"", "cnonce=\"\"", DigestVerdict.Malformed)]
    [InlineData("username=\"alice\"", "username=\"\"", DigestVerdict.Malformed)]
    [InlineData("nc=00000001", "nc=00000002", DigestVerdict.WrongResponse)]
    [InlineData("cnonce=\"c0ffee\"", "cnonce=\"coffee\"", DigestVerdict.WrongResponse)]
    [InlineData("uri=\"sip:sip.example.org\"", "uri=\"sip:sip.example.com\"", DigestVerdict.UriMismatch)]
    [InlineData("uri=\"sip:sip.example.org\"", "uri=\"sip:sip.example.org:5060\"", DigestVerdict.WrongResponse)]
    public void Changed(string part, string replacement, DigestVerdict verdict)
    {
        string answer = Encoding.UTF8.GetString(Answer(Challenge()));
        Assert.Contains(part, answer, StringComparison.Ordinal);
        Assert.Equal(verdict, Verify(Encoding.UTF8.GetBytes(answer.Replace(part, replacement))));
    }

    [Fact]
    public void AuthInt_OfThePeersOwnChoice_ProtectsTheBody()
    {
        string answer = Encoding.UTF8.GetString(Answer(Challenge())).Replace("qop=auth", "qop=auth-int");
        Assert.True(DigestCredentials.TryParse(Encoding.UTF8.GetBytes(answer), out DigestCredentials draft));
        answer = answer.Replace(Encoding.UTF8.GetString(draft.Response), DigestVectorTests.Respond(_alice, draft, "REGISTER", "v=0"));
        Assert.True(DigestCredentials.TryParse(Encoding.UTF8.GetBytes(answer), out DigestCredentials credentials));
        Assert.Equal(DigestVerdict.WrongResponse, _authenticator.Verify(credentials, "REGISTER"u8, "sip:sip.example.org"u8, "v=1"u8, _alice, _now));
        Assert.Equal(DigestVerdict.Accepted, _authenticator.Verify(credentials, "REGISTER"u8, "sip:sip.example.org"u8, "v=0"u8, _alice, _now));
    }

    [Fact]
    public void OtherMethod_IsWrong()
    {
        Assert.True(DigestCredentials.TryParse(Answer(Challenge()), out DigestCredentials credentials));
        Assert.Equal(DigestVerdict.WrongResponse, _authenticator.Verify(credentials, "INVITE"u8, "sip:sip.example.org"u8, default, _alice, _now));
    }

    [Theory]
    [InlineData("sip:sip.example.org", "sip:SIP.Example.org;transport=udp", true)]
    [InlineData("sip:sip.example.org:5060", "sip:sip.example.org", true)]
    [InlineData("sips:h:5061", "sips:h", true)]
    [InlineData("sip:h:5070", "sip:h", false)]
    [InlineData("sip:h", "sips:h", false)]
    [InlineData("sip:a@h", "sip:A@h", false)]
    [InlineData("sip:a;x=1@h", "sip:a@h", false)]
    [InlineData("sip:[2001:db8::1]:5060", "sip:[2001:DB8::1]", true)]
    [InlineData("sip:[2001:db8::1]", "sip:[2001:db8::2]", false)]
    [InlineData("tel:+12025550100", "tel:+12025550100", true)]
    [InlineData("tel:+12025550100", "tel:+12025550101", false)]
    [InlineData("sip:", "sip:;x", false)]
    [InlineData("", "sip:h", false)]
    public void Uri_MeansSame(string left, string right, bool same)
    {
        Assert.Equal(same, DigestUri.MeansSame(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right)));
        Assert.Equal(same, DigestUri.MeansSame(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(left)));
    }

    [Fact]
    public void Verify_OfKnownNonces_AllocatesNothing()
    {
        string challenge = Challenge();

        // Enough for every round that the measurement may need.
        byte[][] answers = [.. Enumerable.Range(1, 5200).Select(count => Answer(challenge, count: (uint)count))];
        int next = 0;
        AllocationProbe.AssertZero(() =>
        {
            if (!DigestCredentials.TryParse(answers[next++], out DigestCredentials credentials)
                || _authenticator.Verify(credentials, "REGISTER"u8, "sip:sip.example.org"u8, default, _alice, _now) != DigestVerdict.Accepted)
            {
                throw new InvalidOperationException("Refused.");
            }
        });
        Assert.InRange(next, 1200, answers.Length);
    }

    [Fact]
    public void Verdict_DefaultsToARefusal() => Assert.Equal(DigestVerdict.NoCredentials, default(DigestVerdict));

    [Fact]
    public void Misuse_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new DigestAuthenticator("a\"b", Key, Lifetime));
        Assert.Throws<ArgumentException>(() => new DigestAuthenticator("", Key, Lifetime));
        Assert.Throws<ArgumentException>(() => new DigestAuthenticator(Realm, Key.AsSpan(0, 8), Lifetime));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DigestAuthenticator(Realm, Key, TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => DigestSecret.Create("a:b", Realm, "x"));
        Assert.DoesNotContain(Encoding.UTF8.GetString(_alice.Md5Ha1Hex), _alice.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"")]
    [InlineData("Digest realm=\"r\", nonce=\"n\", algorithm=AKAv1-MD5")]
    [InlineData("Digest realm=\"r\", realm=\"s\", nonce=\"n\"")]
    [InlineData("Digest realm=\"r\"")]
    [InlineData("Digest realm=\"r\", nonce=\"n")]
    [InlineData("Basic realm=\"r\"")]
    public void Client_CannotAnswer(string challenge) =>
        Assert.False(DigestClient.TryWriteAuthorization(
            new byte[2048], out _, Encoding.UTF8.GetBytes(challenge), "u", "p", "REGISTER"u8, "sip:r"u8, 1, "c"u8));

    [Fact]
    public void Client_TooShortDestination_IsRefused_NotOverrun()
    {
        byte[] challenge = Encoding.UTF8.GetBytes(Challenge());
        for (int length = 0; length < 500; length++)
        {
            if (DigestClient.TryWriteAuthorization(new byte[length], out int written, challenge, "u", "p", "REGISTER"u8, "sip:r"u8, 1, "c"u8))
            {
                Assert.InRange(written, 200, length);
                return;
            }
        }

        Assert.Fail("500 bytes were not enough.");
    }

    private static byte[] Answer(string challenge, string password = "s3cr3t:pw", uint count = 1) =>
        DigestVectorTests.Authorize(challenge, "alice", password, "REGISTER", Uri, "c0ffee", count);

    private string Challenge(DigestAlgorithm algorithm, bool stale = false) => Challenge(_authenticator, algorithm, stale);

    private string Challenge(
        DigestAuthenticator? authenticator = null, DigestAlgorithm algorithm = DigestAlgorithm.Md5, bool stale = false, Timestamp? at = null)
    {
        authenticator ??= _authenticator;
        byte[] buffer = new byte[authenticator.MaxChallengeBytes];
        return Encoding.UTF8.GetString(buffer, 0, authenticator.WriteChallenge(buffer, algorithm, at ?? _now, stale));
    }

    private DigestVerdict Verify(byte[] answer, Timestamp? now = null, DigestAuthenticator? authenticator = null, uint mark = 0)
    {
        Assert.True(DigestCredentials.TryParse(answer, out DigestCredentials credentials));
        return (authenticator ?? _authenticator).Verify(credentials, "REGISTER"u8, Encoding.UTF8.GetBytes(Uri), default, _alice, now ?? _now, default, mark);
    }
}
