namespace MediaCore.Sip.Messages;

/// <summary>Why a message must not reach the transaction layer; a closed set, fit for a metric's tag.</summary>
public enum SipFault : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The parser refused it; <see cref="SipMessage.Error"/> says why.</summary>
    Malformed,

    /// <summary>Larger than a limit of <see cref="SipLimits"/>: 513.</summary>
    TooLarge,

    /// <summary>The Request-URI is longer than <see cref="SipLimits.MaxUriBytes"/>: 414.</summary>
    UriTooLong,

    /// <summary>Another SIP version than 2.0: 505 (RFC 3261 §21.5.6).</summary>
    Version,

    /// <summary>The topmost Via is missing or can't be read (§18.2.1).</summary>
    Via,

    /// <summary>More Vias than <see cref="SipLimits.MaxViaCount"/>: 483.</summary>
    TooManyVias,

    /// <summary>From, To, Call-ID or CSeq is missing (§8.1.1).</summary>
    MissingHeader,

    /// <summary>A header that may occur once occurs again (§7.3.1).</summary>
    DuplicateHeader,

    /// <summary>CSeq can't be read, or is 2^31 or more (§8.1.1.5).</summary>
    CSeq,

    /// <summary>CSeq names another method than the request line (§8.1.1.5).</summary>
    CSeqMethod,

    /// <summary>As <see cref="CSeqMethod"/>, in a request whose method isn't known: 501 (RFC 4475 §3.1.2.18).</summary>
    UnknownMethod,

    /// <summary>From can't be read (§20.20).</summary>
    From,

    /// <summary>To can't be read (§20.39), or is no SIP URI in a REGISTER (§10.2).</summary>
    To,

    /// <summary>Call-ID holds something else than its grammar allows (§25.1).</summary>
    CallId,

    /// <summary>Max-Forwards isn't a number from 0 to 255 (§20.22).</summary>
    MaxForwards,

    /// <summary>A Contact can't be read (§20.10), or is <c>*</c> outside REGISTER.</summary>
    Contact,

    /// <summary>Replaces stands in another request than INVITE (RFC 3891 §3).</summary>
    Replaces,

    /// <summary>Date isn't in GMT or can't be read (§20.17).</summary>
    Date,

    /// <summary>The Request-URI can't be read, or holds headers (§19.1.1).</summary>
    RequestUri,

    /// <summary>The Request-URI has a scheme that isn't served: 416 (§8.2.2.1).</summary>
    UriScheme,
}
