namespace MediaCore.Sip.Messages;

/// <summary>
/// Bounds of the message parser. Where Kamailio's <c>sanity</c> module has a default for the same thing it is named; ours are wider where
/// RFC 4475's longreq (which must be accepted) or messages seen from carriers need it. Nothing is allocated in proportion to these
/// values except the row index of a <see cref="SipMessage"/>, at most <see cref="MaxHeaderCount"/> × 10 bytes.
/// </summary>
public static class SipLimits
{
    /// <summary>Longest message in bytes: the largest UDP payload, and what a 16-bit offset can address. Kamailio: 16,384.</summary>
    public const int MaxMessageBytes = 65_535;

    /// <summary>Most header rows in a message. A response echoing 70 Vias (the default Max-Forwards) with as many Record-Routes still fits; public attack messages with some hundred Accept rows do too.</summary>
    public const int MaxHeaderCount = 512;

    /// <summary>Longest header row in bytes, name and folds included. Kamailio: 2,048; an Identity header (RFC 8224) with an embedded certificate chain, or a folded list of Vias, needs more.</summary>
    public const int MaxHeaderBytes = 8_192;

    /// <summary>Longest Request-URI in bytes. Kamailio: 256; Contact URIs of hosted conference services, which come back as Request-URIs, exceed 500.</summary>
    public const int MaxUriBytes = 2_048;

    /// <summary>Longest method in bytes. Kamailio: 32; RFC 4475's intmeth has 43.</summary>
    public const int MaxMethodBytes = 64;

    /// <summary>Most Via rows in a request that is answered normally; beyond it is 483. Above the 70 hops that the default Max-Forwards allows.</summary>
    public const int MaxViaCount = 128;

    /// <summary>Most Contact values that <see cref="SipMessage.Validate"/> accepts in a message; beyond it is 400. A user with more than 64 devices in one REGISTER is an attack.</summary>
    public const int MaxContactCount = 64;

    /// <summary>Most parameters, or header components, of a URI that are compared pairwise; URIs with more are equal only byte for byte. Keeps the comparison's quadratic term below 4,096 steps.</summary>
    public const int MaxComparedUriParameters = 64;

    /// <summary>Longest unfinished run of header bytes that the frame scanner waits for. Equal to <see cref="MaxMessageBytes"/>: a frame that can't fit is refused as early as this is known.</summary>
    public const int MaxFrameHeaderBytes = MaxMessageBytes;

    /// <summary>Most parts of a multipart body; beyond it the body is malformed. Emergency and SIP-I calls carry two to four.</summary>
    public const int MaxBodyParts = 16;

    /// <summary>How deep multipart bodies may stand in one another; what is deeper is not looked at. SDP in multipart/alternative in multipart/mixed (RFC 5621 §4.2 asks for nested parts) is two.</summary>
    public const int MaxBodyDepth = 3;

    /// <summary>Longest boundary of a multipart body in bytes (RFC 2046 §5.1.1).</summary>
    public const int MaxBoundaryBytes = 70;

    /// <summary>Most header rows of a body part.</summary>
    public const int MaxPartHeaders = 16;
}
