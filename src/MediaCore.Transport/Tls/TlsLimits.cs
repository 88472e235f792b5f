namespace MediaCore.Transport.Tls;

/// <summary>Bounds of TLS handshakes and where they come from; <see cref="TlsServerOptions"/> may change them.</summary>
public static class TlsLimits
{
    /// <summary>
    /// From the accept to the first message that can be read: Kamailio's connect time-out (tcp_connect_timeout, 10 s). A phone on a bad mobile link
    /// needs three round trips of a second each.
    /// </summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Handshakes under way at once over all listeners; further connections are closed. Each holds about 40 KiB, so these hold 10 MiB; at 1 ms of
    /// processor each and a round trip of 100 ms they still allow more handshakes a second than two processors can compute.
    /// </summary>
    public const int MaxHandshakes = 256;

    /// <summary>
    /// Handshakes under way at once from one IPv4 address or IPv6 /64: an eighth of all, so that one source that opens and says nothing leaves room
    /// for the others. An office that comes back after a power failure connects its phones within a second or two all the same.
    /// </summary>
    public const int MaxHandshakesPerSource = 32;

    /// <summary>Certificates of one server; each holds its chain and an OpenSSL context.</summary>
    public const int MaxCertificates = 64;

    /// <summary>Bytes of a certificate, key or CA file: the bundle of all public authorities has 220 KiB.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>Names read from one certificate; large hosters put a few hundred into one.</summary>
    public const int MaxNames = 1000;
}
