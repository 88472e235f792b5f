namespace MediaCore.Sdp;

/// <summary>Why a description has no audio that can be used. Toward the peer each is a 488 (RFC 3261 §21.4.26).</summary>
public enum OfferAnswerError : byte
{
    /// <summary>There is some.</summary>
    None,

    /// <summary>No <c>m=audio</c> line.</summary>
    NoAudio,

    /// <summary>Audio with port 0: declined, or taken out of the session.</summary>
    AudioDeclined,

    /// <summary>Audio over something other than RTP/AVP and RTP/AVPF and, where the reader takes it, SRTP with keys in the description.</summary>
    UnsupportedProtocol,

    /// <summary>Audio over SRTP without an <c>a=crypto</c> line that can be used; it is never taken without SRTP.</summary>
    NoUsableKey,

    /// <summary>Neither the audio nor the session has a <c>c=</c> line.</summary>
    NoConnection,

    /// <summary>The <c>c=</c> address is a host name or malformed; names are not resolved for media.</summary>
    AddressNotLiteral,

    /// <summary>The <c>c=</c> address is a multicast or broadcast one, where a relay must not send.</summary>
    MulticastAddress,

    /// <summary>No format is a voice codec whose meaning is known: payload types out of range, dynamic ones without rtpmap, or only telephone-event.</summary>
    NoUsableFormat,

    /// <summary>The other media lines are too odd to be repeated (<see cref="SdpLimits.MaxLayoutTextBytes"/>).</summary>
    LayoutTooLarge,
}
