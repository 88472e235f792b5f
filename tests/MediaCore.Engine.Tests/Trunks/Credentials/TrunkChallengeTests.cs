using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;

namespace MediaCore.Engine.Tests.Trunks.Credentials;

/// <summary>What is answered when a trunk, or somebody who would be one, asks for credentials (RFC 3261 §22, AC-26).</summary>
public sealed class TrunkChallengeTests : ShardTest
{
    private readonly Peer _alice;
    private readonly Peer _bob;
    private readonly Peer _carol;
    private readonly Peer _mallory;

    public TrunkChallengeTests()
    {
        _alice = World.AddPeer("alice", "198.51.100.10");
        _bob = World.AddPeer("bob", "203.0.113.101");
        _carol = World.AddPeer("carol", "203.0.113.102");
        _mallory = World.AddPeer("mallory", "203.0.113.66");
        Route(realm: "carrier");
    }

    [Theory]
    [InlineData(401, "Authorization", "MD5")]
    [InlineData(407, "Proxy-Authorization", "MD5")]
    [InlineData(401, "Authorization", "SHA-256")]
    [InlineData(401, "Authorization", "SHA-512-256")]
    public void INVITE_Challenged_IsRepeatedOnceWithCredentials(int status, string row, string algorithm)
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        SipText first = _bob.Take("INVITE");
        Assert.False(first.Has(row));
        Challenge(first, status, "n1", algorithm);
        Assert.Equal(first.Branch, _bob.Take("ACK").Branch);

        SipText second = _bob.Take("INVITE");
        Challenges.AssertAnswered(second, "carrier", "n1", 1, algorithm, row);
        Assert.Equal(first.CallId, second.CallId);
        Assert.Equal(first["From"], second["From"]);
        Assert.Equal(first["To"], second["To"]);
        Assert.Equal(first["Contact"], second["Contact"]);
        Assert.Equal(first.Body, second.Body);
        Assert.Equal(first.CSeq + 1, second.CSeq);
        Assert.NotEqual(first.Branch, second.Branch);
        _alice.TakeNothing();

        // The ACK for the 2xx repeats the credentials; the BYE brings the next count of the same nonce unasked.
        PeerDialog callee = PeerDialog.Answering(_bob, second);
        callee.Respond(200, PeerSdp.Audio(_bob, 50000));
        SipText ack = _bob.Take("ACK");
        Assert.Equal(second[row], ack[row]);
        Assert.Equal(second.CSeq, ack.CSeq);
        caller.Learn(_alice.Take("200 INVITE"));
        caller.Ack();
        caller.HangUp();
        SipText bye = _bob.Take("BYE");
        Assert.True(bye.CSeq > second.CSeq);
        Challenges.AssertAnswered(bye, "carrier", "n1", 2, algorithm, row);
        _bob.Respond(bye, 200);
        Assert.Equal(200, World.Record.SipStatus);
    }

    [Fact]
    public void INVITE_OfTheNextCall_CarriesCredentialsUnasked_AndAnExpiredNonceIsAnsweredAnew()
    {
        Complete(PeerDialog.Call(_alice, "+1001"), challenged: true, "n1");
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        SipText invite = _bob.Take("INVITE");
        Challenges.AssertAnswered(invite, "carrier", "n1", 3);
        Challenge(invite, 401, "n2");
        _bob.Take("ACK");
        SipText repeated = _bob.Take("INVITE");
        Challenges.AssertAnswered(repeated, "carrier", "n2", 1);
        _bob.Respond(repeated, 486, "t");
        _bob.Take("ACK");
        caller.Ack(_alice.Take("486 INVITE"));
    }

    [Fact]
    public void INVITE_ChallengedAgain_IsGivenUp_SinceThePasswordIsWrong()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        Challenge(_bob.Take("INVITE"), 401, "n1");
        _bob.Take("ACK");
        Challenge(_bob.Take("INVITE"), 401, "n2");
        _bob.Take("ACK");
        _bob.TakeNothing();
        SipText refusal = _alice.Take("403 INVITE");
        Assert.False(refusal.Has("WWW-Authenticate"));
        caller.Ack(refusal);
        Assert.Equal(1, World.Statistics.RefusedCredentials);

        // Nothing is sent unasked with what was refused.
        PeerDialog again = PeerDialog.Call(_alice, "+1001");
        SipText invite = _bob.Take("INVITE");
        Assert.False(invite.Has("Authorization"));
        _bob.Respond(invite, 486, "t");
        _bob.Take("ACK");
        again.Ack(_alice.Take("486 INVITE"));
    }

    [Fact]
    public void INVITE_WithAStaleNonce_IsRepeatedOnceMore_NotForever()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        Challenge(_bob.Take("INVITE"), 401, "n1");
        _bob.Take("ACK");
        Challenge(_bob.Take("INVITE"), 401, "n2", more: ", stale=true");
        _bob.Take("ACK");
        SipText third = _bob.Take("INVITE");
        Challenges.AssertAnswered(third, "carrier", "n2", 1);
        Assert.Equal(3u, third.CSeq);
        Challenge(third, 401, "n3", more: ", stale=true");
        _bob.Take("ACK");
        _bob.TakeNothing();
        caller.Ack(_alice.Take("403 INVITE"));
    }

    [Fact]
    public void INVITE_ChallengedByAProxyAndByItsServer_AnswersBoth()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        Challenge(_bob.Take("INVITE"), 407, "p1");
        _bob.Take("ACK");
        SipText second = _bob.Take("INVITE");
        Challenge(second, 401, "s1");
        _bob.Take("ACK");
        SipText third = _bob.Take("INVITE");
        Challenges.AssertAnswered(third, "carrier", "s1", 1);
        Challenges.AssertAnswered(third, "carrier", "p1", 2, row: "Proxy-Authorization");
        _bob.Respond(third, 404, "t");
        _bob.Take("ACK");
        caller.Ack(_alice.Take("404 INVITE"));
    }

    [Fact]
    public void Challenges_OfSeveralAlgorithms_AreAnsweredByTheStrongest()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        SipText invite = _bob.Take("INVITE");
        _bob.Respond(invite, 401, "t", extra: Challenges.Server("carrier", "a", "AKAv1-MD5") + Challenges.Server("carrier", "m")
            + Challenges.Server("carrier", "s", "SHA-512-256") + Challenges.Server("carrier", "h", "SHA-256") + "WWW-Authenticate: Basic realm=\"carrier\"\r\n");
        _bob.Take("ACK");
        SipText second = _bob.Take("INVITE");
        Challenges.AssertAnswered(second, "carrier", "s", 1, "SHA-512-256");
        _bob.Respond(second, 486, "t");
        _bob.Take("ACK");
        caller.Ack(_alice.Take("486 INVITE"));
    }

    [Theory]
    [InlineData("WWW-Authenticate: Digest realm=\"elsewhere\", nonce=\"n\", qop=\"auth\"\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"Carrier\", nonce=\"n\", qop=\"auth\"\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n\", algorithm=MD5-sess, qop=\"auth\"\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n\", qop=\"auth-int\"\r\n")]
    [InlineData("WWW-Authenticate: Digest realm=\"carrier\"\r\n")]
    [InlineData("WWW-Authenticate: Basic realm=\"carrier\"\r\n")]
    [InlineData("Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"n\", qop=\"auth\"\r\n")]
    [InlineData("")]
    public void Challenge_ThatIsNotOursToAnswer_IsARefusal(string challenge)
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        _bob.Respond(_bob.Take("INVITE"), 401, "t", extra: challenge);
        _bob.Take("ACK");
        _bob.TakeNothing();
        caller.Ack(_alice.Take("403 INVITE"));
        Assert.Equal(1, World.Statistics.ForeignChallenges);
    }

    [Fact]
    public void Realm_NotConfigured_IsTheFirstThatTheTrunkNames_ToAnINVITE_AndNoOtherEver()
    {
        Route(realm: null);
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        Challenge(_bob.Take("INVITE"), 401, "n1");
        _bob.Take("ACK");
        PeerDialog callee = PeerDialog.Answering(_bob);
        AnswerRepeated(caller, callee);
        caller.HangUp();
        SipText bye = _bob.Take("BYE");
        _bob.Respond(bye, 401, extra: Challenges.Server("another", "x"));
        _bob.TakeNothing();
        Assert.Equal(1, World.Statistics.ForeignChallenges);
    }

    [Fact]
    public void Realm_NotConfigured_IsNotLearnedFromABye()
    {
        Route(realm: null);
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(_bob);
        AnswerRepeated(caller, callee);
        caller.HangUp();
        Challenge(_bob.Take("BYE"), 401, "n");
        _bob.TakeNothing();
        Assert.Equal(1, World.Statistics.ForeignChallenges);
    }

    [Fact]
    public void BYE_Challenged_IsRepeatedWithCredentials()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        AnswerRepeated(caller, PeerDialog.Answering(_bob));
        caller.HangUp();
        SipText bye = _bob.Take("BYE");
        Challenge(bye, 407, "n1");
        SipText second = _bob.Take("BYE");
        Challenges.AssertAnswered(second, "carrier", "n1", 1, row: "Proxy-Authorization");
        Assert.Equal(bye.CSeq + 1, second.CSeq);
        Assert.Equal(bye["Reason"], second["Reason"]);
        Assert.NotEqual(bye.Branch, second.Branch);
        _bob.Respond(second, 200);
    }

    [Fact]
    public void ReINVITE_Challenged_IsRepeatedWithCredentials_AndItsAnswerPassedOn()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(_bob);
        AnswerRepeated(caller, callee);
        caller.SendInvite(PeerSdp.Audio(_alice, 40000, "sendonly"));
        _alice.Take("100 INVITE");
        SipText hold = callee.TakeReInvite();
        Challenge(hold, 401, "n1");
        Assert.Equal(hold.Branch, _bob.Take("ACK").Branch);
        SipText second = callee.TakeReInvite();
        Challenges.AssertAnswered(second, "carrier", "n1", 1);
        Assert.Equal(hold.Body, second.Body);
        callee.Respond(200, PeerSdp.Audio(_bob, 50000, "recvonly"));
        Assert.Equal(second.CSeq, _bob.Take("ACK").CSeq);
        _alice.Take("200 INVITE");
        caller.Ack();
        caller.HangUp();
        SipText bye = callee.AcceptBye();
        Assert.True(bye.CSeq > second.CSeq);
    }

    [Fact]
    public void Challenge_FromWhereTheContactPointed_IsNotAnswered_ThoughItNamesTheTrunksRealm()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(_bob);
        World.MayPassAddresses = true;
        callee.Respond(200, PeerSdp.Audio(_bob, 50000), contact: _mallory.Contact);
        _mallory.Take("ACK");
        caller.Learn(_alice.Take("200 INVITE"));
        caller.Ack();
        caller.HangUp();
        SipText bye = _mallory.Take("BYE");
        _mallory.Respond(bye, 401, extra: Challenges.Server("carrier", "n"));
        _mallory.TakeNothing();
        _bob.TakeNothing();
        Assert.Equal(1, World.Statistics.ForeignChallenges);
    }

    [Fact]
    public void Challenge_ByACaller_IsNotAnswered_ThoughItNamesTheTrunksRealm()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(_bob);
        AnswerRepeated(caller, callee);
        callee.HangUp();
        SipText bye = _alice.Take("BYE");
        _alice.Respond(bye, 401, extra: Challenges.Server("carrier", "n"));
        _alice.TakeNothing();
    }

    [Fact]
    public void Challenge_ByATrunkThatCalledUs_IsAnswered()
    {
        World.Policy.InboundTrunks[_alice.Endpoint] = Carrier(_alice, "carrier");
        World.RouteToTrunks("+1002", _carol);
        PeerDialog caller = PeerDialog.Call(_alice, "+1002");
        PeerDialog callee = PeerDialog.Answering(_carol);
        callee.Respond(200, PeerSdp.Audio(_carol, 50000));
        _carol.Take("ACK");
        caller.Learn(_alice.Take("200 INVITE"));
        caller.Ack();
        callee.HangUp();
        SipText bye = _alice.Take("BYE");
        _alice.Respond(bye, 401, extra: Challenges.Server("carrier", "n1"));
        SipText second = _alice.Take("BYE");
        Challenges.AssertAnswered(second, "carrier", "n1", 1);
        _alice.Respond(second, 200);
    }

    [Fact]
    public void INVITE_CancelledBeforeTheChallengeCame_IsNotRepeated()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        SipText invite = _bob.Take("INVITE");
        caller.Cancel();
        _alice.Take("200 CANCEL");
        caller.Ack(_alice.Take("487 INVITE"));
        Challenge(invite, 401, "n1");
        _bob.Take("ACK");
        _bob.TakeNothing();
    }

    [Fact]
    public void INVITE_CancelledAfterTheChallenge_CancelsTheRepetition()
    {
        PeerDialog caller = PeerDialog.Call(_alice, "+1001");
        Challenge(_bob.Take("INVITE"), 401, "n1");
        _bob.Take("ACK");
        SipText second = _bob.Take("INVITE");
        _bob.Respond(second, 180, "t");
        _alice.Take("180 INVITE");
        caller.Cancel();
        _alice.Take("200 CANCEL");
        caller.Ack(_alice.Take("487 INVITE"));
        SipText cancel = _bob.Take("CANCEL");
        Assert.Equal(second.Branch, cancel.Branch);
        Assert.Equal(second.CSeq, cancel.CSeq);
        _bob.Respond(cancel, 200, "t");
        _bob.Respond(second, 487, "t");
        _bob.Take("ACK");
    }

    [Fact]
    public void INVITE_Repeated_AndThenSilence_GoesOnToTheNextTrunk()
    {
        World.Route("+1003", new DialStep([new TrunkTarget(Carrier(_bob, "carrier")), new TrunkTarget(World.TrunkTo(_carol))], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(_alice, "+1003");
        SipText first = _bob.Take("INVITE");
        _bob.Respond(first, 100);
        World.Advance(4);
        Challenge(first, 401, "n1");
        _bob.Take("ACK");
        _bob.Take("INVITE");
        World.Advance(4.9);
        _carol.TakeNothing();
        World.Advance(0.2);
        SipText next = _carol.Take("INVITE");
        Assert.False(next.Has("Authorization"));
        _carol.Respond(next, 486, "t");
        _carol.Take("ACK");
        caller.Ack(_alice.Take("486 INVITE"));
        _bob.TakeAll();
    }

    [Fact]
    public void Credentials_DoNotShowThemselves()
    {
        Assert.Equal("TrunkCredentials", Carrier(_bob, null).Credentials!.ToString());
    }

    private static Trunk Carrier(Peer peer, string? realm) =>
        new() { Name = "carrier", Targets = [World.Hop(peer)], Credentials = new TrunkCredentials(Challenges.User, Challenges.Password, realm) };

    private static void Challenge(SipText request, Peer peer, int status, string nonce, string algorithm, string more) =>
        peer.Respond(request, status, "ch", extra: status == 401 ? Challenges.Server("carrier", nonce, algorithm, more) : Challenges.Proxy("carrier", nonce, algorithm, more));

    private void Route(string? realm) =>
        World.Route("+1001", new DialStep([new TrunkTarget(Carrier(_bob, realm))], Parallel: false, TimeSpan.FromSeconds(60)));

    private void Challenge(SipText request, int status, string nonce, string algorithm = "MD5", string more = "") =>
        Challenge(request, _bob, status, nonce, algorithm, more);

    private void Complete(PeerDialog caller, bool challenged, string nonce)
    {
        if (challenged)
        {
            Challenge(_bob.Take("INVITE"), 401, nonce);
            _bob.Take("ACK");
        }

        PeerDialog callee = PeerDialog.Answering(_bob);
        AnswerRepeated(caller, callee);
        caller.HangUp();
        callee.AcceptBye();
    }

    private void AnswerRepeated(PeerDialog caller, PeerDialog callee)
    {
        callee.Respond(200, PeerSdp.Audio(_bob, 50000));
        _bob.Take("ACK");
        caller.Learn(_alice.Take("200 INVITE"));
        caller.Ack();
    }
}
