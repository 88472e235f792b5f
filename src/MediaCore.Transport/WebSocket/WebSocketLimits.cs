namespace MediaCore.Transport.WebSocket;

/// <summary>Bounds of WebSocket connections and where they come from. The size of a message is <see cref="Tcp.TcpOptions.MaxMessageBytes"/>.</summary>
public static class WebSocketLimits
{
    /// <summary>The HTTP request that opens a connection, cookies included: what nginx gives a request's headers (large_client_header_buffers, 8 KiB).</summary>
    public const int MaxRequestBytes = 8192;

    /// <summary>Lines of that request; browsers send about 15.</summary>
    public const int MaxRequestLines = 100;

    /// <summary>
    /// From the accept, or the end of the TLS handshake, to the end of that request: as long as a TLS handshake may take.
    /// </summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Data of a control frame (RFC 6455 §5.5).</summary>
    public const int MaxControlBytes = 125;

    /// <summary>Frames of one message: one for each 64 bytes of the largest message. Browsers send one or two.</summary>
    public const int MaxFrames = 1024;

    /// <summary>Longest header of a frame: two bytes, eight of length, four of mask (RFC 6455 §5.2).</summary>
    public const int MaxHeaderBytes = 14;
}
