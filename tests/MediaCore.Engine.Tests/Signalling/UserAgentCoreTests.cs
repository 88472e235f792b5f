using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Signalling;

public sealed class UserAgentCoreTests : CallTest
{
    [Theory]
    [InlineData("PUBLISH", 405)]
    [InlineData("NONSENSE", 501)]
    [InlineData("invite", 501)]
    public void Method_ThatIsNotServed_IsRefusedWithAllow(string method, int status)
    {
        SipText refusal = Ask(method, status);
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, NOTIFY, REFER, REGISTER, SUBSCRIBE", refusal["Allow"]);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    [InlineData("BYE")]
    public void Require_OfUnknownExtensions_Gets420WithAllOfThem(string method)
    {
        SipText refusal = Ask(method, 420, "Require: bar, 100rel, nothingYouKnow\r\nRequire: timer, foo\r\n");
        Assert.Equal("bar, nothingYouKnow, foo", string.Join(", ", refusal.All("Unsupported")));
    }

    [Fact]
    public void Require_OfManyExtensions_GetsAnAnswerThatIsNoLargerThanTheRequest()
    {
        SipText refusal = Ask("INVITE", 420, $"Require: {string.Join(",", Enumerable.Repeat("a", 3000))}\r\n");
        Assert.Equal(16, Assert.Single(refusal.All("Unsupported")).Split(',').Length);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("BYE")]
    public void RequestWithMoreToEchoThanWeKeep_IsRefused_WithoutState(string method)
    {
        string vias = string.Concat(Enumerable.Range(0, 100).Select(i => $"Via: SIP/2.0/UDP 198.51.100.10;branch=z9hG4bK{new string('x', 100)}{i}\r\n"));
        Ask(method, method == "BYE" ? 481 : 513, vias, method == "INVITE" ? PeerSdp.Audio(Alice) : null);
        Assert.Equal(0, World.Statistics.ServerTransactions);
        Assert.Equal(0, World.Statistics.ActiveCalls);
    }

    [Theory]
    [InlineData("Content-Type: text/plain\r\n", 415)]
    [InlineData("Content-Type: multipart/mixed;boundary=x\r\n", 400)]
    [InlineData("Content-Type: nonsense\r\n", 400)]
    [InlineData("Content-Type: application/sdp\r\nContent-Encoding: gzip\r\n", 415)]
    [InlineData("Accept: text/plain\r\n", 406)]
    public void Body_ThatIsNotUnderstood_IsRefused(string extra, int status)
    {
        SipText refusal = Ask("INVITE", status, extra, PeerSdp.Audio(Alice));
        Assert.Equal(status == 415 ? "application/sdp, multipart/mixed, multipart/alternative" : "", refusal["Accept"]);
    }

    [Theory]
    [InlineData("Accept: application/*;q=0.5, text/plain\r\n")]
    [InlineData("Accept: */*\r\n")]
    [InlineData("Accept: APPLICATION/SDP;level=1\r\n")]
    [InlineData("Content-Type: Application/SDP ; charset=x\r\n")]
    [InlineData("Content-Type: application/sdp\r\nContent-Encoding: identity\r\n")]
    public void Body_ThatIsUnderstood_IsTaken(string extra)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), extra);
        Alice.Take("100 INVITE");
        PeerDialog.Answering(Bob).Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Fact]
    public void Multipart_ItsSessionDescriptionIsUsed_AndItsOtherPartsStopHere()
    {
        string body = "--x\r\nContent-Type: application/ISUP;version=itu-t92+\r\nContent-Disposition: signal;handling=optional\r\n\r\nisup\r\n--x\r\nContent-Type: application/sdp\r\n\r\n" + PeerSdp.Audio(Alice) + "\r\n--x--\r\n";
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", body, "Content-Type: multipart/mixed;boundary=x\r\n");
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal("application/sdp", callee.Invite!["Content-Type"]);
        Assert.StartsWith("audio 30002 RTP/AVP 0 8 101", callee.Invite.Sdp("m="), StringComparison.Ordinal);
        Assert.DoesNotContain("isup", callee.Invite.Body, StringComparison.Ordinal);
        callee.Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Fact]
    public void MaxForwards_Zero_Gets483()
    {
        Alice.Send(Alice.Request("INVITE", "sip:+1001@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:+1001@192.0.2.1>", "x-alice", 1, "z9hG4bKm-alice", sdp: PeerSdp.Audio(Alice), maxForwards: 0));
        Alice.Take("483 INVITE");
        AssertStateless();
        Bob.TakeNothing();
    }

    [Theory]
    [InlineData(1, "0")]
    [InlineData(255, "69")]
    public void MaxForwards_IsCountedDown(int received, string sent)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice), maxForwards: received);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(sent, callee.Invite!["Max-Forwards"]);
        callee.Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Theory]
    [InlineData("BYE", true)]
    [InlineData("BYE", false)]
    [InlineData("PRACK", true)]
    [InlineData("PRACK", false)]
    [InlineData("UPDATE", true)]
    [InlineData("UPDATE", false)]
    [InlineData("INVITE", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("INFO", true)]
    [InlineData("INFO", false)]
    [InlineData("MESSAGE", true)]
    [InlineData("NOTIFY", true)]
    [InlineData("NOTIFY", false)]
    public void RequestOfAnUnknownDialog_Gets481(string method, bool withToTag)
    {
        Alice.Send(Alice.Request(method, "sip:+1001@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:+1001@192.0.2.1>" + (withToTag ? ";tag=gone" : ""), "x-alice", 1, "z9hG4bKd-alice"));
        Alice.Take($"481 {method}");
        AssertStateless();
    }

    [Theory]
    [InlineData("BYE")]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    public void RequestInTheDialogOfAnEndedCall_Gets481(string method)
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        HangUp(caller, callee);
        callee.Send(method, sdp: method == "INVITE" ? PeerSdp.Audio(Bob) : null);
        Bob.Take($"481 {method}");
        caller.Send(method, sdp: method == "INVITE" ? PeerSdp.Audio(Alice) : null);
        Alice.Take($"481 {method}");
    }

    [Fact]
    public void RequestInADialog_WithAStrangersTag_Gets481()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Alice.Send(Alice.Request("BYE", caller.Target, $"{caller.Local};tag=forged-alice", $"{caller.Remote};tag={caller.RemoteTag}", caller.CallId, 9, Alice.NextBranch()));
        Alice.Take("481 BYE");
        Assert.Equal(1, World.Statistics.ActiveCalls);
        HangUp(caller, callee);
    }

    [Fact]
    public void OPTIONS_SaysWhatWeCanDo_AndThatWeDrain()
    {
        SipText answer = Ask("OPTIONS", 200);
        Assert.Equal("application/sdp, multipart/mixed, multipart/alternative", answer["Accept"]);
        Assert.True(answer.Has("Allow"));
        Assert.True(answer.Has("Supported"));
        World.Shard.Context.IsDraining = true;
        Assert.Equal("10", Ask("OPTIONS", 503)["Retry-After"]);
    }

    [Fact]
    public void OPTIONS_InADialog_IsAnswered_AndNotPassedOn()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        caller.Send("OPTIONS");
        Alice.Take("200 OPTIONS");
        Bob.TakeNothing();
        HangUp(caller, callee);
    }

    [Fact]
    public void UnknownNumber_Gets404_WithQ850Cause1()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+9999", PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        SipText refusal = Alice.Take("404 INVITE");
        Assert.Equal("Q.850;cause=1;text=\"Unallocated number\"", refusal["Reason"]);
        caller.Ack(refusal);
        Assert.Equal((404, 1), (World.Record.SipStatus, World.Record.Q850Cause));
    }

    [Fact]
    public void RouteThatForbids_Gets403()
    {
        World.Policy.Plans["+1008"] = RoutePlan.Forbidden;
        PeerDialog caller = PeerDialog.Dial(Alice, "+1008", PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        caller.Ack(Alice.Take("403 INVITE"));
        Assert.Equal(CallEndReason.Forbidden, World.Record.Reason);
    }

    [Fact]
    public void SourceThatIsForbidden_Gets403_WithoutState()
    {
        World.Policy.Admission = CallerAdmission.Forbid;
        Assert.StartsWith("Q.850;cause=21", Ask("INVITE", 403, sdp: PeerSdp.Audio(Alice))["Reason"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v=0\r\nnot a description\r\n")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 198.51.100.10\r\ns=-\r\nc=IN IP4 198.51.100.10\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\n")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 198.51.100.10\r\ns=-\r\nc=IN IP4 198.51.100.10\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\n")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 198.51.100.10\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n")]
    public void OfferThatCannotBeRelayed_Gets488(string sdp)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", sdp);
        Alice.Take("100 INVITE");
        caller.Ack(Alice.Take("488 INVITE"));
        Bob.TakeNothing();
        Assert.Equal((CallEndReason.MediaMismatch, 88), (World.Record.Reason, World.Record.Q850Cause));
    }

    [Fact]
    public void MergedRequest_Gets482_WithoutState()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        long before = World.Statistics.ServerTransactions;
        Alice.Send(Alice.Request("INVITE", "sip:+1001@192.0.2.1", $"{caller.Local};tag={caller.LocalTag}", caller.Remote, caller.CallId, 1, Alice.NextBranch(), sdp: PeerSdp.Audio(Alice)));
        Alice.Take("482 INVITE");
        Assert.Equal(before, World.Statistics.ServerTransactions);
        Assert.Equal(1, World.Statistics.MergedRequests);
        Bob.TakeNothing();
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void CallIdOfARefusedCall_MayBeUsedAgain()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog.Answering(Bob).Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
        caller.SendInvite(PeerSdp.Audio(Alice));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void INVITE_WithoutContact_Gets400_WithoutState()
    {
        string invite = Alice.Request("INVITE", "sip:+1001@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:+1001@192.0.2.1>", "x-alice", 1, "z9hG4bKc-alice");
        Alice.Send(invite.Replace($"Contact: {Alice.Contact}\r\n", "", StringComparison.Ordinal));
        Alice.Take("400 INVITE");
        AssertStateless();
    }

    [Fact]
    public void MalformedMessages_AreAnswered400OrDropped_AndCounted()
    {
        string invite = Alice.Request("INVITE", "sip:+1001@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:+1001@192.0.2.1>", "x-alice", 1, "z9hG4bKc-alice");
        Alice.Send(invite.Replace("CSeq: 1 INVITE", "CSeq: 1 BYE", StringComparison.Ordinal));
        Assert.Equal(400, int.Parse(Assert.Single(Alice.TakeAll()).Split(' ')[0]));
        Alice.Send(invite.Replace("Content-Length: 0", "Content-Length: 9999", StringComparison.Ordinal));
        Alice.Take("400 INVITE");
        Alice.Send("\u0001\u0002\u0003 what is this");
        Alice.Send("SIP/2.0 200 OK\r\n\r\n");
        Alice.TakeNothing();
        Assert.Equal(4, World.Statistics.MalformedMessages);
        AssertStateless();
    }

    [Fact]
    public void KeepAlives_AreNoMessages()
    {
        Alice.Send("\r\n\r\n");
        Alice.Send("\0\0\0\0");
        Alice.Send("");
        Assert.Equal((3, 0), (World.Statistics.KeepAlives, World.Statistics.MalformedMessages));
        Alice.TakeNothing();
    }

    [Fact]
    public void StrayResponses_AreCountedAndForgotten()
    {
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        string branch = callee.Invite!.Branch;
        Bob.Send($"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch={branch[..^1]}x\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
        Bob.Send($"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch={branch}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n");
        Bob.Send("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKother\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(3, World.Statistics.StrayResponses);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void StatelessRefusal_Retransmitted_HasTheSameTag()
    {
        string bye = Alice.Request("BYE", "sip:x@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:x@192.0.2.1>", "x-alice", 1, "z9hG4bKs-alice");
        Alice.Send(bye);
        Alice.Send(bye);
        Assert.Equal(Alice.Take("481 BYE").Text, Alice.Take("481 BYE").Text);
        AssertStateless();
    }

    [Fact]
    public void Responses_GoToTheSource_WithRport_AndToTheViaPort_Without()
    {
        Peer other = World.AddPeer("alice", "198.51.100.10", 5999);
        string options = Alice.Request("OPTIONS", "sip:192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:192.0.2.1>", "x-alice", 1, "z9hG4bKv-alice");
        other.Send(options);
        Assert.Contains(";received=198.51.100.10;rport=5999", other.Take("200 OPTIONS")["Via"], StringComparison.Ordinal);
        other.Send(options.Replace(";rport", "", StringComparison.Ordinal));
        Alice.Take("200 OPTIONS");
        other.TakeNothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FullServer_Or_Draining_Gets503WithRetryAfter_WithoutState(bool draining)
    {
        World.Options = World.Options with { MaxCalls = 1 };
        (PeerDialog caller, PeerDialog callee) = Establish();
        World.Shard.Context.IsDraining = draining;
        if (draining)
        {
            // Calls in progress go on.
            HangUp(caller, callee);
        }

        World.Advance(40);
        Assert.Equal("10", Ask("INVITE", 503, sdp: PeerSdp.Audio(Alice), callIdle: draining)["Retry-After"]);
        if (!draining)
        {
            HangUp(caller, callee);
            Establish();
            World.Shard.Core.EndCalls();
        }
    }

    private SipText Ask(string method, int status, string extra = "", string? sdp = null, bool callIdle = true)
    {
        string number = Alice.NextId("x");
        Alice.Send(Alice.Request(method, "sip:+1001@192.0.2.1", "<sip:a@198.51.100.10>;tag=t-alice", "<sip:+1001@192.0.2.1>", number, 1, Alice.NextBranch(), extra, sdp));
        SipText answer = Alice.Take($"{status} {method}");
        Assert.NotEqual("", answer.ToTag);
        Bob.TakeNothing();
        if (callIdle)
        {
            AssertStateless();
        }

        return answer;
    }

    private void AssertStateless()
    {
        Assert.Equal(0, World.Statistics.ServerTransactions);
        Assert.Equal(0, World.SessionCount);
        Assert.Equal(0, World.Shard.Core.Calls.HeldCalls);
    }
}
