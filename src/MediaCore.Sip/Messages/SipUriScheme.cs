namespace MediaCore.Sip.Messages;

/// <summary>Scheme of a URI.</summary>
public enum SipUriScheme : byte
{
    /// <summary>Another scheme; the answer to a request for one is 416.</summary>
    Unknown,

    /// <summary><c>sip</c>, RFC 3261 §19.1.</summary>
    Sip,

    /// <summary><c>sips</c>, RFC 3261 §19.1.</summary>
    Sips,

    /// <summary><c>tel</c>, RFC 3966.</summary>
    Tel,
}
