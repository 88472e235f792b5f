using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>RTP and RTCP on one port (RFC 5761), profiles with feedback (RFC 4585), BUNDLE (RFC 9143), requests for reports (RFC 3611 §5): each leg by itself.</summary>
public sealed class RtcpMuxTests : CallTest
{
    private const string Mux = "a=rtcp-mux\r\n";

    [Theory]
    [InlineData(RtcpMuxPolicy.Refuse, false, 200, false)]
    [InlineData(RtcpMuxPolicy.Refuse, true, 200, false)]
    [InlineData(RtcpMuxPolicy.Accept, false, 200, false)]
    [InlineData(RtcpMuxPolicy.Accept, true, 200, true)]
    [InlineData(RtcpMuxPolicy.Offer, true, 200, true)]
    [InlineData(RtcpMuxPolicy.Require, false, 488, false)]
    [InlineData(RtcpMuxPolicy.Require, true, 200, true)]
    public void Offer_IsAnsweredByPolicy(RtcpMuxPolicy policy, bool offers, int status, bool muxed)
    {
        World.Options = World.Options with { AccountRtcpMux = policy };
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, extraMedia: offers ? Mux : ""));
        Alice.Take("100 INVITE");
        if (status != 200)
        {
            caller.Ack(Alice.Take($"{status} INVITE"));
            return;
        }

        PeerDialog callee = PeerDialog.Answering(Bob);

        // The other leg's wish is nothing to this one: the trunk's policy is to accept, so our offer has none.
        Assert.DoesNotContain("rtcp-mux", callee.Invite!.Body, StringComparison.Ordinal);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Assert.Equal(muxed, ok.Body.Contains(Mux, StringComparison.Ordinal));

        // Bob's report comes to alice where she wants it.
        PeerMedia alice = new(Alice, 40000), bob = new(Bob, 50000);
        PeerControl shared = new(Alice, 40000), own = new(Alice, 40001);
        alice.Send(World.Call.Caller.Media.Port!.Port, 0);
        bob.Send(World.Call.Connected!.Media.Port!.Port, 0);
        new PeerControl(Bob, 50001).Send(World.Call.Connected!.Media.Port!.Port + 1, PeerControl.Report(bob.Ssrc, 5));
        Assert.Equal((muxed ? 1 : 0, muxed ? 0 : 1), (shared.Hear().Count, own.Hear().Count));

        // Alice's own comes on the port that was agreed on.
        (muxed ? shared : own).Send(World.Call.Caller.Media.Port!.Port + (muxed ? 0 : 1), PeerControl.Report(alice.Ssrc, 5));
        Assert.Single(new PeerControl(Bob, 50001).Hear());
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(RtcpMuxPolicy.Accept, false, false, true)]
    [InlineData(RtcpMuxPolicy.Offer, true, false, true)]
    [InlineData(RtcpMuxPolicy.Offer, true, true, true)]
    [InlineData(RtcpMuxPolicy.Require, true, true, true)]
    [InlineData(RtcpMuxPolicy.Require, true, false, false)]
    public void OurOffer_AndItsAnswer_FollowTheTrunksPolicy(RtcpMuxPolicy policy, bool offered, bool answered, bool connects)
    {
        World.Route("+1001", new DialStep([new TrunkTarget(new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], RtcpMux = policy })], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(offered, callee.Invite!.Body.Contains(Mux, StringComparison.Ordinal));
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, extraMedia: answered ? Mux : ""));
        Bob.Take("ACK");
        if (!connects)
        {
            callee.AcceptBye();
            caller.Ack(Alice.Take("488 INVITE"));
            return;
        }

        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        Assert.Equal(answered, World.Call.Connected!.Media.Terms.HasFlag(LegTerms.RtcpMux));

        // A later offer of ours repeats what was agreed on.
        caller.SendInvite(PeerSdp.Audio(Alice, direction: "sendonly"));
        Alice.Take("100 INVITE");
        SipText again = callee.TakeReInvite();
        Assert.Equal(offered, again.Body.Contains(Mux, StringComparison.Ordinal));
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, "recvonly", extraMedia: answered ? Mux : ""));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        HangUp(caller, callee);
    }

    // RFC 5761 §4: on a port that is not shared, a packet with a marker and a payload type of 72 is RTP.
    [Fact]
    public void RtpThatLooksLikeRtcp_OnAPortOfItsOwn_IsRtp()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        PeerMedia alice = new(Alice, 40000), bob = new(Bob, 50000);
        alice.Send(World.Call.Caller.Media.Port!.Port, 0xc8);
        Assert.Equal([72], bob.Hear());
        new PeerControl(Alice, 40000).Send(World.Call.Caller.Media.Port!.Port, PeerControl.Report(alice.Ssrc, 5));
        Assert.Empty(bob.Hear());
        Assert.Single(new PeerControl(Bob, 50001).Hear());
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(false, false, "RTP/AVP")]
    [InlineData(true, false, "RTP/AVPF")]
    [InlineData(true, true, "RTP/SAVPF")]
    public void FeedbackProfile_IsOfferedToWhoWantsIt(bool feedback, bool secure, string profile)
    {
        SrtpPolicy srtp = secure ? SrtpPolicy.Require : SrtpPolicy.Refuse;
        World.Route("+1001", new DialStep([new TrunkTarget(new Trunk { Name = "to-bob", Targets = [World.Hop(Bob)], OffersFeedback = feedback, Srtp = srtp })], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Contains($" {profile} 0 8 101\r\n", callee.Invite!.Body, StringComparison.Ordinal);
        callee.Respond(486);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("486 INVITE"));
    }

    [Fact]
    public void OfferWithFeedbackProfile_IsAnsweredWithIt_AndTheOtherSideHasItsOwn()
    {
        string offer = PeerSdp.Audio(Alice, extraMedia: "a=rtcp-fb:0 nack\r\na=rtcp-xr:rcvr-rtt=all:100 voip-metrics\r\n").Replace("RTP/AVP", "RTP/AVPF", StringComparison.Ordinal);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", offer);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Contains(" RTP/AVP 0 8 101\r\n", callee.Invite!.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("rtcp-", callee.Invite.Body, StringComparison.Ordinal);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        Assert.Contains(" RTP/AVPF 0 8 101\r\n", caller.Learn(Alice.Take("200 INVITE")).Body, StringComparison.Ordinal);
        caller.Ack();
        const LegTerms Wanted = LegTerms.Feedback | LegTerms.VoipMetrics | LegTerms.ReceiverRoundTrip;
        Assert.Equal(Wanted, World.Call.Caller.Media.Terms & Wanted);
        Assert.Equal(LegTerms.None, World.Call.Connected!.Media.Terms & Wanted);

        // Bob offers: what goes to alice has her profile.
        callee.SendInvite(PeerSdp.Audio(Bob, 50000, "sendonly"));
        Bob.Take("100 INVITE");
        Assert.Contains(" RTP/AVPF ", caller.TakeReInvite().Body, StringComparison.Ordinal);
        caller.Respond(200, PeerSdp.Audio(Alice, direction: "recvonly").Replace("RTP/AVP", "RTP/AVPF", StringComparison.Ordinal));
        Alice.Take("ACK");
        callee.Learn(Bob.Take("200 INVITE"));
        callee.Ack();
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("a=group:BUNDLE audio video\r\n", "audio", true)]
    [InlineData("a=group:LS audio video\r\na=group:BUNDLE 0\r\n", "0", true)]
    [InlineData("a=group:LS audio video\r\n", "audio", false)]
    [InlineData("a=group:BUNDLE video\r\n", "audio", false)]
    [InlineData("", "audio", false)]
    [InlineData("a=group:BUNDLE 123456789012345678901234567890123\r\n", "123456789012345678901234567890123", false)]
    public void Bundle_IsAccepted_ForTheAudio(string group, string mid, bool bundled)
    {
        string offer = PeerSdp.Audio(Alice, extraMedia: $"a=mid:{mid}\r\n{Mux}").Replace("t=0 0\r\n", "t=0 0\r\n" + group, StringComparison.Ordinal);
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", offer);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.DoesNotContain("mid:", callee.Invite!.Body, StringComparison.Ordinal);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        string body = caller.Learn(Alice.Take("200 INVITE")).Body;
        caller.Ack();
        Assert.Equal((bundled, bundled), (body.Contains($"t=0 0\r\na=group:BUNDLE {mid}\r\n", StringComparison.Ordinal), body.Contains($"a=mid:{mid}\r\n", StringComparison.Ordinal)));
        HangUp(caller, callee);
    }
}
