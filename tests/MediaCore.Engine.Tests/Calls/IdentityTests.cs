using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Who calls, by the trust in the trunks on both sides (RFC 3323, RFC 3325, RFC 5806, RFC 7044; AC-30). That no host of one side shows on the other is World's check.</summary>
public sealed class IdentityTests : CallTest
{
    private const string Identities = "P-Asserted-Identity: \"Real Name\" <sip:+13035550199@198.51.100.10>, <tel:+1-303-555-0199>\r\n"
        + "Remote-Party-ID: <sip:+19995550000@198.51.100.10>;party=calling\r\n"
        + "Diversion: <sip:+14045550001@198.51.100.10>;reason=user-busy;counter=1, <sip:+14045550002@198.51.100.10>;reason=unconditional\r\n";

    private static readonly NumberRewrite America = new() { Format = NumberFormat.E164, Country = "1", NationalPrefix = "1", InternationalPrefix = "011", Bare = BareNumber.National };

    [Fact]
    public void Untrusted_AssertsNothing_NeitherForRoutingNorForRecordsNorForTheCallee()
    {
        From(new TrunkIdentity());
        To(Trusted());
        SipText invite = Call(Identities + "History-Info: <sip:+14045550001@198.51.100.10>;index=1\r\n");
        AssertNone(invite);
        Assert.Equal("+12025550123", Assert.Single(World.Policy.Callers));
        Assert.Equal(("+12025550123", null), (World.Record.Caller, World.Record.AssertedCaller));
    }

    [Fact]
    public void Stranger_AssertsNothing()
    {
        To(Trusted());
        AssertNone(Call(Identities));
    }

    [Fact]
    public void Trusted_IsRoutedByItsAssertion_AndRecordedWithBoth()
    {
        From(Trusted());
        To(Trusted());
        SipText invite = Call(Identities);
        Assert.Equal(["\"Real Name\" <sip:+13035550199@192.0.2.1>"], invite.All("P-Asserted-Identity"));
        Assert.Equal("+13035550199", Assert.Single(World.Policy.Callers));
        Assert.Equal(("+12025550123", "+13035550199"), (World.Record.Caller, World.Record.AssertedCaller));
        Assert.Equal("sip:+12025550123@192.0.2.1", invite.UriOf("From"));
        Assert.False(invite.Has("Remote-Party-ID"));
        Assert.False(invite.Has("Privacy"));
    }

    [Theory]
    [InlineData("P-Asserted-Identity: <tel:+1-303-555-0199>\r\n")]
    [InlineData("Remote-Party-ID: <sip:+19995550000@198.51.100.10>;party=called\r\nRemote-Party-ID: <sip:+13035550199@198.51.100.10>;party=calling;screen=yes\r\n")]
    [InlineData("P-Preferred-Identity: <sip:+13035550199@198.51.100.10>\r\n")]
    [InlineData("P-Asserted-Identity: <sip:198.51.100.10>, <sip:+13035550199@198.51.100.10>\r\n")]
    public void Trusted_AssertsInAnyOfTheHeaders(string headers)
    {
        From(Trusted());
        To(Trusted());
        Assert.Equal("<sip:+13035550199@192.0.2.1>", Call(headers)["P-Asserted-Identity"]);
    }

    [Theory]
    [InlineData("P-Asserted-Identity: garbage\r\n")]
    [InlineData("P-Asserted-Identity: <sip:@198.51.100.10>\r\n")]
    [InlineData("Remote-Party-ID: <sip:+19995550000@198.51.100.10>;party=called\r\n")]
    public void Trusted_ThatAssertsNothingUsable_IsRoutedByFrom(string headers)
    {
        From(Trusted());
        To(Trusted());
        AssertNone(Call(headers));
        Assert.Equal("+12025550123", Assert.Single(World.Policy.Callers));
    }

    [Theory]
    [InlineData(IdentityHeader.Preferred, "P-Preferred-Identity", "\"Real Name\" <sip:+13035550199@192.0.2.1>")]
    [InlineData(IdentityHeader.RemoteParty, "Remote-Party-ID", "\"Real Name\" <sip:+13035550199@192.0.2.1>;party=calling;screen=yes;privacy=off")]
    [InlineData(IdentityHeader.None, "P-Asserted-Identity", "")]
    public void Trunk_IsToldInTheHeaderThatItWants(IdentityHeader send, string header, string expected)
    {
        From(Trusted());
        To(new TrunkIdentity { Send = send });
        Assert.Equal(expected, Call(Identities)[header]);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("user;critical")]
    [InlineData("none; id")]
    [InlineData("ID")]
    public void Privacy_TowardsTheUntrusted_TakesTheCallerOutOfEverything(string wish)
    {
        From(Trusted());
        To(new TrunkIdentity { Send = IdentityHeader.Asserted, Diversion = DiversionHeader.Both });
        SipText invite = Call($"{Identities}Privacy: {wish}\r\n");
        AssertNone(invite);
        Assert.StartsWith("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=", invite["From"], StringComparison.Ordinal);
        Assert.DoesNotContain("5550123", invite.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("5550199", invite.Text, StringComparison.Ordinal);
        Assert.Equal(("+12025550123", "+13035550199"), (World.Record.Caller, World.Record.AssertedCaller));
    }

    [Fact]
    public void Privacy_TowardsTheTrusted_IsPassedOnWithTheIdentity()
    {
        From(Trusted());
        To(Trusted());
        SipText invite = Call(Identities + "Privacy: id\r\n");
        Assert.Equal("\"Real Name\" <sip:+13035550199@192.0.2.1>", invite["P-Asserted-Identity"]);
        Assert.Equal("id", invite["Privacy"]);
        Assert.Equal("sip:+12025550123@192.0.2.1", invite.UriOf("From"));
    }

    [Fact]
    public void Privacy_OfAStranger_IsKept_TowardsAStranger()
    {
        World.RouteToTrunks("+1001", Bob);
        SipText invite = Call("Privacy: id\r\n");
        Assert.StartsWith("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=", invite["From"], StringComparison.Ordinal);
    }

    [Fact]
    public void Privacy_None_HidesNothing()
    {
        To(new TrunkIdentity());
        Assert.Equal("sip:+12025550123@192.0.2.1", Call("Privacy: none\r\n").UriOf("From"));
    }

    [Fact]
    public void RemotePartyId_WithPrivacy_IsAWishForIt()
    {
        From(Trusted());
        To(new TrunkIdentity());
        SipText invite = Call("Remote-Party-ID: <sip:+13035550199@198.51.100.10>;party=calling;privacy=full\r\n");
        Assert.Contains("anonymous@anonymous.invalid", invite["From"], StringComparison.Ordinal);
    }

    /// <summary>Privacy comes after the trunk's rules, so no rule can undo it.</summary>
    [Fact]
    public void Privacy_CannotBeUndoneByHeaderRules()
    {
        From(Trusted());
        Assert.True(HeaderNamePattern.TryParse("P-Asserted-Identity", allowPrefix: false, out HeaderNamePattern? asserted));
        Assert.True(HeaderNamePattern.TryParse("X-Note", allowPrefix: false, out HeaderNamePattern? note));
        To(new TrunkIdentity(), headers: new TrunkHeaders
        {
            Rules =
            [
                new HeaderRule { Action = HeaderAction.Set, Header = asserted, Value = "<sip:+13035550199@192.0.2.1>" },
                new HeaderRule { Action = HeaderAction.Set, Header = note, Value = "kept" },
            ],
        });
        SipText invite = Call(Identities + "Privacy: id\r\n");
        AssertNone(invite);
        Assert.Equal("kept", invite["X-Note"]);
    }

    [Fact]
    public void Assert_OfTheConfiguration_StandsForWhatAnUntrustedTrunkSays()
    {
        From(new TrunkIdentity { Assert = "+15005550000" });
        To(Trusted());
        SipText invite = Call(Identities);
        Assert.Equal("<sip:+15005550000@192.0.2.1>", invite["P-Asserted-Identity"]);
        Assert.Equal("+15005550000", Assert.Single(World.Policy.Callers));
        Assert.Equal(("+12025550123", "+15005550000"), (World.Record.Caller, World.Record.AssertedCaller));
    }

    [Fact]
    public void Diversion_IsPassedToTrunksThatWantIt_LastOneFirst()
    {
        From(Trusted());
        To(new TrunkIdentity { Diversion = DiversionHeader.Diversion });
        SipText invite = Call(Identities);
        Assert.Equal(["<sip:+14045550001@192.0.2.1>;reason=user-busy", "<sip:+14045550002@192.0.2.1>;reason=unconditional"], invite.All("Diversion"));
        Assert.False(invite.Has("History-Info"));
    }

    [Fact]
    public void Diversion_BecomesHistoryInfo()
    {
        From(Trusted());
        To(new TrunkIdentity { Diversion = DiversionHeader.HistoryInfo });
        SipText invite = Call(Identities);
        Assert.Equal(
            ["<sip:+14045550002@192.0.2.1>;index=1", "<sip:+14045550001@192.0.2.1;cause=302>;index=1.1", "<sip:+1001@192.0.2.1;cause=486>;index=1.1.1"],
            invite.All("History-Info"));
        Assert.False(invite.Has("Diversion"));
    }

    [Fact]
    public void HistoryInfo_BecomesDiversion()
    {
        From(Trusted());
        To(new TrunkIdentity { Diversion = DiversionHeader.Diversion });
        SipText invite = Call("History-Info: <sip:+14045550002@198.51.100.10>;index=1, <sip:+14045550001@198.51.100.10;cause=302>;index=1.1;mp=1\r\n"
            + "History-Info: <sip:+1001@192.0.2.1;cause=486>;index=1.1.1;mp=1.1\r\n");
        Assert.Equal(["<sip:+14045550001@192.0.2.1>;reason=user-busy", "<sip:+14045550002@192.0.2.1>;reason=unconditional"], invite.All("Diversion"));
    }

    [Fact]
    public void Diversion_OfOneWhoWantsToStayUnknown_IsNotTold()
    {
        From(Trusted());
        To(new TrunkIdentity { Diversion = DiversionHeader.Both });
        SipText invite = Call("Diversion: <sip:+14045550001@198.51.100.10>;reason=no-answer;privacy=full\r\n");
        Assert.False(invite.Has("Diversion"));
        Assert.Equal("<sip:anonymous@anonymous.invalid>;index=1", invite["History-Info"]);
    }

    [Fact]
    public void Diversions_AreBounded()
    {
        From(Trusted());
        To(new TrunkIdentity { Diversion = DiversionHeader.Diversion });
        SipText invite = Call(string.Concat(Enumerable.Range(0, 40).Select(i => $"Diversion: <sip:+140455500{i:00}@198.51.100.10>;reason=no-answer\r\n")));
        Assert.Equal(CallIdentitiesBound, invite.All("Diversion").Count());
    }

    [Fact]
    public void Numbers_AreRewrittenInEveryHeaderAtOnce()
    {
        World.RouteToTrunks("+12025550100", Bob);
        From(Trusted(), new TrunkNumbers { Inbound = America });
        To(Trusted() with { Diversion = DiversionHeader.Both }, new TrunkNumbers { Outbound = new NumberRewrite { Format = NumberFormat.International, Country = "1", InternationalPrefix = "00" }, UserIsPhone = true }, number: "+12025550100");
        Alice.Send(Alice.Request("INVITE", "sip:2025550100@192.0.2.1", "<sip:(202)555-0123@198.51.100.10>;tag=t1-alice", "<sip:2025550100@192.0.2.1>", "c1-alice", 1, Alice.NextBranch(),
            "P-Asserted-Identity: <tel:303-555-0199;phone-context=+1>\r\nDiversion: <sip:4045550001@198.51.100.10>;reason=no-answer\r\n", PeerSdp.Audio(Alice)));
        Alice.Take("100 INVITE");
        SipText invite = Bob.Take("INVITE");
        Assert.Equal("sip:0012025550100@203.0.113.101;user=phone", invite.Uri);
        Assert.Equal("<sip:0012025550100@203.0.113.101;user=phone>", invite["To"]);
        Assert.Equal("sip:0012025550123@192.0.2.1;user=phone", invite.UriOf("From"));
        Assert.Equal("<sip:0013035550199@192.0.2.1;user=phone>", invite["P-Asserted-Identity"]);
        Assert.Equal("<sip:0014045550001@192.0.2.1;user=phone>;reason=no-answer", invite["Diversion"]);
        Assert.Equal(["<sip:0014045550001@192.0.2.1;user=phone>;index=1", "<sip:0012025550100@192.0.2.1;user=phone;cause=408>;index=1.1"], invite.All("History-Info"));
        Assert.Equal("+13035550199", Assert.Single(World.Policy.Callers));
        Refuse(invite);
        Assert.Equal(("+12025550123", "+13035550199", "+12025550100"), (World.Record.Caller, World.Record.AssertedCaller, World.Record.Called));
    }

    [Theory]
    [InlineData("112")]
    [InlineData("911")]
    public void EmergencyNumbers_StayAsTheyAre(string number)
    {
        From(Trusted(), new TrunkNumbers { Inbound = America });
        To(Trusted(), new TrunkNumbers { Outbound = America with { Format = NumberFormat.International } }, number: number);
        PeerDialog.Dial(Alice, number, PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        SipText invite = Bob.Take("INVITE");
        Assert.Equal($"sip:{number}@203.0.113.101", invite.Uri);
        Refuse(invite);
    }

    [Fact]
    public void Answer_OfATrustedTrunk_TellsATrustedCallerWhoAnswered()
    {
        From(Trusted());
        To(Trusted());
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob), "P-Asserted-Identity: <sip:+16065550001@203.0.113.101>\r\n");
        Bob.Take("ACK");
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal("<sip:+16065550001@192.0.2.1>", ok["P-Asserted-Identity"]);
        caller.Ack();
        HangUp(caller, callee);
    }

    private const int CallIdentitiesBound = 8;

    private static TrunkIdentity Trusted() => new() { IsTrusted = true, Send = IdentityHeader.Asserted };

    private void From(TrunkIdentity identity, TrunkNumbers? numbers = null) =>
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "carrier-in", Identity = identity, Numbers = numbers };

    private void To(TrunkIdentity identity, TrunkNumbers? numbers = null, TrunkHeaders? headers = null, string number = "+1001") =>
        World.Route(number, new DialStep([new TrunkTarget(new Trunk { Name = "carrier-out", Targets = World.TrunkTo(Bob).Targets, Identity = identity, Numbers = numbers, Headers = headers })], Parallel: false, TimeSpan.FromSeconds(60)));

    /// <summary>A call that bob refuses; his INVITE.</summary>
    private SipText Call(string headers)
    {
        PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), headers);
        Alice.Take("100 INVITE");
        SipText invite = Bob.Take("INVITE");
        Refuse(invite);
        return invite;
    }

    private void Refuse(SipText invite)
    {
        Bob.Respond(invite, 486, "t-bob");
        Bob.Take("ACK");
        Alice.Take("486 INVITE");
    }

    private static void AssertNone(SipText invite)
    {
        foreach (string name in (string[])["P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID", "Diversion", "History-Info", "Privacy"])
        {
            Assert.False(invite.Has(name), name);
        }
    }
}
