namespace MediaCore.Engine;

/// <summary>Whether RTP and RTCP share a port with a peer (RFC 5761). They do when both descriptions say so; each leg of a call by itself.</summary>
public enum RtcpMuxPolicy : byte
{
    /// <summary>Never: <c>a=rtcp-mux</c> of the peer is passed over.</summary>
    Refuse,

    /// <summary>Where the peer offers it.</summary>
    Accept,

    /// <summary>Offered in our offers too; a peer that knows nothing of it answers without, and RTCP has its own port.</summary>
    Offer,

    /// <summary>Nothing else: an offer or an answer without it is refused.</summary>
    Require,
}
