using MediaCore.Audio.Codecs;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Calls between sides that have no codec in common: what is offered, answered, heard and recorded.</summary>
public sealed class TranscodingTests : CallTest
{
    private const int CallerPort = 30000;
    private const int CalleePort = 30002;

    private static readonly CodecDescriptor _pcmu = CodecDescriptor.Pcmu;
    private static readonly CodecDescriptor _pcma = CodecDescriptor.Pcma;

    private PeerMedia CallerMedia => new(Alice, 40000);

    private PeerMedia CalleeMedia => new(Bob, 50000);

    [Fact]
    public void CallerWithOpusAlone_TalksToACalleeWithG711()
    {
        (PeerDialog caller, PeerDialog callee) = Call("111 97", "97", "8 101", expectedOffer: "111 97 8 0", expectedAnswer: "111 97");
        AssertTalk(CodecDescriptor.Opus, 111, _pcma, 8);
        HangUp(caller, callee);
        LegRecord[] legs = [.. World.Record.Legs];
        Assert.Equal(("opus/48000", "PCMA/8000"), (legs[0].Codec, legs[1].Codec));
        Assert.All(legs, static leg => Assert.True(leg.Sound!.Transcoded));
        Assert.Equal(("opus/48000", "opus/48000"), (legs[0].Sound!.ReceivedCodec, legs[0].Sound!.SentCodec));
        Assert.Equal(("PCMA/8000", "PCMA/8000"), (legs[1].Sound!.ReceivedCodec, legs[1].Sound!.SentCodec));
        Assert.InRange(legs[0].Sound!.ConcealedPercent, 0, 6);
        Assert.Equal(1, World.Statistics.Audio.TranscodingStarted);
    }

    [Theory]
    [InlineData("G722", "0", "9 0", "9", "0", "G722/8000", 9)]
    [InlineData("opus,PCMA", "0 101", "96 8 101 97", "96 97", "0 101", "opus/48000", 96)]
    [InlineData("L16/16000", "8", "96", "96", "8", "L16/16000", 96)]
    public void TrunkWithAListOfItsOwn_IsOfferedThat(string codecs, string offered, string passedOn, string answered, string expectedAnswer, string codec, int payloadType)
    {
        Trunk trunk = new() { Name = "to-bob", Targets = [World.Hop(Bob)], Codecs = new CodecPolicy { Codecs = CodecName.List(codecs.Split(',')) } };
        World.Route("+1001", new DialStep([new TrunkTarget(trunk)], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, formats: offered));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(passedOn.Replace("9 0", "9", StringComparison.Ordinal), Formats(callee.Invite!));
        callee.Respond(200, Describe(answered, codec, payloadType));
        Bob.Take("ACK");
        Assert.Equal(expectedAnswer, Formats(caller.Learn(Alice.Take("200 INVITE"))));
        caller.Ack();
        CodecDescriptor theirs = CodecDescriptor.All.First(c => $"{c.EncodingName}/{c.RtpClockHz}" == codec);
        byte type = (byte)(offered[0] - '0');
        AssertTalk(type == 0 ? _pcmu : _pcma, type, theirs, (byte)payloadType);
        HangUp(caller, callee);
    }

    [Fact]
    public void CommonCodec_IsNotTranscoded()
    {
        (PeerDialog caller, PeerDialog callee) = Call("111 0 101", "101", "0 101", "111 0 101", "0 101");
        AssertTalk(_pcmu, 0, _pcmu, 0);
        Assert.Equal(0, World.Statistics.Audio.TranscodingStarted);
        HangUp(caller, callee);
        Assert.All(World.Record.Legs, static leg => Assert.Null(leg.Sound));
    }

    [Fact]
    public void CalleeThatSendsACodecOfOurAdding_IsTranscodedFromThenOn()
    {
        World.Options = World.Options with { AddedCodecs = CodecName.List("G722") };
        (PeerDialog caller, PeerDialog callee) = Call("0", "-", "0 9", "0 9", "0");
        AssertTalk(_pcmu, 0, _pcmu, 0);
        Assert.Equal(0, World.Statistics.Audio.TranscodingStarted);
        PeerMedia alice = CallerMedia, bob = CalleeMedia;
        alice.Hear();
        bob.Say(CalleePort, CodecDescriptor.G722, 9, 1477);
        alice.AssertHears(_pcmu, 0, 1477);
        Assert.Equal(1, World.Statistics.Audio.TranscodingStarted);
        HangUp(caller, callee);
    }

    // RFC 3389 §5.1: comfort noise is offered beside G.711 that is all of our making.
    [Theory]
    [InlineData(ComfortNoisePolicy.Never, "111", "111 8 0")]
    [InlineData(ComfortNoisePolicy.Accept, "111", "111 8 0")]
    [InlineData(ComfortNoisePolicy.Offer, "111", "111 8 0 13")]
    [InlineData(ComfortNoisePolicy.Offer, "111 8", "111 8")]
    [InlineData(ComfortNoisePolicy.Never, "0 13", "0 13")]
    public void ComfortNoise_IsOfferedByPolicy(object policy, string offered, string passedOn)
    {
        World.Options = World.Options with { ComfortNoise = (ComfortNoisePolicy)policy };
        (PeerDialog caller, PeerDialog callee) = Call(offered, "-", passedOn, passedOn, offered);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(ComfortNoisePolicy.Never, "0 13", "8 13", false, false)]
    [InlineData(ComfortNoisePolicy.Accept, "0 13", "8 13", true, true)]
    [InlineData(ComfortNoisePolicy.Accept, "0 13", "8", true, false)]
    [InlineData(ComfortNoisePolicy.Accept, "0", "8", false, false)]
    [InlineData(ComfortNoisePolicy.Offer, "0", "8 13", false, true)]
    public void ComfortNoise_IsSentByPolicy_ToWhoHasAgreedToIt(object policy, string callers, string callees, bool callerGets, bool calleeGets)
    {
        World.Options = World.Options with { ComfortNoise = (ComfortNoisePolicy)policy };
        Trunk trunk = new() { Name = "to-bob", Targets = [World.Hop(Bob)], Codecs = new CodecPolicy { Codecs = CodecName.List("PCMA") } };
        World.Route("+1001", new DialStep([new TrunkTarget(trunk)], Parallel: false, TimeSpan.FromSeconds(60)));
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, formats: callers));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(callers == "0 13" || (ComfortNoisePolicy)policy == ComfortNoisePolicy.Offer ? "8 13" : "8", Formats(callee.Invite!));
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: callees));
        Bob.Take("ACK");
        Assert.Equal(callers, Formats(caller.Learn(Alice.Take("200 INVITE"))));
        caller.Ack();

        // Nobody says anything: the quietest codes of both laws.
        PeerMedia alice = CallerMedia, bob = CalleeMedia;
        for (int i = 0; i < 100; i++)
        {
            alice.Send(CallerPort, 0, code: 0xff);
            bob.Send(CalleePort, 8, code: 0xd5, milliseconds: 0);
        }

        int[] heard = alice.Hear();
        Assert.Equal((callerGets, calleeGets), (heard.Contains(13), bob.Hear().Contains(13)));
        Assert.InRange(heard.Length, callerGets ? 3 : 90, callerGets ? 15 : 101);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData(ComfortNoisePolicy.Never, "0")]
    [InlineData(ComfortNoisePolicy.Accept, "0 13")]
    public void ComfortNoise_IsAcceptedForPromptsOfOurs(object policy, string expected)
    {
        World.Options = World.Options with { ComfortNoise = (ComfortNoisePolicy)policy };
        World.Route("+2001", new AnnouncementStep(PromptSource.FromText("We are closed.")));
        PeerDialog caller = PeerDialog.Dial(Alice, "+2001", PeerSdp.Audio(Alice, formats: "0 13"));
        Alice.Take("100 INVITE");
        World.Advance(0.1);
        World.Shard.Core.HandlePrompt(Assert.Single(World.Shard.PromptRequests).Item2, MediaCore.Audio.Prompts.AudioClip.FromPcm(new short[1600]), "");
        Assert.Equal(expected, Formats(caller.Learn(Alice.Take("200 INVITE"))));
        caller.Ack();
        World.Advance(1);
        caller.AcceptBye();
    }

    [Theory]
    [InlineData(TranscodePolicy.Never, "111 97")]
    [InlineData(TranscodePolicy.Needed, "111 97 8 0")]
    public void Policy_Never_OffersNothingOfOurs(TranscodePolicy policy, string expected)
    {
        World.Options = World.Options with { AccountCodecs = new CodecPolicy { Transcode = policy } };
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, formats: "111 97", telephoneEvent: "97"));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(expected, Formats(callee.Invite!));
        callee.Respond(488);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("488 INVITE"));
    }

    [Fact]
    public void Policy_Always_TranscodesACommonCodec()
    {
        World.Options = World.Options with { AccountCodecs = new CodecPolicy { Transcode = TranscodePolicy.Always } };
        (PeerDialog caller, PeerDialog callee) = Call("0 18", "-", "0", "0", "0");
        AssertTalk(_pcmu, 0, _pcmu, 0);
        Assert.Equal(1, World.Statistics.Audio.TranscodingStarted);
        HangUp(caller, callee);
    }

    [Fact]
    public void Offer_ThatWeCannotCode_IsPassedOnAsItIs()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, formats: "18"));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal("18", Formats(callee.Invite!));
        callee.Respond(488);
        Bob.Take("ACK");
        caller.Ack(Alice.Take("488 INVITE"));
    }

    [Fact]
    public void ReInvite_ToAnotherCodec_BeginsAndEndsTranscoding()
    {
        (PeerDialog caller, PeerDialog callee) = Call("0", "-", "0", "0", "0");
        ReInvite(caller, callee, "111", "111 8 0", "0");
        Assert.Equal("111", Formats(Alice.Take("200 INVITE")));
        caller.Ack();
        Assert.Equal(1, World.Statistics.Audio.Transcoding);
        AssertTalk(CodecDescriptor.Opus, 111, _pcmu, 0);
        ReInvite(caller, callee, "0", "0", "0");
        Assert.Equal("0", Formats(Alice.Take("200 INVITE")));
        caller.Ack();
        Assert.Equal(0, World.Statistics.Audio.Transcoding);
        AssertTalk(_pcmu, 0, _pcmu, 0);
        HangUp(caller, callee);
    }

    [Fact]
    public void Hold_StopsWhatIsSentToTheHolder()
    {
        (PeerDialog caller, PeerDialog callee) = Call("111", "-", "8", "111 8 0", "111");
        AssertTalk(CodecDescriptor.Opus, 111, _pcma, 8);
        caller.SendInvite(PeerSdp.Audio(Alice, formats: "111", direction: "sendonly"));
        Alice.Take("100 INVITE");
        callee.TakeReInvite();
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "8", direction: "recvonly"));
        Bob.Take("ACK");
        Alice.Take("200 INVITE");
        caller.Ack();
        PeerMedia alice = CallerMedia, bob = CalleeMedia;
        alice.Hear();
        bob.Say(CalleePort, _pcma, 8, 697, 20);
        Assert.Empty(alice.Hear());
        alice.Say(CallerPort, CodecDescriptor.Opus, 111, 440);
        bob.AssertHears(_pcma, 8, 440);
        HangUp(caller, callee);
    }

    [Fact]
    public void EarlyMedia_IsTranscoded()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, formats: "111"));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(183, PeerSdp.Audio(Bob, 50000, formats: "8"));
        Assert.Equal("111", Formats(Alice.Take("183 INVITE")));
        PeerMedia alice = CallerMedia, bob = CalleeMedia;
        bob.Say(CalleePort, _pcma, 8, 440);
        alice.AssertHears(CodecDescriptor.Opus, 111, 440);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "8"));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        bob.Say(CalleePort, _pcma, 8, 697);
        alice.AssertHears(CodecDescriptor.Opus, 111, 697);
        HangUp(caller, callee);
    }

    [Fact]
    public void DelayedOffer_AnsweredWithAnotherCodec_IsTranscoded()
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", null);
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: "9"));
        SipText ok = caller.Learn(Alice.Take("200 INVITE"));
        Assert.Equal("9 8 0", Formats(ok));
        caller.Ack(PeerSdp.Audio(Alice, formats: "8"));
        Assert.Equal("9", Formats(Bob.Take("ACK")));
        AssertTalk(_pcma, 8, CodecDescriptor.G722, 9);
        HangUp(caller, callee);
    }

    [Theory]
    [InlineData("9", "G722", 9)]
    [InlineData("111", "opus", 111)]
    public void Prompt_IsHeardInACodecOtherThanG711_AndEndsTheCall(string formats, string codec, byte payloadType)
    {
        World.Route("+2001", new AnnouncementStep(PromptSource.FromText("We are closed.")));
        PeerDialog caller = PeerDialog.Dial(Alice, "+2001", PeerSdp.Audio(Alice, formats: formats));
        Alice.Take("100 INVITE");
        World.Advance(0.1);
        (_, MediaCore.Primitives.SessionHandle call) = Assert.Single(World.Shard.PromptRequests);
        short[] tone = new short[16_000];
        for (int i = 0; i < tone.Length; i++)
        {
            tone[i] = (short)(8000 * Math.Sin(2 * Math.PI * 440 * i / 8000));
        }

        World.Shard.Core.HandlePrompt(call, MediaCore.Audio.Prompts.AudioClip.FromPcm(tone), "");
        Assert.Equal(formats, Formats(caller.Learn(Alice.Take("200 INVITE"))));
        caller.Ack();
        World.Advance(1.9);
        CallerMedia.AssertHears(codec == "G722" ? CodecDescriptor.G722 : CodecDescriptor.Opus, payloadType, 440);
        World.Advance(0.3);
        caller.AcceptBye();
        Assert.Equal(CallEndReason.Completed, World.Record.Reason);
        Assert.False(World.Record.Legs[0].Sound!.Transcoded);
    }

    private (PeerDialog Caller, PeerDialog Callee) Call(string offered, string events, string answered, string expectedOffer, string expectedAnswer)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, formats: offered, telephoneEvent: events));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Assert.Equal(expectedOffer, Formats(callee.Invite!));
        callee.Respond(200, PeerSdp.Audio(Bob, 50000, formats: answered));
        Bob.Take("ACK");
        Assert.Equal(expectedAnswer, Formats(caller.Learn(Alice.Take("200 INVITE"))));
        caller.Ack();
        return (caller, callee);
    }

    private static void ReInvite(PeerDialog by, PeerDialog other, string formats, string expected, string answered)
    {
        by.SendInvite(PeerSdp.Audio(by.Peer, formats: formats));
        by.Peer.Take("100 INVITE");
        Assert.Equal(expected, Formats(other.TakeReInvite()));
        other.Respond(200, PeerSdp.Audio(other.Peer, 50000, formats: answered));
        other.Peer.Take("ACK");
    }

    private void AssertTalk(CodecDescriptor callers, byte callersType, CodecDescriptor callees, byte calleesType)
    {
        PeerMedia alice = CallerMedia, bob = CalleeMedia;
        alice.Hear();
        bob.Hear();
        alice.Say(CallerPort, callers, callersType, 440);
        bob.AssertHears(callees, calleesType, 440);
        bob.Say(CalleePort, callees, calleesType, 1209);
        alice.AssertHears(callers, callersType, 1209);
    }

    private static string Formats(SipText message)
    {
        string line = message.Sdp("m=");
        return line[(line.IndexOf("AVP ", StringComparison.Ordinal) + 4)..];
    }

    private string Describe(string formats, string codec, int payloadType)
    {
        string map = codec.StartsWith("opus", StringComparison.Ordinal) ? codec + "/2" : codec;
        string events = formats.Contains(' ', StringComparison.Ordinal) ? $"a=rtpmap:{formats.Split(' ')[1]} telephone-event/48000\r\n" : "";
        return $"v=0\r\no=u-bob 77 1 IN IP4 {Bob.Host}\r\ns=s-bob\r\nc=IN IP4 {Bob.Host}\r\nt=0 0\r\nm=audio 50000 RTP/AVP {formats}\r\na=rtpmap:{payloadType} {map}\r\n{events}a=sendrecv\r\n";
    }
}
