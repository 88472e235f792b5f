namespace MediaCore.Sip.Messages;

/// <summary>The transport of a Via or of a URI's <c>transport</c> parameter.</summary>
public enum SipTransport : byte
{
    /// <summary>None given, or a token not in this list.</summary>
    Unknown,

    /// <summary>RFC 3261 §18.</summary>
    Udp,

    /// <summary>RFC 3261 §18.</summary>
    Tcp,

    /// <summary>TLS over TCP, RFC 3261 §26.2.1.</summary>
    Tls,

    /// <summary>WebSocket, RFC 7118.</summary>
    Ws,

    /// <summary>WebSocket over TLS, RFC 7118.</summary>
    Wss,

    /// <summary>RFC 4168.</summary>
    Sctp,
}
