using System.Collections.Frozen;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>What callers get for a trunk's refusals and redirections (RFC 3326, RFC 3398, RFC 3261 §8.1.3.4).</summary>
public sealed class RefusalTests : CallTest
{
    [Theory]
    [InlineData(486, 480)]
    [InlineData(404, 404)]
    [InlineData(403, 603)]
    [InlineData(401, 403)]
    public void Status_IsMapped_AsTheTrunkSays(int status, int passed)
    {
        To(new TrunkAnswers { Statuses = new Dictionary<int, int> { [486] = 480, [403] = 603 }.ToFrozenDictionary() });
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(status);
        Bob.Take("ACK");
        caller.Ack(Alice.Take($"{passed} INVITE"));
        Assert.Equal(passed, World.Record.SipStatus);
        Assert.Equal(status, World.Record.Legs[1].SipStatus);
    }

    [Fact]
    public void Status_ThatIsMapped_StillMovesOnToTheNextHop()
    {
        To(new TrunkAnswers { Statuses = new Dictionary<int, int> { [503] = 480 }.ToFrozenDictionary() }, Bob, Carol);
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(503);
        Bob.Take("ACK");
        PeerDialog.Answering(Carol).Respond(503);
        Carol.Take("ACK");
        caller.Ack(Alice.Take("480 INVITE"));
    }

    [Theory]
    [InlineData(503, 1, 404)]
    [InlineData(500, 17, 486)]
    [InlineData(480, 34, 500)]
    [InlineData(480, 16, 480)]
    [InlineData(480, 0, 480)]
    public void Status_FollowsFromTheCause_WhereConfigured(int status, int cause, int passed)
    {
        To(new TrunkAnswers { StatusFromCause = true });
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(status, extra: cause == 0 ? "" : $"Reason: Q.850;cause={cause}\r\n");
        Bob.Take("ACK");
        caller.Ack(Alice.Take($"{passed} INVITE"));
    }

    [Fact]
    public void Reason_OfTheBetterFailure_IsTheOneThatIsPassed()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1002");
        PeerDialog.Answering(Bob).Respond(503, extra: "Reason: Q.850;cause=34;text=\"first\"\r\n");
        Bob.Take("ACK");
        PeerDialog.Answering(Carol).Respond(486, extra: "Reason: Q.850;cause=17;text=\"second\"\r\n");
        Carol.Take("ACK");
        SipText refusal = Alice.Take("486 INVITE");
        Assert.Equal(["Q.850;cause=17;text=\"second\""], refusal.All("Reason"));
        caller.Ack(refusal);
    }

    [Fact]
    public void Reason_OfOurOwn_WhereTheTargetGaveNone()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(486);
        Bob.Take("ACK");
        SipText refusal = Alice.Take("486 INVITE");
        Assert.Equal("Q.850;cause=17;text=\"User busy\"", refusal["Reason"]);
        caller.Ack(refusal);
    }

    [Fact]
    public void Refusal_ForMedia_HasAWarning()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(488);
        Bob.Take("ACK");
        SipText refusal = Alice.Take("488 INVITE");
        Assert.Equal("305 192.0.2.1:5060 \"Incompatible media format\"", refusal["Warning"]);
        caller.Ack(refusal);
    }

    [Fact]
    public void Redirection_Refused_TellsTheCallerNothing()
    {
        To(new TrunkAnswers { Redirect = RedirectPolicy.Refuse });
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(302, contact: "<sip:+1001@203.0.113.190>");
        Bob.Take("ACK");
        SipText refusal = Alice.Take("480 INVITE");
        Assert.False(refusal.Has("Contact"));
        caller.Ack(refusal);
    }

    [Fact]
    public void Redirection_Followed_WithinItsOwnTargets_AndToTrunksThatItMayName()
    {
        World.Policy.InboundTrunks[Carol.Endpoint] = new Trunk { Name = "to-carol" };
        To(new TrunkAnswers { Redirect = RedirectPolicy.Follow, RedirectTrunks = new[] { "to-carol" }.ToFrozenSet() }, Bob);
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(302, contact: "<sip:+1777@203.0.113.101>, <sip:+1888@203.0.113.102:5070>");
        Bob.Take("ACK");
        PeerDialog again = PeerDialog.Answering(Bob);
        Assert.Equal("sip:+1777@203.0.113.101", again.Invite!.Uri);
        Carol.TakeNothing();
        again.Respond(486);
        Bob.Take("ACK");
        PeerDialog second = PeerDialog.Answering(Carol);
        Assert.Equal("sip:+1888@203.0.113.102:5070", second.Invite!.Uri);
        Answer(caller, second);
        HangUp(caller, second);
        Assert.Equal("to-carol", World.Record.OutboundTrunk);
    }

    /// <summary>Toll fraud (AC-30): a carrier cannot send our calls to arbitrary hosts, nor to trunks that it may not name.</summary>
    [Theory]
    [InlineData("<sip:+1888@203.0.113.102:5070>")]
    [InlineData("<sip:+1888@192.0.2.200>")]
    [InlineData("<sip:+1888@evil.example.com>")]
    [InlineData("<tel:+1888>")]
    [InlineData("*")]
    [InlineData("<sips:+1888@203.0.113.101>")]
    [InlineData("garbage")]
    [InlineData("")]
    public void Redirection_Elsewhere_IsNotFollowed(string contact)
    {
        World.Policy.InboundTrunks[Carol.Endpoint] = new Trunk { Name = "to-carol" };
        To(new TrunkAnswers { Redirect = RedirectPolicy.Follow });
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(302, contact: contact);
        Bob.Take("ACK");
        Carol.TakeNothing();
        caller.Ack(Alice.Take("480 INVITE"));
        Assert.Equal(2, World.Record.Legs.Count);
    }

    [Fact]
    public void Redirections_InACircle_AreBounded()
    {
        To(new TrunkAnswers { Redirect = RedirectPolicy.Follow });
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        int invites = 0;
        while (Bob.TakeAny() is { } message)
        {
            if (message.Kind == "INVITE")
            {
                invites++;
                Bob.Respond(message, 302, "t-bob", contact: "<sip:+1001@203.0.113.101>, <sip:+1002@203.0.113.101>");
            }
        }

        Assert.Equal(6, invites);
        caller.Ack(Alice.Take("480 INVITE"));
        Assert.Equal(CallEndReason.Unreachable, World.Record.Reason);
    }

    private void To(TrunkAnswers answers, params Peer[] peers)
    {
        Peer[] all = peers.Length == 0 ? [Bob] : peers;
        World.Route("+1001", new DialStep([new TrunkTarget(new Trunk { Name = "carrier", Targets = [.. all.Select(World.Hop)], Answers = answers })], Parallel: false, TimeSpan.FromSeconds(60)));
    }
}
