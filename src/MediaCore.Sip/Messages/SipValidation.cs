namespace MediaCore.Sip.Messages;

/// <summary>What <see cref="SipMessage.Validate"/> found.</summary>
public readonly record struct SipValidation
{
    internal SipValidation(SipFault fault, int statusCode)
    {
        Fault = fault;
        StatusCode = statusCode;
    }

    /// <summary>Whether the message may go on to the transaction layer.</summary>
    public bool IsValid => Fault == SipFault.None;

    /// <summary>The status to answer with; 0 when it is valid, and when it must be dropped silently (responses and ACK are never answered).</summary>
    public int StatusCode { get; }

    /// <summary>What is wrong.</summary>
    public SipFault Fault { get; }

    /// <summary>A reason phrase that names the fault, fit for the Status-Line of the answer.</summary>
    public ReadOnlySpan<byte> ReasonPhrase => Fault switch
    {
        SipFault.None => "OK"u8,
        SipFault.Malformed => "Bad Request"u8,
        SipFault.TooLarge => "Message Too Large"u8,
        SipFault.UriTooLong => "Request-URI Too Long"u8,
        SipFault.Version => "Version Not Supported"u8,
        SipFault.Via => "Bad Via"u8,
        SipFault.TooManyVias => "Too Many Hops"u8,
        SipFault.MissingHeader => "Missing Header Field"u8,
        SipFault.DuplicateHeader => "Repeated Header Field"u8,
        SipFault.CSeq => "Bad CSeq"u8,
        SipFault.CSeqMethod => "CSeq Method Mismatch"u8,
        SipFault.UnknownMethod => "Not Implemented"u8,
        SipFault.From => "Bad From"u8,
        SipFault.To => "Bad To"u8,
        SipFault.CallId => "Bad Call-ID"u8,
        SipFault.MaxForwards => "Bad Max-Forwards"u8,
        SipFault.Contact => "Bad Contact"u8,
        SipFault.Replaces => "Bad Replaces"u8,
        SipFault.Date => "Bad Date"u8,
        SipFault.RequestUri => "Bad Request-URI"u8,
        _ => "Unsupported URI Scheme"u8,
    };
}
