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
