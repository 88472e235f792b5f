using System.Collections.Immutable;

namespace MediaCore.Transport.WebSocket;

/// <summary>Who may open WebSocket connections.</summary>
public sealed record WebSocketOptions
{
    /// <summary>The subprotocol that a peer must offer (RFC 7118 §4.1).</summary>
    public string Subprotocol { get; init; } = "sip";

    /// <summary>
    /// Origins (RFC 6454) of the pages that may connect, as <c>https://phone.example.com</c>; empty for any. A browser always says which page
    /// connects; a peer that is no browser says nothing, and is let in.
    /// </summary>
    public ImmutableArray<string> Origins { get; init; } = [];

    /// <summary>From the accept, or the end of the TLS handshake, to the end of the opening request.</summary>
    public TimeSpan RequestTimeout { get; init; } = WebSocketLimits.RequestTimeout;
}
