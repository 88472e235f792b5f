namespace MediaCore.Transport.WebSocket;

/// <summary>What an opening request led to.</summary>
public enum WebSocketHandshakeResult
{
    /// <summary>It is not whole yet.</summary>
    NeedMoreData,

    /// <summary>101: the connection carries WebSocket frames from here on.</summary>
    Accepted,

    /// <summary>400: no valid opening request.</summary>
    BadRequest,

    /// <summary>400 that says so: a valid opening request that does not offer the subprotocol (RFC 7118 §4.1).</summary>
    SubprotocolMissing,

    /// <summary>403: the page's origin is not on the list.</summary>
    ForbiddenOrigin,

    /// <summary>405: not a GET.</summary>
    MethodNotAllowed,

    /// <summary>426: plain HTTP, or another version of WebSocket than 13.</summary>
    UpgradeRequired,

    /// <summary>431: longer than <see cref="WebSocketLimits.MaxRequestBytes"/>.</summary>
    TooLarge,
}
