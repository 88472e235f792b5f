using System.Collections.Frozen;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Rules and pass lists in calls; what rules do to one message is in <c>HeaderEditorTests</c>.</summary>
public sealed class HeaderRuleTests : CallTest
{
    [Fact]
    public void Pass_NeedsBothTrunks()
    {
        From(Pass("X-*", "User-to-User", "Organization"));
        To(Pass("X-A", "User-to-User"));
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "X-A: one\r\nx-b: two\r\nUser-to-User: 00\r\nOrganization: acme\r\nX-A: three\r\nSubject: always\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(["one", "three"], callee.Invite!.All("X-A"));
        Assert.False(callee.Invite.Has("X-B"));
        Assert.False(callee.Invite.Has("Organization"));
        Assert.Equal(("00", "always"), (callee.Invite["User-to-User"], callee.Invite["Subject"]));
        callee.Respond(180, extra: "X-A: ringing\r\nX-B: no\r\n");
        SipText ringing = Alice.Take("180 INVITE");
        Assert.Equal(("ringing", ""), (ringing["X-A"], ringing["X-B"]));
        callee.Respond(486, extra: "X-A: busy\r\n");
        Bob.Take("ACK");
        SipText busy = Alice.Take("486 INVITE");
        Assert.Equal("busy", busy["X-A"]);
        caller.Ack(busy);
    }

    [Fact]
    public void Pass_OfAnswers_DoesNotReachTheNextCall()
    {
        From(Pass("X-*"));
        To(Pass("X-*"));
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(486, extra: "X-A: busy\r\n");
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
        Alice.Send(Alice.Request("INVITE", "sip:+999@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:+999@192.0.2.1>", "c-alice", 1, Alice.NextBranch(), sdp: PeerSdp.Audio(Alice)));
        Alice.Take("100 INVITE");
        Assert.False(Alice.Take("404 INVITE").Has("X-A"));
    }

    [Fact]
    public void Pass_NeverCarriesWhatIsOurs()
    {
        From(Pass("*"));
        To(Pass("*"));
        PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Supported: x\r\nAllow: FOO\r\nP-Asserted-Identity: <sip:1@198.51.100.10>\r\nAuthorization: Digest x\r\nServer: s-alice\r\nX-A: 1\r\n");
        Alice.Take("100 INVITE");
        SipText invite = Bob.Take("INVITE");
        Assert.Equal("1", invite["X-A"]);
        Assert.False(invite.Has("P-Asserted-Identity") || invite.Has("Authorization") || invite.All("Allow").Contains("FOO") || invite.Has("Server"));
        Bob.Respond(invite, 486, "t-bob");
        Bob.Take("ACK");
        Alice.Take("486 INVITE");
    }

    [Fact]
    public void Rules_ApplyByDirectionMethodAndKind()
    {
        From(new TrunkHeaders
        {
            Pass = [Name("X-In")],
            Rules =
            [
                Rule(HeaderDirection.In, HeaderAction.Copy, "X-In", source: "X-Raw"),
                Rule(HeaderDirection.Out, HeaderAction.Set, "X-Ok", "caller") with { Messages = HeaderMessages.Responses, Methods = new[] { SipMethod.Invite }.ToFrozenSet() },
            ],
        });
        To(new TrunkHeaders
        {
            Pass = [Name("X-In")],
            Rules =
            [
                Rule(HeaderDirection.Out, HeaderAction.Set, "X-Out", "all"),
                Rule(HeaderDirection.Out, HeaderAction.Set, "X-Invite", "yes") with { Methods = new[] { SipMethod.Invite }.ToFrozenSet() },
                Rule(HeaderDirection.Out, HeaderAction.Remove, "User-Agent"),
                Rule(HeaderDirection.In, HeaderAction.Remove, "Reason"),
            ],
        });
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "X-Raw: value\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        SipText invite = callee.Invite!;
        Assert.Equal(("value", "all", "yes"), (invite["X-In"], invite["X-Out"], invite["X-Invite"]));
        Assert.False(invite.Has("User-Agent"));
        Assert.Equal("IN IP4 192.0.2.1", invite.Sdp("c="));
        callee.Respond(200, PeerSdp.Audio(Bob));
        SipText ack = Bob.Take("ACK");
        Assert.Equal(("all", ""), (ack["X-Out"], ack["X-Invite"]));
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal("caller", ok["X-Ok"]);
        caller.Ack();

        // The BYE comes in by a trunk whose rule takes its Reason out.
        callee.Bye("Reason: Q.850;cause=31\r\n");
        Assert.Equal("Q.850;cause=16;text=\"Normal call clearing\"", caller.AcceptBye()["Reason"]);
        Bob.Take("200 BYE");
    }

    [Fact]
    public void Rules_OnACancelledCall_KeepItsTransaction()
    {
        To(new TrunkHeaders { Rules = [Rule(HeaderDirection.Out, HeaderAction.Set, "X-Out", "all")] });
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(180);
        Alice.Take("180 INVITE");
        caller.Cancel();
        SipText cancel = Bob.Take("CANCEL");
        Assert.Equal(callee.Invite!.Branch, cancel.Branch);
        Bob.Respond(cancel, 200, "t");
        callee.Respond(487);
        Bob.Take("ACK");
        Alice.Take("200 CANCEL");
        Alice.Take("487 INVITE");
    }

    [Fact]
    public void Untrusted_CannotPassAnIdentityThroughARule()
    {
        From(new TrunkHeaders { Pass = [Name("X-Who")], Rules = [Rule(HeaderDirection.In, HeaderAction.Copy, "X-Who", source: "P-Asserted-Identity")] });
        To(new TrunkHeaders { Pass = [Name("X-Who")] });
        PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "P-Asserted-Identity: <sip:1@example.com>\r\n");
        Alice.Take("100 INVITE");
        SipText invite = Bob.Take("INVITE");
        Assert.False(invite.Has("X-Who"));
        Bob.Respond(invite, 486, "t-bob");
        Bob.Take("ACK");
        Alice.Take("486 INVITE");
    }

    /// <summary>What one party asks the other, and what we tell about a transfer, are messages to the trunk like any other.</summary>
    [Theory]
    [InlineData("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=1\r\n")]
    [InlineData("INFO", "Info-Package: x\r\n", null)]
    [InlineData("MESSAGE", "Content-Type: text/plain\r\n", "hello")]
    [InlineData("NOTIFY", "Event: talk\r\nSubscription-State: active\r\n", null)]
    [InlineData("REFER", "Refer-To: <sip:+2001@192.0.2.1>\r\n", null)]
    public void Rules_ApplyToWhatIsPassedOnWithinACall(string method, string headers, string? body)
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk
        {
            Name = "carrier-in",
            Transfers = TransferPolicy.Pass,
            Headers = new TrunkHeaders { Rules = [Rule(HeaderDirection.Out, HeaderAction.Set, "X-Answered", "yes") with { Messages = HeaderMessages.Responses, Methods = Only(method) }] },
        };
        To(new TrunkHeaders
        {
            Rules =
            [
                Rule(HeaderDirection.Out, HeaderAction.Set, "X-Out", "all"),
                Rule(HeaderDirection.Out, HeaderAction.Remove, "User-Agent"),
                Rule(HeaderDirection.In, HeaderAction.Set, "Accept", "text/plain") with { Messages = HeaderMessages.Responses },
            ],
        });
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send(method, headers, body);
        SipText passed = Bob.Take(method);
        Assert.Equal(("all", body ?? ""), (passed["X-Out"], passed.Body));
        Assert.False(passed.Has("User-Agent"));
        Bob.Respond(passed, 202);
        SipText answer = Alice.Take("202 " + method);
        Assert.Equal(("yes", "text/plain"), (answer["X-Answered"], answer["Accept"]));
        HangUp(caller, callee);
    }

    [Fact]
    public void Rules_ApplyToOurOwnNotify()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk
        {
            Name = "carrier-in",
            Transfers = TransferPolicy.Terminate,
            Headers = new TrunkHeaders { Rules = [Rule(HeaderDirection.Out, HeaderAction.Set, "X-Out", "all") with { Methods = Only("NOTIFY") }] },
        };
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("REFER", "Refer-To: <sip:+9999@192.0.2.1>\r\n");
        Alice.Take("202 REFER");
        foreach (int status in (int[])[100, 404])
        {
            SipText notify = Alice.Take("NOTIFY");
            Assert.Equal("all", notify["X-Out"]);
            Assert.Equal("MediaCore", notify["User-Agent"]);
            Assert.StartsWith($"SIP/2.0 {status} ", notify.Body, StringComparison.Ordinal);
            Alice.Respond(notify, 200);
        }

        HangUp(caller, callee);
    }

    [Fact]
    public void Rules_OnWhatIsPassedOn_CannotUndoPrivacy()
    {
        To(new TrunkHeaders { Rules = [Rule(HeaderDirection.Out, HeaderAction.Set, "P-Asserted-Identity", "<sip:+13035550199@192.0.2.1>")] });
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Privacy: id\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        caller.Send("MESSAGE", "Content-Type: text/plain\r\n", "hello");
        SipText message = Bob.Take("MESSAGE");
        Assert.False(message.Has("P-Asserted-Identity"));
        Assert.StartsWith("\"Anonymous\"", message["From"], StringComparison.Ordinal);
        Bob.Respond(message, 200);
        Alice.Take("200 MESSAGE");
        HangUp(caller, callee);
    }

    /// <summary>A rule for answers to INVITE is none for answers to PRACK, UPDATE or REFER.</summary>
    [Fact]
    public void Rules_ForResponses_AreByTheMethodThatIsAnswered()
    {
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk
        {
            Name = "carrier-in",
            Transfers = TransferPolicy.Terminate,
            Headers = new TrunkHeaders
            {
                Rules = [.. new[] { "INVITE", "PRACK", "UPDATE", "REFER" }.Select(static method =>
                    Rule(HeaderDirection.Out, HeaderAction.Set, "X-" + method, "1") with { Messages = HeaderMessages.Responses, Methods = Only(method) })],
            },
        };
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), "Supported: 100rel\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000));
        SipText early = caller.Learn(Alice.Take("183 INVITE"));
        AssertMarked(early);
        caller.Send("PRACK", $"RAck: {early["RSeq"]} 1 INVITE\r\n");
        AssertMarked(Alice.Take("200 PRACK"));
        Answer(caller, callee);
        caller.Send("UPDATE");
        AssertMarked(Alice.Take("200 UPDATE"));
        caller.Send("REFER", "Refer-To: <sip:+9999@192.0.2.1>\r\nRefer-Sub: false\r\n");
        AssertMarked(Alice.Take("202 REFER"));
        HangUp(caller, callee);

        static void AssertMarked(SipText response) => Assert.Equal(
            ["X-" + response.Method],
            new[] { "X-INVITE", "X-PRACK", "X-UPDATE", "X-REFER" }.Where(response.Has));
    }

    /// <summary>What we answer without a body goes to the trunk like the rest: within a call, at its end, and what is refused without keeping anything.</summary>
    [Fact]
    public void Rules_ForResponses_ReachThoseWithoutABody()
    {
        From(Marking());
        To(Marking());
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        AssertMarked(Alice.Take("100 INVITE"));
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        caller.Send("OPTIONS");
        AssertMarked(Alice.Take("200 OPTIONS"));
        callee.Send("PRACK", "RAck: 1 1 INVITE\r\n");
        AssertMarked(Bob.Take("481 PRACK"));
        callee.Bye();
        AssertMarked(Bob.Take("200 BYE"));
        caller.AcceptBye();

        // Nobody knows of the dialog any more; of the callee's trunk no address either.
        caller.Bye();
        AssertMarked(Alice.Take("481 BYE"));
        callee.Bye();
        Assert.False(Bob.Take("481 BYE").Has("X-Ours"));

        PeerDialog cancelled = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        PeerDialog ringing = PeerDialog.Answering(Bob);
        ringing.Respond(180);
        Alice.Take("180 INVITE");
        cancelled.Cancel();
        AssertMarked(Alice.Take("200 CANCEL"));
        cancelled.Ack(Alice.Take("487 INVITE"));
        Bob.Respond(Bob.Take("CANCEL"), 200);
        ringing.Respond(487);
        Bob.Take("ACK");
    }

    [Theory]
    [InlineData("INVITE", "483", "", 0)]
    [InlineData("INVITE", "420", "Require: nonsense\r\n", 70)]
    [InlineData("OPTIONS", "200", "", 70)]
    [InlineData("REFER", "403", "Refer-To: <sip:+1@192.0.2.1>\r\n", 70)]
    [InlineData("PUBLISH", "405", "", 70)]
    public void Rules_ForResponses_ReachThoseThatKeepNoState(string method, string status, string extra, int maxForwards)
    {
        From(Marking());
        Alice.Send(Alice.Request(method, "sip:+1001@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:+1001@192.0.2.1>", "c-alice", 1, Alice.NextBranch(), extra, maxForwards: maxForwards));
        AssertMarked(Alice.Take($"{status} {method}"));
        Assert.Equal(0, World.Statistics.ServerTransactions);

        // A stranger is told what it was told before.
        Carol.Send(Carol.Request(method, "sip:+1001@192.0.2.1", "<sip:c@203.0.113.102>;tag=t-carol", "<sip:+1001@192.0.2.1>", "c-carol", 1, Carol.NextBranch(), extra, maxForwards: maxForwards));
        Assert.False(Carol.Take($"{status} {method}").Has("X-Ours"));
    }

    private static void AssertMarked(SipText response)
    {
        Assert.Equal("yes", response["X-Ours"]);
        Assert.False(response.Has("Server"));
    }

    private static TrunkHeaders Marking() => new()
    {
        Rules =
        [
            Rule(HeaderDirection.Out, HeaderAction.Set, "X-Ours", "yes") with { Messages = HeaderMessages.Responses },
            Rule(HeaderDirection.Out, HeaderAction.Remove, "Server") with { Messages = HeaderMessages.Responses },
        ],
    };

    /// <summary>A 2xx that the trunk's own rules have made too large to be read: its sender must not be left with a call that nobody has.</summary>
    [Fact]
    public void Answer_ThatRulesMakeTooLarge_IsAcknowledgedAndEnded_AndTheCallerTold()
    {
        To(Growing());
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob), Padding);
        Assert.Equal(callee.LocalTag, Bob.Take("ACK").ToTag);
        SipText bye = Bob.Take("BYE");
        callee.Respond(200, PeerSdp.Audio(Bob), Padding);
        Bob.Take("ACK");
        Bob.Respond(bye, 200);
        Bob.TakeNothing();
        caller.Ack(Alice.Take("500 INVITE"));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(488, false)]
    public void ReInviteAnswer_ThatRulesMakeTooLarge_EndsTheCall_OnlyWhereTheFarSideHasChanged(int status, bool ends)
    {
        To(Growing());
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.SendInvite(PeerSdp.Audio(Alice, 40002));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(status, status == 200 ? PeerSdp.Audio(Bob) : null, Padding);
        Bob.Take("ACK");
        caller.Ack(Alice.Take($"{(ends ? 500 : 488)} INVITE"));
        if (!ends)
        {
            HangUp(caller, callee);
            return;
        }

        caller.AcceptBye();
        callee.AcceptBye();
    }

    private static string Padding => string.Concat(Enumerable.Range(0, 9).Select(static i => $"X-P{i}: {new string('p', 7_000)}\r\n"));

    private static TrunkHeaders Growing() => new()
    {
        Rules = [.. Enumerable.Range(0, 4).Select(static i => Rule(HeaderDirection.In, HeaderAction.Add, "X-Grown", new string('g', 1_000)) with { Messages = HeaderMessages.Responses })],
    };

    private static FrozenSet<SipMethod> Only(string method) => new[] { SipMethods.Parse(System.Text.Encoding.ASCII.GetBytes(method)) }.ToFrozenSet();

    private static HeaderNamePattern Name(string text)
    {
        Assert.True(HeaderNamePattern.TryParse(text, allowPrefix: true, out HeaderNamePattern? pattern));
        return pattern;
    }

    private static HeaderRule Rule(HeaderDirection direction, HeaderAction action, string header, string value = "", string? source = null) =>
        new() { Direction = direction, Action = action, Header = Name(header), Value = value, Source = source is null ? null : Name(source) };

    private static TrunkHeaders Pass(params string[] names) => new() { Pass = [.. names.Select(Name)] };

    private void From(TrunkHeaders headers) => World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "carrier-in", Headers = headers };

    private void To(TrunkHeaders headers) =>
        World.Route("+1001", new DialStep([new TrunkTarget(new Trunk { Name = "carrier-out", Targets = World.TrunkTo(Bob).Targets, Headers = headers, Identity = new TrunkIdentity() })], Parallel: false, TimeSpan.FromSeconds(60)));
}
