namespace MediaCore.Engine.Ng;

/// <summary>What a request asks for by a word alone.</summary>
[Flags]
internal enum NgFlags : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An unknown call is an error of a delete, not a warning.</summary>
    Fatal = 1 << 0,

    /// <summary>Media comes from where the SIP message came from, <c>received-from</c>, whatever the description says.</summary>
    SipSourceAddress = 1 << 1,

    /// <summary>The description's addresses are believed, the default.</summary>
    TrustAddress = 1 << 2,

    /// <summary>Our address in <c>o=</c>.</summary>
    ReplaceOrigin = 1 << 3,

    /// <summary>A neutral <c>s=</c>.</summary>
    ReplaceSessionName = 1 << 4,

    /// <summary>A neutral user name in <c>o=</c>.</summary>
    ReplaceUsername = 1 << 5,

    /// <summary>A version in <c>o=</c> of our own, one more whenever the description changes.</summary>
    ReplaceVersion = 1 << 6,

    /// <summary>As <see cref="ReplaceVersion"/>, one more with every description.</summary>
    IncrementVersion = 1 << 7,

    /// <summary>Our address where the peer has 0.0.0.0, with the hold as an attribute.</summary>
    ReplaceZeroAddress = 1 << 8,

    /// <summary>A source that was learned is never given up for another within the description that is in force.</summary>
    StrictSource = 1 << 9,

    /// <summary>A peer may go on from another address without saying so.</summary>
    MediaHandover = 1 << 10,

    /// <summary>The peer sends from elsewhere than it receives.</summary>
    Asymmetric = 1 << 11,

    /// <summary>Nothing is sent to a peer before something came from it.</summary>
    NatWait = 1 << 12,

    /// <summary>A packet without sound opens the peer's way in through a NAT or firewall.</summary>
    PierceNat = 1 << 13,

    /// <summary>What was learned about sources is forgotten.</summary>
    Reset = 1 << 14,

    /// <summary>The call is recorded from its beginning.</summary>
    RecordCall = 1 << 15,

    /// <summary>Streams without <c>a=mid</c> get one.</summary>
    GenerateMid = 1 << 16,

    /// <summary>The direction attributes stay as they are.</summary>
    OriginalSendRecv = 1 << 17,

    /// <summary>A description that we have rewritten already is left alone.</summary>
    LoopProtect = 1 << 18,

    /// <summary>No <c>a=rtcp</c>.</summary>
    NoRtcpAttribute = 1 << 19,

    /// <summary><c>a=rtcp</c> with the address.</summary>
    FullRtcpAttribute = 1 << 20,

    /// <summary>Decode and encode even where both sides have a codec in common.</summary>
    AlwaysTranscode = 1 << 21,

    /// <summary>An answer names one codec.</summary>
    SingleCodec = 1 << 22,

    /// <summary>RTCP on the port of RTP is offered (RFC 5761).</summary>
    MuxOffer = 1 << 23,

    /// <summary>The same, with nothing beside it.</summary>
    MuxRequire = 1 << 24,

    /// <summary>What the offerer muxes is taken apart for the other side.</summary>
    MuxDemux = 1 << 25,

    /// <summary>The offerer's wish to mux is granted, whatever the other side says.</summary>
    MuxAccept = 1 << 26,

    /// <summary>The offerer's wish to mux is refused.</summary>
    MuxReject = 1 << 27,

    /// <summary>No SDES (RFC 4568).</summary>
    NoSdes = 1 << 28,

    /// <summary>DTMF is neither passed on nor reported.</summary>
    BlockDtmf = 1 << 29,

    /// <summary>All parties are meant.</summary>
    All = 1 << 30,

    /// <summary>The other side is not heard while something is played.</summary>
    BlockEgress = 1UL << 31,

    /// <summary>Packets come from the description's own address, or are not accepted. No word of the ng protocol: <c>strict-source</c> there is about a source that was learned.</summary>
    SignalledSource = 1UL << 32,
}
