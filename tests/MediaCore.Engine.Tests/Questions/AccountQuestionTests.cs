using MediaCore.Engine.Policies;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Tests.Registrar;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Sip.Authentication;

namespace MediaCore.Engine.Tests.Questions;

/// <summary>Accounts that a control plane knows: "7001" is one, bob of <see cref="RegistrarTest"/> is the server's own.</summary>
public sealed class AccountQuestionTests : RegistrarTest
{
    private static readonly AccountDecision s_known = new(DigestSecret.Create("7001", "mediacore", "open"));

    public AccountQuestionTests() => World.Plane = new SimulatedControlPlane(World);

    private SimulatedControlPlane Plane => World.Plane!;

    [Fact]
    public void REGISTER_OfAnUnknownName_IsChallengedFirst_ThenAskedFor_AndAnsweredWithTheAnswer()
    {
        string challenge = Send(Carol, null, user: "7001")["WWW-Authenticate"];
        Assert.Empty(Plane.Questions);
        string request = Post(Carol, challenge);
        Assert.Equal(new AccountQuestion("7001", "mediacore", "udp:203.0.113.102:5070", "REGISTER"), Assert.Single(Plane.Questions).Question);
        Carol.TakeNothing();
        World.Advance(0.5);
        Carol.Send(request);
        Carol.TakeNothing();
        Plane.Last.Answer(s_known);
        Carol.Take("200 REGISTER");
        Carol.TakeNothing();

        // From now on it is known.
        Carol.Send(request);
        Carol.Take("200 REGISTER");
        Post(Carol, challenge, nonceCount: 2);
        Carol.Take("200 REGISTER");
        Assert.Single(Plane.Questions);
    }

    [Fact]
    public void Name_ThatIsRefused_IsAnsweredAsAWrongPassword_AndNotAskedForAgainForAWhile()
    {
        string challenge = Send(Carol, null, user: "7001")["WWW-Authenticate"];
        Post(Carol, challenge);
        Plane.Last.Answer(new AccountDecision(null));
        SipText refused = Carol.Take("403 REGISTER");
        SipText wrong = Send(Bob, Authorize(Challenge(), password: "wrong"));
        Assert.Equal((wrong.Kind, wrong.Has("Retry-After"), wrong.Has("Warning")), (refused.Kind, refused.Has("Retry-After"), refused.Has("Warning")));
        Post(Carol, challenge, nonceCount: 2);
        Carol.Take("403 REGISTER");
        Assert.Single(Plane.Questions);
        World.Advance(31);
        Post(Carol, challenge, nonceCount: 3);
        Assert.Equal(2, Plane.Questions.Count);
        Plane.Last.Answer(s_known);
        Carol.Take("200 REGISTER");
    }

    [Fact]
    public void WrongPassword_IsRefused_AndAskedForAgainOnlyWhenTheAnswerIsOld()
    {
        string challenge = Send(Carol, null, user: "7001")["WWW-Authenticate"];
        Post(Carol, challenge, "wrong");
        Plane.Last.Answer(s_known);
        Carol.Take("403 REGISTER");
        Post(Carol, challenge, "wrong", nonceCount: 2);
        Carol.Take("403 REGISTER");
        Assert.Single(Plane.Questions);

        // The password has been changed at the control plane, and it is the phone that knows the new one.
        World.Advance(QuestionLimits.TrustedFor + TimeSpan.FromSeconds(1));
        Post(Carol, challenge, "changed", nonceCount: 3);
        Assert.Equal(2, Plane.Questions.Count);
        Plane.Last.Answer(new AccountDecision(DigestSecret.Create("7001", "mediacore", "changed")));
        Carol.Take("200 REGISTER");
    }

    [Fact]
    public void NoAnswer_Is503_AtTheDeadline_AndIsNotRemembered()
    {
        string challenge = Send(Carol, null, user: "7001")["WWW-Authenticate"];
        Post(Carol, challenge);
        World.Advance(1.9);
        Carol.TakeNothing();
        World.Advance(0.2);
        Assert.True(Carol.Take("503 REGISTER").Has("Retry-After"));
        Post(Carol, challenge, nonceCount: 2);
        Assert.Equal(2, Plane.Questions.Count);

        // What comes late is remembered all the same, and stands for who waits still.
        Plane.Questions[0].Answer(s_known);
        Plane.Last.Answer(null);
        Carol.Take("200 REGISTER");
        Post(Carol, challenge, nonceCount: 3);
        Carol.Take("200 REGISTER");
        Assert.Equal((2, 1), (World.Statistics.AnswerDefaults, World.Statistics.LateAnswers));
    }

    [Fact]
    public void NoAnswer_AboutARememberedName_LeavesWhatIsRemembered_AndCountsGuesses()
    {
        string challenge = Send(Carol, null, user: "7001")["WWW-Authenticate"];
        Post(Carol, challenge);
        Plane.Last.Answer(s_known);
        Carol.Take("200 REGISTER");
        World.Advance(QuestionLimits.TrustedFor + TimeSpan.FromSeconds(1));
        long before = World.Statistics.AuthenticationFailures;
        Post(Carol, challenge, "guess", nonceCount: 2);
        Assert.Equal(2, Plane.Questions.Count);
        Plane.Last.Answer(null);
        Carol.Take("403 REGISTER");
        Assert.Equal(before + 1, World.Statistics.AuthenticationFailures);
        Post(Carol, challenge, nonceCount: 3);
        Carol.Take("200 REGISTER");
    }

    [Fact]
    public void RequestsOfOneName_WaitTogether_ForOneQuestion()
    {
        string first = Send(Carol, null, user: "7001")["WWW-Authenticate"];
        string second = Send(Dave, null, user: "7001")["WWW-Authenticate"];
        World.MayPassAddresses = true;
        Post(Carol, first);
        Post(Dave, second);
        Assert.Single(Plane.Questions);
        Plane.Last.Answer(s_known);
        Carol.Take("200 REGISTER");
        Dave.Take("200 REGISTER");
    }

    [Fact]
    public void RequestsThatWait_AreBounded_BeyondIs503()
    {
        string challenge = Send(Carol, null, user: "7001")["WWW-Authenticate"];
        for (uint i = 1; i <= QuestionLimits.MaxParkedPerAccount; i++)
        {
            Post(Carol, challenge, nonceCount: i);
        }

        Carol.TakeNothing();
        Post(Carol, challenge, nonceCount: 100);
        Carol.Take("503 REGISTER");
        for (int i = QuestionLimits.MaxParkedPerAccount; i < QuestionLimits.MaxParkedRequests; i++)
        {
            Post(Carol, challenge, name: $"u{i}");
        }

        Carol.TakeNothing();
        Post(Carol, challenge, name: "onemore");
        Carol.Take("503 REGISTER");
        World.Advance(2.1);
        Assert.Equal(QuestionLimits.MaxParkedRequests, Carol.TakeAll().Count(static kind => kind == "503 REGISTER"));
    }

    [Fact]
    public void OwnAccounts_AndCredentialsWithoutAChallengeOfOurs_AreNotAskedFor()
    {
        Register(Bob);
        string foreign = "Digest realm=\"mediacore\", nonce=\"0123456789abcdef0123456789abcdef\", algorithm=MD5, qop=\"auth\"";
        Post(Carol, foreign);
        Carol.Take("401 REGISTER");
        Post(Carol, Challenge());
        Assert.Equal("401 REGISTER", Carol.TakeAny()?.Kind);
        Assert.Empty(Plane.Questions);
    }

    [Fact]
    public void INVITE_OfAnUnknownName_IsAskedFor_AndRouted()
    {
        World.Policy.Admission = CallerAdmission.Challenge;
        string challenge = Invite(Carol, "7001", null)["WWW-Authenticate"];
        Carol.Send(InviteText(challenge));
        Assert.Equal("INVITE", Assert.IsType<AccountQuestion>(Assert.Single(Plane.Questions).Question).Method);
        Carol.TakeNothing();
        Plane.Last.Answer(s_known);
        Carol.Take("100 INVITE");
        SipText invite = Bob.Take("INVITE");
        Bob.Respond(invite, 486, "t-bob");
        Bob.Take("ACK");
        Assert.Equal("486 INVITE", Carol.TakeAny()?.Kind);
        Assert.Equal("7001", World.Record.Account);
        World.Advance(40);
    }

    [Fact]
    public void CANCEL_OfAnINVITEThatWaits_EndsIt()
    {
        World.Policy.Admission = CallerAdmission.Challenge;
        string challenge = Invite(Carol, "7001", null)["WWW-Authenticate"];
        string invite = InviteText(challenge);
        Carol.Send(invite);
        Carol.Send(string.Join("\r\n", invite.Split("\r\n").Where(static line => !line.StartsWith("Authorization", StringComparison.Ordinal) && !line.StartsWith("Content-", StringComparison.Ordinal)).TakeWhile(static line => line.Length > 0))
            .Replace("INVITE", "CANCEL", StringComparison.Ordinal) + "\r\nContent-Length: 0\r\n\r\n");
        Carol.Take("200 CANCEL");
        Carol.Take("487 INVITE");
        Assert.True(Plane.Last.IsAbandoned);
        Plane.Last.Answer(s_known);
        Carol.TakeNothing();
        Bob.TakeNothing();
    }

    [Fact]
    public void Cache_ForgetsTheOldest_AtItsBound()
    {
        var cache = new AccountCache(16);
        MediaCore.Primitives.Timestamp now = World.Now;
        for (int i = 0; i < 1000; i++)
        {
            cache.Set($"u{i}", null, now + TimeSpan.FromMilliseconds(i), TimeSpan.FromHours(1));
            cache.Set("again", null, now + TimeSpan.FromMilliseconds(i), TimeSpan.FromHours(1));
        }

        int known = Enumerable.Range(0, 1000).Count(i => cache.TryGet(System.Text.Encoding.UTF8.GetBytes($"u{i}"), now, out _, out _));
        Assert.InRange(known, 1, 16);
        Assert.False(cache.TryGet("u0"u8, now, out _, out _));
    }

    private string Post(Peer peer, string challenge, string password = "open", uint nonceCount = 1, string name = "7001")
    {
        string address = $"<sip:{name}@192.0.2.1>";
        string request = peer.Request("REGISTER", Uri, $"{address};tag={peer.NextId("tag")}", address, peer.NextId("reg"), 7, peer.NextBranch(), Authorize(challenge, name, password, nonceCount));
        peer.Send(request);
        return request;
    }

    private string InviteText(string challenge) => Carol.Request(
        "INVITE", "sip:+1001@192.0.2.1", $"<sip:7001@{Carol.Host}>;tag=t2-carol", "<sip:+1001@192.0.2.1>", "cc2-carol", 2, Carol.NextBranch(), Authorize(challenge, "7001", "open", method: "INVITE"), PeerSdp.Audio(Carol));
}
