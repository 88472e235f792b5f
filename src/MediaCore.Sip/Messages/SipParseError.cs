namespace MediaCore.Sip.Messages;

/// <summary>Why <see cref="SipMessage.Parse"/> refused a message.</summary>
public enum SipParseError : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The start line is neither a Request-Line nor a Status-Line (RFC 3261 §7.1, §7.2), or has stray white space.</summary>
    StartLine,

    /// <summary>The method is no token or longer than <see cref="SipLimits.MaxMethodBytes"/>.</summary>
    Method,

    /// <summary>The Request-URI is longer than <see cref="SipLimits.MaxUriBytes"/>; the answer is 414.</summary>
    UriTooLong,

    /// <summary>The start line names another protocol than SIP. A SIP version other than 2.0 is well formed; <see cref="SipMessage.Validate"/> answers 505.</summary>
    Version,

    /// <summary>The status code isn't three digits from 100 to 699.</summary>
    StatusCode,

    /// <summary>A header name is no token, is followed by something other than SP, HTAB or a colon, or has no colon.</summary>
    HeaderName,

    /// <summary>A header value holds a CR or LF that isn't part of a line fold, or a line ends in something other than CRLF.</summary>
    HeaderValue,

    /// <summary>More header rows than <see cref="SipLimits.MaxHeaderCount"/>; the answer is 513.</summary>
    TooManyHeaders,

    /// <summary>Longer than <see cref="SipLimits.MaxMessageBytes"/>; the answer is 513.</summary>
    MessageTooLarge,

    /// <summary>A header row longer than <see cref="SipLimits.MaxHeaderBytes"/>; the answer is 513.</summary>
    HeaderTooLarge,

    /// <summary>The bytes end before the empty line that ends the headers.</summary>
    NoHeaderEnd,

    /// <summary>Content-Length isn't a decimal number.</summary>
    ContentLengthInvalid,

    /// <summary>Content-Length occurs more than once.</summary>
    ContentLengthConflict,

    /// <summary>Content-Length promises more than there is.</summary>
    BodyTruncated,
}
