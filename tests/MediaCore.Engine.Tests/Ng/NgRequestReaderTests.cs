using MediaCore.Engine.Ng;
using MediaCore.Sdp;

namespace MediaCore.Engine.Tests.Ng;

/// <summary>One thing said in the many ways that controllers have.</summary>
public sealed class NgRequestReaderTests
{
    private static NgRequest Read(params (string Key, NgValue Value)[] members)
    {
        NgDictionary message = new() { ["command"] = "offer" };
        foreach ((string key, NgValue value) in members)
        {
            message[key] = value;
        }

        return NgRequestReader.Read(message);
    }

    [Theory]
    [InlineData("trust-address", (int)NgFlags.TrustAddress)]
    [InlineData("trust address", (int)NgFlags.TrustAddress)]
    [InlineData("SIP-source-address", (int)NgFlags.SipSourceAddress)]
    [InlineData("replace-origin", (int)NgFlags.ReplaceOrigin)]
    [InlineData("rtcp-mux-demux", (int)NgFlags.MuxDemux)]
    [InlineData("SDES-off", (int)NgFlags.NoSdes)]
    [InlineData("strict-source", (int)NgFlags.StrictSource)]
    [InlineData("generate_mid", (int)NgFlags.GenerateMid)]
    public void AFlag_IsAWordOfTheList(string word, int flag)
    {
        NgRequest request = Read(("flags", NgController.Words(word)));
        Assert.Equal((NgFlags)flag, request.Flags);
        Assert.Empty(request.Warnings);
    }

    [Fact]
    public void Lists_HaveTheirWordsWithoutThePrefix()
    {
        NgRequest request = Read(("replace", NgController.Words("origin", "session connection")), ("rtcp-mux", NgController.Words("offer", "accept")), ("SDES", NgController.Words("only-AEAD_AES_256_GCM", "no-NULL_HMAC_SHA1_80")));
        Assert.Equal(NgFlags.ReplaceOrigin | NgFlags.MuxOffer | NgFlags.MuxAccept, request.Flags);
        Assert.Equal([CryptoSuite.AeadAes256Gcm], request.OnlySuites);
        Assert.Empty(request.Warnings);
    }

    [Fact]
    public void Values_AreKeys_OrWordsWithAnEqualsSignOrADash()
    {
        NgRequest request = Read(("flags", NgController.Words("ptime=30", "codec-strip-PCMU", "codec-mask-opus/48000/2", "transport-protocol=RTP/AVPF", "ICE=remove", "address-family-IP6", "endpoint-learning-heuristic")));
        Assert.Equal((30, SdpProtocol.RtpAvpf, NgIce.Remove, 6), (request.PtimeMilliseconds, request.Protocol, request.Ice, request.AddressFamily));
        Assert.Equal(["PCMU"], request.Codecs.Strip);
        Assert.Equal(["opus/48000/2"], request.Codecs.Mask);
        Assert.Empty(request.Warnings);
    }

    [Theory]
    [InlineData("ptime-30", 30, 0)]
    [InlineData("ptime-reverse-30", 0, 30)]
    [InlineData("ptime-reverse=30", 0, 30)]
    [InlineData("ptime_reverse_30", 0, 30)]
    public void PacketTimes_AreOfOneSideOrTheOther(string word, int milliseconds, int reverse)
    {
        NgRequest request = Read(("flags", NgController.Words(word)));
        Assert.Equal((milliseconds, reverse), (request.PtimeMilliseconds, request.ReversePtimeMilliseconds));
        Assert.Empty(request.Warnings);
    }

    [Fact]
    public void ReceivedFrom_IsAPairOrAnAddress()
    {
        Assert.Equal("192.0.2.7:0", Read(("received-from", NgController.Words("IP4", "192.0.2.7"))).ReceivedFrom.ToString());
        Assert.Equal("192.0.2.7:0", Read(("received from", "192.0.2.7")).ReceivedFrom.ToString());
    }

    [Theory]
    [InlineData("flags", "make-it-nice", "make-it-nice")]
    [InlineData("bundle", "require", "bundle=require")]
    [InlineData("ICE", "force", "ICE=force")]
    [InlineData("frobnicate", "yes", "frobnicate=yes")]
    [InlineData("endpoint-learning", "never", "endpoint-learning=never")]
    public void WhatIsNotDone_IsAWarning(string key, string value, string named)
    {
        NgRequest request = Read((key, key == "flags" ? NgController.Words(value) : value));
        Assert.Equal(["ignored: " + named], request.Warnings);
        Assert.Null(request.Error);
    }

    [Theory]
    [InlineData("UDP/TLS/RTP/SAVPF", "DTLS-SRTP is not supported; use RTP/SAVP with SDES")]
    [InlineData("smoke signals", "Unsupported transport-protocol smoke signals")]
    public void AProtocolThatIsNotSpoken_IsAnError(string protocol, string error) => Assert.Equal(error, Read(("transport-protocol", protocol)).Error);

    [Fact]
    public void Codecs_AreShownByNameAndClock()
    {
        NgCodecPolicy codecs = Read(("codec", new NgDictionary { ["strip"] = NgController.Words("all"), ["offer"] = NgController.Words("PCMA", "telephone-event/8000") })).Codecs;
        Assert.True(codecs.Shows("pcma", 8000) && codecs.Shows("telephone-event", 8000));
        Assert.False(codecs.Shows("PCMU", 8000) || codecs.Shows("telephone-event", 48000));

        codecs = Read(("codec", new NgDictionary { ["except"] = NgController.Words("PCMU") })).Codecs;
        Assert.True(codecs.Shows("PCMU", 8000));
        Assert.False(codecs.Shows("G722", 8000));
    }
}
