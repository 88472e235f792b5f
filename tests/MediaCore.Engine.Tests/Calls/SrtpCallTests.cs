using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using MediaCore.Audio.Prompts;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>SRTP with keys in the description (RFC 4568) as calls negotiate it, leg by leg. Alice's side is SRTP as the test says, bob's and the others' is a trunk's.</summary>
public sealed class SrtpCallTests : CallTest, IDisposable
{
    private const string Cm80 = "AES_CM_128_HMAC_SHA1_80";
    private const string Gcm = "AEAD_AES_128_GCM";

    private readonly PeerSecurity _alice;
    private readonly PeerSecurity _bob;
    private readonly PeerSecurity _carol;
    private readonly List<PeerSecurity> _more = [];
    private ushort _plainSequence = 5000;

    public SrtpCallTests()
    {
        _alice = new PeerSecurity(Alice, 40000, 1);
        _bob = new PeerSecurity(Bob, 50000, 20);
        _carol = new PeerSecurity(Carol, 51000, 40);
    }

    public new void Dispose()
    {
        string[] keys = [_alice.KeyText, _bob.KeyText, _carol.KeyText];
        foreach (PeerSecurity security in (PeerSecurity[])[_alice, _bob, _carol, .. _more])
        {
            security.Dispose();
        }

        // RFC 4568 §9: no key reaches another leg, in either direction.
        foreach ((Peer peer, string[] foreign) in ((Peer, string[])[])[(Alice, [keys[1], keys[2]]), (Bob, [keys[0], keys[2]]), (Carol, [keys[0], keys[1]])])
        {
            Assert.All(peer.History, m => Assert.All(foreign, key => Assert.DoesNotContain(key, m.Message.Body, StringComparison.Ordinal)));
        }

        string[][] ours = [.. ((Peer[])[Alice, Bob, Carol]).Select(static p => p.History.SelectMany(static m => PeerSecurity.LinesOf(m.Message)).Select(static l => l.Split(' ')[2]).ToArray())];
        Assert.Empty(ours[0].Intersect(ours[1]));
        Assert.Empty(ours[1].Intersect(ours[2]));
        Assert.Empty(ours[0].Intersect(ours[2]));
        World.Dispose();
        string records = string.Concat(World.Records.Select(Json));
        Assert.All([.. keys, .. ours.SelectMany(static k => k).Select(static k => k["inline:".Length..])], key => Assert.DoesNotContain(key, records, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SrtpPolicy.Refuse, "plain", 200, "")]
    [InlineData(SrtpPolicy.Refuse, "beside", 200, "")]
    [InlineData(SrtpPolicy.Refuse, "insisting", 488, "")]
    [InlineData(SrtpPolicy.Refuse, "unknown", 488, "")]
    [InlineData(SrtpPolicy.Accept, "plain", 200, "")]
    [InlineData(SrtpPolicy.Accept, "beside", 200, Cm80)]
    [InlineData(SrtpPolicy.Accept, "insisting", 200, Cm80)]
    [InlineData(SrtpPolicy.Accept, "unknown", 488, "")]
    [InlineData(SrtpPolicy.Accept, "unknown beside", 200, "")]
    [InlineData(SrtpPolicy.Offer, "plain", 200, "")]
    [InlineData(SrtpPolicy.Offer, "beside", 200, Cm80)]
    [InlineData(SrtpPolicy.Offer, "insisting", 200, Cm80)]
    [InlineData(SrtpPolicy.Offer, "unknown", 488, "")]
    [InlineData(SrtpPolicy.Require, "plain", 488, "")]
    [InlineData(SrtpPolicy.Require, "beside", 200, Cm80)]
    [InlineData(SrtpPolicy.Require, "insisting", 200, Cm80)]
    [InlineData(SrtpPolicy.Require, "unknown", 488, "")]
    [InlineData(SrtpPolicy.Require, "unknown beside", 488, "")]
    public void Offer_IsAnsweredByPolicy(SrtpPolicy policy, string offer, int status, string suite)
    {
        Accounts(policy);
        string protocol = offer is "insisting" or "unknown" ? "RTP/SAVP" : "RTP/AVP";
        string sdp = offer == "plain" ? PeerSdp.Audio(Alice) : _alice.Describe(protocol, tag: 7);
        sdp = offer.StartsWith("unknown", StringComparison.Ordinal) ? sdp.Replace(Cm80, "F8_128_HMAC_SHA1_80", StringComparison.Ordinal) : sdp;
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", sdp);
        Alice.Take("100 INVITE");
        if (status == 488)
        {
            caller.Ack(Alice.Take("488 INVITE"));
            Assert.Equal(CallEndReason.MediaMismatch, World.Record.Reason);
            return;
        }

        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.StartsWith("audio 30002 RTP/AVP ", callee.Invite!.Sdp("m="), StringComparison.Ordinal);
        Assert.Empty(PeerSecurity.LinesOf(callee.Invite));
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        SipText answer = caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Assert.StartsWith($"audio 30000 {protocol} ", answer.Sdp("m="), StringComparison.Ordinal);
        Assert.Equal(suite.Length == 0 ? 0 : 1, PeerSecurity.LinesOf(answer).Length);
        Assert.Equal(suite.Length > 0, World.Call.Caller.Media.Security is not null);
        if (suite.Length > 0)
        {
            Assert.Equal((7, suite), _alice.Learn(answer));
            AssertHeardBothWays(plainOf: Bob);
        }

        HangUp(caller, callee);
        Assert.Equal([suite.Length == 0 ? null : suite, null], World.Record.Legs.Select(static l => l.Srtp));
    }

    [Theory]
    [InlineData(SrtpPolicy.Refuse, "plain", true, "")]
    [InlineData(SrtpPolicy.Refuse, "insisting", false, "")]
    [InlineData(SrtpPolicy.Accept, "plain", true, "")]
    [InlineData(SrtpPolicy.Accept, "unasked", true, "")]
    [InlineData(SrtpPolicy.Accept, "insisting", false, "")]
    [InlineData(SrtpPolicy.Offer, "plain", true, "")]
    [InlineData(SrtpPolicy.Offer, "beside", true, Cm80)]
    [InlineData(SrtpPolicy.Offer, "insisting", true, Cm80)]
    [InlineData(SrtpPolicy.Offer, "second", true, Gcm)]
    [InlineData(SrtpPolicy.Offer, "wrong tag", false, "")]
    [InlineData(SrtpPolicy.Offer, "wrong suite", false, "")]
    [InlineData(SrtpPolicy.Require, "plain", false, "")]
    [InlineData(SrtpPolicy.Require, "insisting", true, Cm80)]
    [InlineData(SrtpPolicy.Require, "second", true, Gcm)]
    [InlineData(SrtpPolicy.Require, "wrong tag", false, "")]
    public void OwnOffer_IsMadeByPolicy_AndItsAnswerHasToFit(SrtpPolicy policy, string answered, bool fits, string suite)
    {
        RouteTo("+1001", Bob, policy);
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.StartsWith(policy == SrtpPolicy.Require ? "audio 30002 RTP/SAVP " : "audio 30002 RTP/AVP ", callee.Invite!.Sdp("m="), StringComparison.Ordinal);
        Assert.Equal(
            policy < SrtpPolicy.Offer ? [] : ["1 " + Cm80, "2 " + Gcm, "3 AES_CM_128_HMAC_SHA1_32"],
            PeerSecurity.LinesOf(callee.Invite).Select(static l => l[..l.LastIndexOf(' ')]));
        string own = policy == SrtpPolicy.Require ? "RTP/SAVP" : "RTP/AVP";
        _bob.Suite = answered is "second" ? Gcm : Cm80;
        callee.Respond(200, answered switch
        {
            "plain" => PeerSdp.Audio(Bob, 50000),
            "unasked" or "beside" => _bob.Describe("RTP/AVP"),
            "insisting" => _bob.Describe("RTP/SAVP"),
            "second" => _bob.Describe(own, tag: 2),
            "wrong tag" => _bob.Describe(own, tag: 9),
            _ => _bob.Describe(own, tag: 2),
        });
        Bob.Take("ACK");
        if (!fits)
        {
            Bob.Respond(Bob.Take("BYE"), 200);
            caller.Ack(Alice.Take("488 INVITE"));
            return;
        }

        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        if (suite.Length > 0)
        {
            _bob.Learn(callee.Invite);
            _bob.Send(30002, "from bob");
            Assert.Equal(["from bob"], PlainHeard(Alice, 40000));
            SendPlain(Alice, 40000, 30000, "from alice");
            Assert.Equal(["from alice"], _bob.Hear());
        }

        HangUp(caller, callee);
        Assert.Equal([null, suite.Length == 0 ? null : suite], World.Record.Legs.Select(static l => l.Srtp));
    }

    [Fact]
    public void Legs_HaveTheirOwnKeysAndSuites_AndTheRecordSaysWhich()
    {
        _alice.Suite = "AEAD_AES_256_GCM";
        (PeerDialog caller, PeerDialog callee) = EstablishSecure();
        AssertSecureBothWays();

        // Plain RTP, and what was made with another leg's key, goes nowhere.
        SendPlain(Alice, 40000, 30000, "plain");
        Assert.Empty(_bob.Hear());
        Leg leg = World.Call.Caller;
        Assert.Equal(CryptoSuite.AeadAes256Gcm, leg.Keys!.Suite);
        HangUp(caller, callee);
        Assert.Equal(["AEAD_AES_256_GCM", Cm80], World.Record.Legs.Select(static l => l.Srtp));
        Assert.Contains("\"srtp\":\"AEAD_AES_256_GCM\"", Json(World.Record), StringComparison.Ordinal);
        World.Advance(60);
        Assert.Equal((0, CryptoSuite.Unknown, CryptoSuite.Unknown), (leg.Keys.Lines.Count, leg.Keys.Own.Suite, leg.Keys.Suite));
        Assert.True(leg.Keys.Own.Key.IsEmpty && leg.Remote.Crypto.Count == 0 && leg.PreviousRemote.Crypto.Count == 0);
        Assert.Null(leg.Media.Security);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HoldAndResume_KeepTheKeys(bool byCaller)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishSecure();
        string[] toAlice = PeerSecurity.LinesOf(Alice.History[^1].Message);
        string toBob = PeerSecurity.LinesOf(callee.Invite!)[0];
        (PeerDialog holder, PeerDialog other, PeerSecurity his, PeerSecurity others) = byCaller ? (caller, callee, _alice, _bob) : (callee, caller, _bob, _alice);
        foreach ((string asked, string answered) in ((string, string)[])[("sendonly", "recvonly"), ("sendrecv", "sendrecv")])
        {
            holder.SendInvite(his.Describe(direction: asked));
            holder.Peer.Take("100 INVITE");
            SipText offer = other.TakeReInvite();
            Assert.Contains("RTP/SAVP", offer.Sdp("m="), StringComparison.Ordinal);
            Assert.Equal(byCaller ? toBob : toAlice[0], PeerSecurity.LinesOf(offer)[0]);
            other.Respond(200, others.Describe(tag: 1, direction: answered));
            other.Peer.Take("ACK");
            SipText ok = holder.Peer.Take("200 INVITE");
            Assert.Equal([byCaller ? toAlice[0] : toBob], PeerSecurity.LinesOf(ok));
            holder.Ack();
        }

        AssertSecureBothWays();
        HangUp(caller, callee);
    }

    [Fact]
    public void ReInvite_WithAnotherKey_ChangesTheKey_OnThatLegAlone()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishSecure();
        AssertSecureBothWays();
        _alice.ChangeKey();
        caller.SendInvite(_alice.Describe());
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, _bob.Describe());
        Bob.Take("ACK");
        _alice.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        AssertSecureBothWays();
        HangUp(caller, callee);
    }

    [Fact]
    public void ReInvite_ThatIsRefused_LeavesTheKeysAsTheyWere()
    {
        (PeerDialog caller, PeerDialog callee) = EstablishSecure();
        string other = _alice.Describe().Replace(_alice.KeyText, _carol.KeyText, StringComparison.Ordinal);
        caller.SendInvite(other);
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(488);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("488 INVITE"));
        AssertSecureBothWays();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(SrtpPolicy.Accept)]
    [InlineData(SrtpPolicy.Require)]
    public void ReInvite_WithoutKeys_MakesTheLegPlain_WhereThatIsAllowed_AndItMayComeBack(SrtpPolicy policy)
    {
        (PeerDialog caller, PeerDialog callee) = EstablishSecure(policy);
        AssertSecureBothWays();
        caller.SendInvite(PeerSdp.Audio(Alice));
        if (policy == SrtpPolicy.Require)
        {
            caller.Ack(Alice.Take("488 INVITE"));
            AssertSecureBothWays();
            HangUp(caller, callee);
            return;
        }

        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, _bob.Describe());
        Bob.Take("ACK");
        SipText plain = Alice.Take("200 INVITE");
        caller.Ack();
        Assert.Empty(PeerSecurity.LinesOf(plain));
        Assert.Contains("RTP/AVP", plain.Sdp("m="), StringComparison.Ordinal);
        PlainHeard(Alice, 40000);
        _bob.Send(30002, "in the clear");
        Assert.Equal(["in the clear"], PlainHeard(Alice, 40000).TakeLast(1));
        Assert.Null(World.Call.Caller.Media.Security);

        // And back, with the same keys: the counters go on, so that nothing is encrypted twice.
        caller.SendInvite(_alice.Describe());
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, _bob.Describe());
        Bob.Take("ACK");
        Assert.Single(PeerSecurity.LinesOf(Alice.Take("200 INVITE")));
        caller.Ack();
        Assert.NotNull(World.Call.Caller.Media.Security);
        _bob.Send(30002, "secret again");
        Assert.Equal(["secret again"], _alice.HearLast(1));
        HangUp(caller, callee);
    }

    [Fact]
    public void OwnRefresh_RepeatsTheDescriptionWithItsKeys()
    {
        World.Options = World.Options with { SessionTimers = new SessionTimerOptions { Expires = TimeSpan.FromSeconds(90), Refresher = SessionRefresherChoice.Local } };
        Accounts(SrtpPolicy.Require);
        RouteTo("+1001", Bob, SrtpPolicy.Require);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", _alice.Describe(), "Supported: timer\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        SipText invite = callee.Invite!;
        callee.Respond(200, _bob.Describe(), "Supported: timer\r\nRequire: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        Bob.Take("ACK");
        SipText answer = caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        _bob.Learn(invite);
        _alice.Learn(answer);
        World.Advance(44);

        // An INVITE of ours was Bob's description, an answer of ours Alice's: each gets its own once more, under the same version.
        SipText toBob = World.WaitFor(Bob, "INVITE");
        callee.TakeReInvite(toBob);
        Assert.Equal(invite.Body, toBob.Body);
        callee.Respond(200, _bob.Describe(), "Supported: timer\r\nRequire: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        Bob.Take("ACK");
        SipText toAlice = caller.TakeReInvite();
        Assert.Equal(answer.Body, toAlice.Body);
        caller.Respond(200, _alice.Describe(), "Supported: timer\r\nRequire: timer\r\nSession-Expires: 90;refresher=uac\r\n");
        Alice.Take("ACK");
        AssertSecureBothWays();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PeersRefresh_IsAnsweredByUs_AlsoWithAnotherKey(bool changes)
    {
        Accounts(SrtpPolicy.Require);
        RouteTo("+1001", Bob, SrtpPolicy.Require);
        const string Timer = "Supported: timer\r\nSession-Expires: 600;refresher=uac\r\n";
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", _alice.Describe(), Timer);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        _bob.Learn(callee.Invite!);
        callee.Respond(200, _bob.Describe());
        Bob.Take("ACK");
        SipText first = caller.Learn(Alice.Take("200 INVITE"));
        _alice.Learn(first);
        caller.Ack();
        if (changes)
        {
            _alice.ChangeKey();
        }

        caller.SendInvite(_alice.Describe(tag: changes ? 4 : 1), Timer);
        SipText second = Alice.Take("200 INVITE");
        caller.Ack();
        Bob.TakeNothing();
        Assert.Equal(changes, first.Body != second.Body);
        Assert.Equal((changes ? 4 : 1, Cm80), _alice.Learn(second));
        AssertSecureBothWays();
        HangUp(caller, callee);
    }

    [Fact]
    public void Forks_EachAnswerReplacesTheKeyOfWhatTheySend()
    {
        Accounts(SrtpPolicy.Require);
        RouteTo("+1001", Bob, SrtpPolicy.Require);
        PeerSecurity other = new(Bob, 52000, 60) { Suite = Gcm };
        _more.Add(other);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", _alice.Describe());
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        _bob.Learn(callee.Invite!);
        other.Learn(callee.Invite!);
        callee.Respond(183, _bob.Describe(), tag: "one-bob");
        _alice.Learn(Alice.Take("183 INVITE"));
        _bob.Send(30002, "one");
        Assert.Equal(["one"], _alice.Hear());
        callee.Respond(183, other.Describe(tag: 2), tag: "two-bob");
        other.Send(30002, "two");
        Assert.Equal(["two"], _alice.Hear());
        _bob.Send(30002, "no longer");
        Assert.Empty(_alice.Hear());
        callee.Respond(200, _bob.Describe(), tag: "one-bob");
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        _bob.Send(30002, "one again");
        _alice.Send(30000, "to one");
        Assert.Equal(["one again"], _alice.Hear());
        Assert.Equal(["to one"], _bob.Hear());
        caller.Bye();
        Bob.Respond(Bob.Take("BYE"), 200);
        Alice.Take("200 BYE");
    }

    [Fact]
    public void Failover_OffersTheNextTargetOtherKeys()
    {
        Accounts(SrtpPolicy.Require);
        World.Route("+1002", new DialStep([Target(Bob, SrtpPolicy.Require), Target(Carol, SrtpPolicy.Offer)], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Dial(Alice, "+1002", _alice.Describe());
        Alice.Take("100 INVITE");
        PeerDialog first = PeerDialog.Answering(Bob);
        first.Respond(503);
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Carol);
        Assert.Empty(PeerSecurity.LinesOf(first.Invite!).Select(static l => l.Split(' ')[2]).Intersect(PeerSecurity.LinesOf(second.Invite!).Select(static l => l.Split(' ')[2])));
        second.Respond(200, _carol.Describe("RTP/AVP"));
        Carol.Take("ACK");
        _alice.Learn(caller.Learn(Alice.Take("200 INVITE")));
        _carol.Learn(second.Invite!);
        caller.Ack();
        _alice.Send(30000, "over");
        Assert.Equal(["over"], _carol.Hear());
        HangUp(caller, second);
        Assert.Equal([Cm80, null, Cm80], World.Record.Legs.Select(static l => l.Srtp));
    }

    [Theory]
    [InlineData(SrtpPolicy.Accept)]
    [InlineData(SrtpPolicy.Require)]
    public void Transfer_KeepsTheStayingLegSecure_AndNegotiatesWithTheNewOne(SrtpPolicy policy)
    {
        Trunk alices = new() { Name = "from-alice", Transfers = TransferPolicy.Terminate, Srtp = policy };
        World.Policy.InboundTrunks[Alice.Endpoint] = alices;
        Trunk bobs = new() { Name = "to-bob", Targets = [World.Hop(Bob)], Transfers = TransferPolicy.Terminate };
        World.Policy.InboundTrunks[Bob.Endpoint] = bobs;
        World.Route("+1001", new DialStep([new TrunkTarget(bobs)], Parallel: false, TimeSpan.FromSeconds(60)));
        RouteTo("+2001", Carol, SrtpPolicy.Require);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", _alice.Describe());
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        SipText answer = caller.Learn(Alice.Take("200 INVITE"));
        _alice.Learn(answer);
        caller.Ack();
        callee.Send("REFER", $"Refer-To: <sip:+2001@{World.ServerHost}>\r\n");
        Bob.Take("202 REFER");
        Bob.Respond(Bob.Take("NOTIFY"), 200);
        PeerDialog party = PeerDialog.Answering(Carol);
        _carol.Learn(party.Invite!);
        party.Respond(200, _carol.Describe());
        Carol.Take("ACK");
        Bob.Respond(Bob.Take("NOTIFY"), 200);
        callee.AcceptBye();
        SipText offer = caller.TakeReInvite();
        Assert.Contains("RTP/SAVP", offer.Sdp("m="), StringComparison.Ordinal);
        Assert.Equal(PeerSecurity.LinesOf(answer), PeerSecurity.LinesOf(offer));
        caller.Respond(200, _alice.Describe());
        Alice.Take("ACK");
        _alice.Send(30000, "to carol");
        _carol.Send(30004, "to alice");
        Assert.Equal(["to carol"], _carol.Hear());
        Assert.Equal(["to alice"], _alice.Hear());
        HangUp(caller, party);
        Assert.Equal([Cm80, null, Cm80], World.Record.Legs.Select(static l => l.Srtp));
    }

    [Fact]
    public void Announcement_IsHeardOverSrtp()
    {
        Accounts(SrtpPolicy.Require);
        PromptSource closed = PromptSource.FromText("We are closed.");
        World.Route("+2001", new AnnouncementStep(closed));
        PeerDialog caller = PeerDialog.Dial(Alice, "+2001", _alice.Describe());
        Alice.Take("100 INVITE");
        (_, SessionHandle call) = Assert.Single(World.Shard.PromptRequests);
        World.Shard.Core.Calls.OnPromptReady(call, AudioClip.FromPcm(new short[AudioClip.SampleRateHz]), "");
        _alice.Learn(caller.Learn(Alice.Take("200 INVITE")));
        caller.Ack();
        World.Advance(0.5);
        string[] heard = _alice.Hear();
        Assert.InRange(heard.Length, 20, 30);
        Assert.All(heard, static text => Assert.Equal(160, text.Length));
        caller.HangUp();
    }

    [Theory]
    [InlineData(SrtpPolicy.Accept, false)]
    [InlineData(SrtpPolicy.Offer, true)]
    [InlineData(SrtpPolicy.Require, true)]
    public void INVITE_WithoutOffer_GetsOurs_AndItsAckTheAnswer(SrtpPolicy policy, bool offers)
    {
        Accounts(policy);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", sdp: null);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        SipText offer = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal(offers ? 3 : 0, PeerSecurity.LinesOf(offer).Length);
        caller.Ack(offers ? _alice.Describe(policy == SrtpPolicy.Require ? "RTP/SAVP" : "RTP/AVP") : PeerSdp.Audio(Alice));
        Assert.Empty(PeerSecurity.LinesOf(Bob.Take("ACK")));
        if (offers)
        {
            _alice.Learn(offer);
            AssertHeardBothWays(plainOf: Bob);
        }

        HangUp(caller, callee);
    }

    [Fact]
    public void UPDATE_AnsweredByUs_HasAKey()
    {
        Accounts(SrtpPolicy.Require);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", _alice.Describe(), "Supported: 100rel\r\nAllow: INVITE, ACK, CANCEL, BYE, UPDATE, PRACK\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        _alice.Learn(early);
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n");
        Alice.Take("200 PRACK");
        _alice.ChangeKey();
        caller.Send("UPDATE", sdp: _alice.Describe(tag: 3));
        Assert.Equal((3, Cm80), _alice.Learn(Alice.Take("200 UPDATE")));
        AssertHeardBothWays(plainOf: Bob);
        caller.Send("UPDATE", sdp: PeerSdp.Audio(Alice));
        Alice.Take("488 UPDATE");
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        HangUp(caller, callee);
    }

    // Trunks whose media may go past us: keys never do.
    [Theory]
    [InlineData(SrtpPolicy.Refuse, SrtpPolicy.Refuse, false, true)]
    [InlineData(SrtpPolicy.Accept, SrtpPolicy.Accept, false, true)]
    [InlineData(SrtpPolicy.Accept, SrtpPolicy.Accept, true, false)]
    [InlineData(SrtpPolicy.Accept, SrtpPolicy.Offer, false, false)]
    [InlineData(SrtpPolicy.Require, SrtpPolicy.Refuse, true, false)]
    [InlineData(SrtpPolicy.Refuse, SrtpPolicy.Require, false, false)]
    public void PassedMedia_IsForPlainRtpAlone(SrtpPolicy callers, SrtpPolicy callees, bool isSecure, bool passes)
    {
        World.MayPassMedia = true;
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "from-alice", Media = TrunkMedia.Pass, Srtp = callers };
        World.Route("+1001", new DialStep([new TrunkTarget(new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], Media = TrunkMedia.Pass, Srtp = callees })], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", isSecure ? _alice.Describe() : PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(passes ? 0 : 2, World.Shard.Ports.InUse);
        callee.Respond(200, callees >= SrtpPolicy.Offer ? _bob.Describe(callees == SrtpPolicy.Require ? "RTP/SAVP" : "RTP/AVP") : PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        SipText answer = caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Assert.Equal(isSecure ? 1 : 0, PeerSecurity.LinesOf(answer).Length);
        if (passes)
        {
            // Nor may a side come to it later: we hold no key that it could talk to.
            caller.SendInvite(_alice.Describe());
            caller.Ack(Alice.Take("488 INVITE"));
        }

        HangUp(caller, callee);
    }

    private void Accounts(SrtpPolicy policy) => World.Options = World.Options with { AccountSrtp = policy };

    private static TrunkTarget Target(Peer peer, SrtpPolicy policy) => new(new Trunk { Name = "to-" + peer.Name, Targets = [World.Hop(peer)], Srtp = policy });

    private void RouteTo(string number, Peer peer, SrtpPolicy policy) =>
        World.Route(number, new DialStep([Target(peer, policy)], Parallel: false, TimeSpan.FromSeconds(60)));

    /// <summary>A call with SRTP on both sides, each key learned.</summary>
    private (PeerDialog Caller, PeerDialog Callee) EstablishSecure(SrtpPolicy callers = SrtpPolicy.Accept)
    {
        Accounts(callers);
        RouteTo("+1001", Bob, SrtpPolicy.Require);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", _alice.Describe());
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        _bob.Learn(callee.Invite!);
        callee.Respond(200, _bob.Describe());
        Bob.Take("ACK");
        _alice.Learn(caller.Learn(Alice.Take("200 INVITE")));
        caller.Ack();
        return (caller, callee);
    }

    private void AssertSecureBothWays()
    {
        _alice.Send(30000, "from alice");
        _bob.Send(30002, "from bob");
        Assert.Equal(["from alice"], _bob.Hear());
        Assert.Equal(["from bob"], _alice.Hear());
    }

    private void AssertHeardBothWays(Peer plainOf)
    {
        _alice.Send(30000, "from alice");
        Assert.Equal("from alice", PlainHeard(plainOf, 50000)[^1]);
        SendPlain(plainOf, 50000, 30002, "to alice");
        Assert.Equal(["to alice"], _alice.Hear());
    }

    private string[] PlainHeard(Peer peer, ushort port) =>
        [.. World.MediaSent.Where(m => m.To == World.Endpoint(peer.Host, port)).Select(static m => Encoding.ASCII.GetString(m.Packet.AsSpan(12)))];

    private void SendPlain(Peer peer, ushort port, ushort toPort, string text)
    {
        byte[] packet = new byte[12 + text.Length];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ++_plainSequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 77);
        Encoding.ASCII.GetBytes(text, packet.AsSpan(12));
        World.Advance(0.02);
        World.DeliverMedia(World.Endpoint(peer.Host, port), toPort, packet);
    }

    private static string Json(CallRecord record)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            CallRecordJson.Write(writer, record);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
