using MediaCore.Engine.Registrar;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Registrar;

/// <summary>AC-28 and AC-29: who guesses is not listened to any more, and cannot keep others from being listened to.</summary>
public sealed class PasswordGuessingTests : RegistrarTest
{
    private readonly Peer _attacker;

    public PasswordGuessingTests() => _attacker = World.AddPeer("mallory", "198.51.100.66");

    [Fact]
    public void Guessing_EndsAfterTheLimit_EvenForTheRightPassword_AndBeginsAnewAfterTheWindow()
    {
        Guess(_attacker, "bob", AuthenticationLimits.MaxFailuresPerAccountAndSource);
        Assert.Equal(403, Try(_attacker, "bob", "secret").Status);
        Assert.Equal(1, World.Statistics.AuthenticationsBlocked);

        // A phone of his elsewhere is served.
        Assert.Equal(200, Register(Bob).Status);
        World.Advance(AuthenticationLimits.Window + TimeSpan.FromSeconds(1));
        World.MayPassAddresses = true;
        Assert.Equal(200, Try(_attacker, "bob", "secret").Status);
    }

    [Fact]
    public void Guessing_AtNamesThatAreNone_LooksTheSame()
    {
        SipText[] atBob = Guess(_attacker, "bob", AuthenticationLimits.MaxFailuresPerAccountAndSource + 2);
        SipText[] atNobody = Guess(_attacker, "nobody", AuthenticationLimits.MaxFailuresPerAccountAndSource + 2);
        Assert.Equal(atBob.Select(static a => a.Shape), atNobody.Select(static a => a.Shape));
        Assert.Equal(4, World.Statistics.AuthenticationsBlocked);
    }

    // The same work for each: one response computed over the same bytes, so neither the answer nor its time says whether the name is one (AC-28).
    [Theory]
    [InlineData("bob", "guess")]
    [InlineData("bot", "guess")]
    [InlineData("bob", "hidden")]
    public void Credentials_ThatAreWrong_CostOneComputation_WhetherTheNameExistsOrNot(string user, string password)
    {
        string challenge = Challenge(_attacker);
        long before = World.Authenticator.Computed;
        Assert.Equal(403, Send(_attacker, Authorize(challenge, user, password), user: user).Status);
        Assert.Equal(1, World.Authenticator.Computed - before);
    }

    // A stranger's request without credentials, or over a nonce that is none of ours, costs no computation at all.
    [Fact]
    public void Credentials_OverAForgedNonce_CostNothing()
    {
        string challenge = Challenge(_attacker);
        int nonce = challenge.IndexOf("nonce=\"", StringComparison.Ordinal) + 7;
        char digit = challenge[nonce] == '0' ? '1' : '0';
        long before = World.Authenticator.Computed;
        Assert.Equal(401, Send(_attacker, Authorize(challenge[..nonce] + digit + challenge[(nonce + 1)..])).Status);
        Assert.Equal(before, World.Authenticator.Computed);
    }

    [Fact]
    public void Guessing_OneAfterAnother_EndsTheSource_ButNotItsNeighbours()
    {
        for (int i = 0; i < AuthenticationLimits.MaxFailuresPerSource; i++)
        {
            Assert.Equal(403, Try(_attacker, "user" + i, "guess").Status);
        }

        Assert.Equal(0, World.Statistics.AuthenticationsBlocked);
        Try(_attacker, "bob", "guess");
        Assert.Equal(1, World.Statistics.AuthenticationsBlocked);
        Assert.Equal(200, Register(Bob).Status);
    }

    [Fact]
    public void Guessing_FromEverywhere_LeavesTheAccountToItsKnownAddresses()
    {
        Register(Bob);
        World.Advance(TimeSpan.FromDays(1));
        for (int i = 0; i < AuthenticationLimits.MaxFailuresPerAccount / 10; i++)
        {
            Guess(World.AddPeer("mallory", $"198.18.0.{i + 100}"), "bob", 10);
        }

        Assert.Equal(403, Try(_attacker, "bob", "secret").Status);
        Assert.Equal(200, Register(Bob).Status);
    }

    [Fact]
    public void Failures_OverANonceOfAnotherAddress_DoNotCount_SoNobodyIsLockedOutBySpoofing()
    {
        string stolen = Challenge(_attacker);
        for (int i = 0; i < 2 * AuthenticationLimits.MaxFailuresFromKnownAddress; i++)
        {
            // As if from Bob's address, with a nonce that the attacker was given at his own.
            Assert.Equal(401, Send(Bob, Authorize(stolen, password: "guess")).Status);
        }

        Assert.Equal(0, World.Statistics.AuthenticationFailures);
        Assert.Equal(200, Register(Bob).Status);
    }

    [Fact]
    public void Nonce_OfAnotherAddress_IsNoGood_EvenWithTheRightPassword()
    {
        string heard = Challenge(Bob);
        Assert.Equal(401, Send(_attacker, Authorize(heard)).Status);
        Assert.Equal(200, Send(Bob, Authorize(heard)).Status);
    }

    private SipText[] Guess(Peer peer, string user, int times) => [.. Enumerable.Range(0, times).Select(i => Try(peer, user, "guess" + i))];

    private SipText Try(Peer peer, string user, string password) =>
        Send(peer, Authorize(Challenge(peer), user, password), user: user, contact: $"<sip:c-{peer.Name}@{peer.Host}>", callId: "same-" + peer.Name, cseq: 1);
}
