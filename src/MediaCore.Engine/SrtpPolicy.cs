namespace MediaCore.Engine;

/// <summary>
/// Whether media with a peer goes over SRTP with keys in the session description (RFC 4568). The keys are only as secret as the signalling that carries them. A leg either is SRTP in both
/// directions or is not; the two legs of a call need not agree.
/// </summary>
public enum SrtpPolicy : byte
{
    /// <summary>Never: RTP/SAVP is refused with 488, keys beside RTP/AVP are passed over.</summary>
    Refuse,

    /// <summary>Where the peer offers it; our own offers are plain until it has.</summary>
    Accept,

    /// <summary>Offered in all our offers, as RTP/AVP with keys (RFC 8643): a peer that knows nothing of it answers without, and the leg is plain.</summary>
    Offer,

    /// <summary>Nothing else: offered as RTP/SAVP; an offer or an answer without usable keys is refused, and no plain packet is taken or sent.</summary>
    Require,
}
