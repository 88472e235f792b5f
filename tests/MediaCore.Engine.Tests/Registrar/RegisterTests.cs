using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Registrar;

public sealed class RegisterTests : RegistrarTest
{
    [Theory]
    [InlineData(0, "SHA-512-256")]
    [InlineData(1, "SHA-256")]
    [InlineData(2, "MD5")]
    public void REGISTER_IsChallenged_ThenBinds_WithAnyAlgorithm(int challenge, string algorithm)
    {
        SipText unauthorized = Send(Bob, null, "Expires: 600\r\n");
        Assert.Equal("401 REGISTER", unauthorized.Kind);
        string[] challenges = [.. unauthorized.All("WWW-Authenticate")];
        Assert.Equal(3, challenges.Length);
        Assert.Contains($"algorithm={algorithm}", challenges[challenge], StringComparison.Ordinal);
        Assert.Equal(0, World.Statistics.ServerTransactions);
        SipText ok = Send(Bob, Authorize(challenges[challenge]), "Expires: 600\r\n");
        Assert.Equal("200 REGISTER", ok.Kind);
        Assert.Equal("<sip:c-bob@203.0.113.101:5060>;expires=600", ok["Contact"]);
        World.Advance(100.5);
        Assert.Equal("<sip:c-bob@203.0.113.101:5060>;expires=500", Send(Bob, Authorize(Challenge()), contact: "none")["Contact"]);
        World.Advance(500);
        Assert.False(Send(Bob, Authorize(Challenge()), contact: "none").Has("Contact"));
        Assert.Empty(World.Locations.Get("bob", World.Now));
    }

    [Fact]
    public void NonceCount_UsedAgain_IsRefusedAsStale_AndTheNextIsGood()
    {
        string challenge = Challenge();
        Assert.Equal(200, Send(Bob, Authorize(challenge, nonceCount: 1)).Status);
        SipText replayed = Send(Bob, Authorize(challenge, nonceCount: 1));
        Assert.Equal(401, replayed.Status);
        Assert.Contains("stale=true", replayed["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Equal(200, Send(Bob, Authorize(challenge, nonceCount: 2)).Status);
    }

    [Fact]
    public void Nonce_Expired_IsStale()
    {
        string challenge = Challenge();
        World.Advance(301);
        Assert.Contains("stale=true", Send(Bob, Authorize(challenge))["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Fact]
    public void WrongPassword_AndUnknownUser_CannotBeToldApart()
    {
        SipText wrong = Send(Bob, Authorize(Challenge(), password: "guess"), callId: "same-bob");
        SipText unknown = Send(Bob, Authorize(Challenge(), user: "nobody", password: "guess"), user: "nobody", callId: "same-bob");
        SipText rightForAnother = Send(Bob, Authorize(Challenge(), user: "alice", password: "secret"), user: "bob", callId: "same-bob");
        Assert.Equal(403, wrong.Status);
        Assert.Equal(wrong.Shape, unknown.Shape);
        Assert.Equal(wrong.Shape, rightForAnother.Shape);
        Assert.Equal(Neutral(wrong), Neutral(unknown));
        Assert.Equal(3, World.Statistics.AuthenticationFailures);
        Assert.Equal(0, World.Statistics.ServerTransactions);

        static string Neutral(SipText text) =>
            string.Join('\n', text.Text.Split("\r\n").Where(static l => !l.StartsWith("CSeq", StringComparison.Ordinal) && !l.StartsWith("Via", StringComparison.Ordinal)))
                .Replace("nobody", "bob", StringComparison.Ordinal);
    }

    [Fact]
    public void AddressOfRecord_MustBeTheUsersOwn()
    {
        SipText refusal = Send(Bob, Authorize(Challenge()), user: "alice");
        Assert.Equal(403, refusal.Status);
        Assert.Empty(World.Locations.Get("alice", World.Now));
        Assert.Equal(400, Send(Bob, Authorize(Challenge()), to: "<tel:+12025550100>").Status);

        // Nor does anybody register for another, right password or not (RFC 3261 §10.2, third-party registration).
        Assert.Equal(403, Send(Bob, Authorize(Challenge()), from: "<sip:alice@192.0.2.1>").Status);
        Assert.Empty(World.Locations.Get("bob", World.Now));
    }

    [Theory]
    [InlineData("Expires: 59\r\n", null, 423)]
    [InlineData("Expires: 60\r\n", null, 200)]
    [InlineData("", ";expires=1", 423)]
    [InlineData("Expires: 1\r\n", ";expires=60", 200)]
    public void Expires_TooShort_Gets423WithMinExpires(string extra, string? parameter, int status)
    {
        SipText answer = Send(Bob, Authorize(Challenge()), extra, contact: Bob.Contact + parameter);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 423 ? "60" : "", answer["Min-Expires"]);
        Assert.Equal(status == 423 ? 0 : 1, World.Locations.Get("bob", World.Now).Length);
    }

    [Theory]
    [InlineData("", "3600")]
    [InlineData("Expires: 999999\r\n", "7200")]
    public void Expires_DefaultsAndIsShortened(string extra, string expires)
    {
        Assert.EndsWith(";expires=" + expires, Send(Bob, Authorize(Challenge()), extra)["Contact"], StringComparison.Ordinal);
    }

    [Fact]
    public void Contacts_SeveralOfOneRequest_AreAllOrNone_AndBounded()
    {
        World.Options = World.Options with { MaxContactsPerAccount = 3 };
        const string Two = "<sip:a-bob@203.0.113.101>;expires=100, <sip:b-bob@203.0.113.101>;expires=200";
        SipText ok = Send(Bob, Authorize(Challenge()), contact: Two);
        Assert.Equal(["<sip:a-bob@203.0.113.101>;expires=100", "<sip:b-bob@203.0.113.101>;expires=200"], ok.All("Contact").Order(StringComparer.Ordinal));
        Assert.Equal(403, Send(Bob, Authorize(Challenge()), contact: "<sip:c-bob@203.0.113.101>, <sip:d-bob@203.0.113.101>, <sip:e-bob@203.0.113.101>, <sip:f-bob@203.0.113.101>").Status);
        Assert.Equal(423, Send(Bob, Authorize(Challenge()), contact: "<sip:c-bob@203.0.113.101>, <sip:a-bob@203.0.113.101>;expires=5").Status);
        Assert.Equal(2, World.Locations.Get("bob", World.Now).Length);

        // The same contact in another spelling is refreshed, not added (RFC 3261 §19.1.4).
        Assert.Equal(2, Send(Bob, Authorize(Challenge()), contact: "<SIP:a-bob@203.0.113.101>;expires=300").All("Contact").Count());
        World.Advance(250);
        Assert.Equal(["<SIP:a-bob@203.0.113.101>;expires=50"], Send(Bob, Authorize(Challenge()), contact: "none").All("Contact"));
    }

    [Fact]
    public void Contacts_OfAPhoneThatChangesItsPort_MakeRoomForItself()
    {
        World.Options = World.Options with { MaxContactsPerAccount = 3 };
        foreach (string name in new[] { "a", "b", "c", "d", "e" })
        {
            Assert.Equal(200, Send(Bob, Authorize(Challenge()), contact: $"<sip:{name}-bob@203.0.113.101>", callId: name + "-bob").Status);
            World.Advance(1);
        }

        string[] left = [.. World.Locations.Get("bob", World.Now).Select(b => System.Text.Encoding.ASCII.GetString(b.Uri)[4..5]).Order(StringComparer.Ordinal)];
        Assert.Equal(["c", "d", "e"], left);
    }

    /// <summary>At any instant, also between the ticks in which a binding keeps its end (RFC 3261 §10.3 step 8: not longer than asked for).</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.001)]
    [InlineData(0.03)]
    [InlineData(0.0624)]
    [InlineData(0.7)]
    public void Lifetime_IsToldAsAskedFor_NeverLonger(double after)
    {
        World.Advance(after);
        Assert.EndsWith(";expires=3600", Register(Bob)["Contact"], StringComparison.Ordinal);
        Assert.EndsWith(";expires=61", Register(Bob, extra: "Expires: 61\r\n")["Contact"], StringComparison.Ordinal);
    }

    [Fact]
    public void Contacts_BeyondTheLimit_TakeThePlaceOfTheFirstToExpire_WhereThatIsWanted()
    {
        World.Options = World.Options with { MaxContactsPerAccount = 2, RemoveExistingContacts = true };
        World.MayPassAddresses = true;
        Register(Bob, "<sip:a-bob@203.0.113.101>;expires=300");
        Register(Bob, "<sip:b-bob@203.0.113.101>;expires=100");
        Assert.Equal(["<sip:c-carol@10.9.9.9>;expires=200", "<sip:a-bob@203.0.113.101>;expires=300"], Register(Carol, "<sip:c-carol@10.9.9.9>;expires=200").All("Contact"));
    }

    [Fact]
    public void Refresh_WithHigherCSeq_KeepsTheBinding_AndALateOneIsRefused()
    {
        Register(Bob, callId: "one-bob", cseq: 1);
        Binding first = Assert.Single(World.Locations.Get("bob", World.Now));
        World.Advance(100);
        Assert.EndsWith(";expires=900", Register(Bob, extra: "Expires: 900\r\n", callId: "one-bob", cseq: 5)["Contact"], StringComparison.Ordinal);
        Assert.Same(first, Assert.Single(World.Locations.Get("bob", World.Now)));
        Assert.Equal(5u, first.CSeq);
        Assert.Equal(500, Register(Bob, callId: "one-bob", cseq: 5).Status);
        World.Advance(899);
        Assert.Single(World.Locations.Get("bob", World.Now));
        World.Advance(2);
        Assert.Empty(World.Locations.Get("bob", World.Now));

        // After its end the same Call-ID and CSeq make a new one (RFC 3261 §10.3: there is no binding to be late for).
        Assert.Equal(200, Register(Bob, callId: "one-bob", cseq: 5).Status);
    }

    [Theory]
    [InlineData("1", "")]
    [InlineData("1.000", "")]
    [InlineData("0.7", ";q=0.700")]
    [InlineData("0.005", ";q=0.005")]
    [InlineData("0", ";q=0.000")]
    [InlineData("7", "")]
    [InlineData("0.5x", "")]
    [InlineData("0.12345", "")]
    public void Quality_IsKept_AndAnUnreadableOneCountsAsNone(string q, string expected)
    {
        string contact = Register(Bob, $"<sip:c-bob@203.0.113.101>;q={q}")["Contact"];
        Assert.Equal("<sip:c-bob@203.0.113.101>;expires=3600" + expected, contact);
    }

    [Fact]
    public void Contacts_AreTriedByTheirQuality_ThenTheNewestFirst()
    {
        Register(Bob, "<sip:low-bob@203.0.113.101>;q=0.2");
        Register(Bob, "<sip:old-bob@203.0.113.101>;q=0.8");
        Register(Bob, "<sip:new-bob@203.0.113.101>;q=0.8");
        Register(Bob, "<sip:top-bob@203.0.113.101>");
        Assert.Equal(["top", "new", "old", "low"], Users());
        Register(Bob, "<sip:low-bob@203.0.113.101>;q=0.9");
        Assert.Equal(["top", "low", "new", "old"], Users());

        string[] Users() => [.. World.Locations.Get("bob", World.Now).Select(static b => System.Text.Encoding.ASCII.GetString(b.Uri)[4..7])];
    }

    [Fact]
    public void Sweep_DropsWhatHasExpired_AndTheEntryWithIt()
    {
        Register(Bob, extra: "Expires: 60\r\n");
        World.Locations.Sweep(World.Now, TimeSpan.FromSeconds(10));
        Assert.Equal(1, World.Locations.AccountCount);
        World.Advance(61);
        World.Locations.Sweep(World.Now, TimeSpan.FromSeconds(10));
        Assert.Equal(0, World.Locations.AccountCount);
        Assert.Equal(200, Register(Bob).Status);
        Assert.Single(World.Locations.Get("bob", World.Now));
    }

    [Fact]
    public void Changes_AreEvents_AndRefreshesAreNot()
    {
        var news = new RegistrationNews(World.Shard.Context);
        Register(Bob, extra: "Expires: 60\r\n", callId: "one-bob", cseq: 1);
        Register(Bob, extra: "Expires: 60\r\n", callId: "one-bob", cseq: 2);
        Assert.Equal(("bob", 1, RegistrationReason.Registered, "udp:203.0.113.101:5060"), Last());
        Assert.Single(World.EventsOf<RegistrationChanged>());

        // The same contact from elsewhere is news.
        World.MayPassAddresses = true;
        Register(Carol, $"<sip:c-bob@{Bob.Host}:5060>", "Expires: 60\r\n", callId: "one-bob", cseq: 3);
        World.MayPassAddresses = false;
        Assert.Equal(("bob", 1, RegistrationReason.Registered, $"udp:{Carol.Endpoint}"), Last());
        World.Advance(61);
        World.Locations.Sweep(World.Now, TimeSpan.FromSeconds(10), news);
        Assert.Equal(("bob", 0, RegistrationReason.Expired, ""), Last());

        Send(Bob, Authorize(Challenge()), contact: "<sip:a-bob@203.0.113.101>, <sip:b-bob@203.0.113.101>");
        Assert.Equal(("bob", 2, RegistrationReason.Registered, "udp:203.0.113.101:5060"), Last());
        Send(Bob, Authorize(Challenge()), contact: "<sip:a-bob@203.0.113.101>;expires=0");
        Assert.Equal(("bob", 1, RegistrationReason.Unregistered, "udp:203.0.113.101:5060"), Last());
        Send(Bob, Authorize(Challenge()), "Expires: 0\r\n", contact: "*");
        Assert.Equal(("bob", 0, RegistrationReason.Unregistered, "udp:203.0.113.101:5060"), Last());

        int told = World.EventsOf<RegistrationChanged>().Length;
        World.IsWanted = false;
        Register(Bob);
        Assert.Equal(told, World.EventsOf<RegistrationChanged>().Length);

        (string Account, int Contacts, RegistrationReason Reason, string Source) Last() =>
            World.EventsOf<RegistrationChanged>()[^1] is var e ? (e.Account, e.Contacts, e.Reason, e.Source) : default;
    }

    [Fact]
    public void Changes_ByTwoShardsAtOnce_AreToldInTheirOrder()
    {
        var other = new RegistrationNews(World.Shard.Context);
        Send(Bob, Authorize(Challenge()), contact: "<sip:a-bob@203.0.113.101>");
        bool isFirst = true;
        World.Publishing = told =>
        {
            // This shard has bound a second contact and is about to say so; another one drops the first, and would be heard before.
            if (told is RegistrationChanged && isFirst)
            {
                isFirst = false;
                World.Locations.Remove("bob", World.Locations.GetStored("bob")[^1], other);
            }
        };
        Send(Bob, Authorize(Challenge()), contact: "<sip:b-bob@203.0.113.101>");
        Assert.Equal([1, 2, 1], World.EventsOf<RegistrationChanged>().Select(static e => e.Contacts));
        Assert.Equal(RegistrationReason.Unregistered, World.EventsOf<RegistrationChanged>()[^1].Reason);
    }

    [Fact]
    public void Sweep_WhileChangesAreTold_KeepsTheEntryUntilThatIsOver()
    {
        var news = new RegistrationNews(World.Shard.Context);
        Register(Bob);
        World.Publishing = _ => World.Locations.Sweep(World.Now, TimeSpan.FromSeconds(10), news);
        Send(Bob, Authorize(Challenge()), "Expires: 0\r\n", contact: "*");
        Assert.Equal(0, World.EventsOf<RegistrationChanged>()[^1].Contacts);
        Assert.Equal(1, World.Locations.AccountCount);
        World.Locations.Sweep(World.Now + TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10), news);
        Assert.Equal(0, World.Locations.AccountCount);
    }

    [Fact]
    public void Contact_WithExpiresZero_IsRemoved()
    {
        Send(Bob, Authorize(Challenge()), contact: "<sip:a-bob@203.0.113.101>, <sip:b-bob@203.0.113.101>");
        SipText ok = Send(Bob, Authorize(Challenge()), contact: "<sip:a-bob@203.0.113.101>;expires=0");
        Assert.StartsWith("<sip:b-bob@203.0.113.101>", Assert.Single(ok.All("Contact")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", "Expires: 0\r\n", 200, 0)]
    [InlineData("*", "Expires: 60\r\n", 400, 1)]
    [InlineData("*", "", 400, 1)]
    [InlineData("*, <sip:x-bob@203.0.113.101>", "Expires: 0\r\n", 400, 1)]
    public void Contact_Wildcard_OnlyAloneAndWithExpiresZero(string contact, string extra, int status, int left)
    {
        Send(Bob, Authorize(Challenge()));
        Assert.Equal(status, Send(Bob, Authorize(Challenge()), extra, contact: contact).Status);
        Assert.Equal(left, World.Locations.Get("bob", World.Now).Length);
    }

    [Fact]
    public void CSeq_OfALateRequest_UndoesNothing()
    {
        Send(Bob, Authorize(Challenge()), callId: "one-bob", cseq: 10);
        Assert.Equal(500, Send(Bob, Authorize(Challenge()), contact: Bob.Contact + ";expires=0", callId: "one-bob", cseq: 9).Status);
        Assert.Equal(500, Send(Bob, Authorize(Challenge()), "Expires: 0\r\n", contact: "*", callId: "one-bob", cseq: 10).Status);
        Assert.Single(World.Locations.Get("bob", World.Now));
        Assert.Equal(200, Send(Bob, Authorize(Challenge()), contact: Bob.Contact + ";expires=0", callId: "another-bob", cseq: 1).Status);
        Assert.Empty(World.Locations.Get("bob", World.Now));
    }

    [Fact]
    public void Call_ToAnAccount_RingsAllItsContacts_OnTheirFlows_WithTheirUris()
    {
        // Two phones of one account see each other's contacts, as they should (RFC 3261 §10.3 step 8).
        World.MayPassAddresses = true;
        Send(Bob, Authorize(Challenge()), contact: "<sip:c-bob@10.1.2.3:7777;ob>");
        Send(Carol, Authorize(Challenge(Carol)), contact: "<sip:c-carol@10.9.9.9>");
        World.MayPassAddresses = false;
        World.Route("+2001", new DialStep([new AccountTarget("bob")], Parallel: true, TimeSpan.FromSeconds(20)));
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        PeerDialog bob = PeerDialog.Answering(Bob);
        PeerDialog carol = PeerDialog.Answering(Carol);
        Assert.Equal("sip:c-bob@10.1.2.3:7777;ob", bob.Invite!.Uri);
        Assert.Equal("sip:c-carol@10.9.9.9", carol.Invite!.Uri);
        Assert.Equal("<sip:bob@192.0.2.1>", bob.Invite["To"]);
        bob.Respond(180);
        Alice.Take("180 INVITE");
        bob.Respond(200, PeerSdp.Audio(Bob), contact: "<sip:c-bob@10.1.2.3:7777;ob>");
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        carol.Respond(180);
        Carol.Take("CANCEL");
        carol.Respond(487);
        Carol.Take("ACK");
        HangUp(caller, bob);
        Assert.Equal("bob", World.Record.Legs[1].Peer);
    }

    [Fact]
    public void Call_ToAnAccountWithoutContacts_Is480()
    {
        World.Route("+2001", new DialStep([new AccountTarget("bob")], Parallel: true, TimeSpan.FromSeconds(20)));
        PeerDialog caller = PeerDialog.Call(Alice, "+2001");
        caller.Ack(Alice.Take("480 INVITE"));
        Assert.Equal(CallEndReason.Unreachable, World.Record.Reason);
    }

    [Fact]
    public void INVITE_OfAnAccount_IsChallenged_AndItsFromMustBeItsOwn()
    {
        World.Policy.Admission = CallerAdmission.Challenge;
        SipText unauthorized = Invite(Alice, "alice", null);
        Assert.Equal(401, unauthorized.Status);
        Assert.Equal(0, World.Statistics.ServerTransactions);
        string challenge = unauthorized["WWW-Authenticate"];
        Assert.Equal(403, Invite(Alice, "bob", Authorize(challenge, "alice", "hidden", 1, "INVITE")).Status);
        Assert.Equal(403, Invite(Alice, "alice", Authorize(challenge, "alice", "wrong", 2, "INVITE")).Status);
        Assert.Equal(100, Invite(Alice, "alice", Authorize(challenge, "alice", "hidden", 3, "INVITE")).Status);
        PeerDialog.Answering(Bob).Respond(486);
        Bob.Take("ACK");
        Alice.Take("486 INVITE");
        Assert.Equal("alice", World.Record.Account);
    }

    [Theory]
    [InlineData("Authorization: Digest garbage\r\n", 400)]
    [InlineData("Authorization: Basic Ym9iOnNlY3JldA==\r\n", 401)]
    public void Credentials_OfAnotherKind(string header, int status) => Assert.Equal(status, Send(Bob, header).Status);
}
