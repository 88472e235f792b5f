namespace MediaCore.Transport.Tcp;

/// <summary>Bounds of stream connections and where they come from; <see cref="TcpOptions"/> may change them.</summary>
public static class TcpLimits
{
    /// <summary>Connections at once, accepted and made, over all listeners: Kamailio's default (tcp_max_connections).</summary>
    public const int MaxConnections = 2048;

    /// <summary>
    /// Connections from one IPv4 address or IPv6 /64 at once: a sixteenth of all, above what an office behind one NAT has, so that one
    /// source can't take the server away from the others (AST-2016-005).
    /// </summary>
    public const int MaxConnectionsPerSource = 128;

    /// <summary>Without a byte either way: Kamailio's default (tcp_connection_lifetime).</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(120);

    /// <summary>From the first byte of a message to its last. A message of 64 KiB in 10 s is 52 kbit/s, slower than any link that carries a call.</summary>
    public static readonly TimeSpan MessageReadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For the peer to take what was written: Kamailio's default (tcp_send_timeout).</summary>
    public static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For a connection attempt: Kamailio's default (tcp_connect_timeout).</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For the peer to close its half after we closed ours.</summary>
    public static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Silence after which the system asks whether the peer is still there, and how often it asks (Asterisk's pjsip: 30 s, then 5 probes 10 s apart); a
    /// peer that lost its power is found out long before an idle time-out stretched by a registration.
    /// </summary>
    public static readonly TimeSpan ProbeAfter = TimeSpan.FromSeconds(30);

    /// <summary>Between two of those probes.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);

    /// <summary>Probes without an answer after which the connection is gone.</summary>
    public const int Probes = 5;

    /// <summary>One message with its body: what a UDP datagram can carry (RFC 3261 §18.1.1 asks for 65,535 bytes on any transport).</summary>
    public const int MaxMessageBytes = 65_535;

    /// <summary>
    /// Bytes that wait to be sent on one connection: two of the largest messages. Kamailio allows 32 KiB (tcp_conn_wq_max), less than one
    /// of them.
    /// </summary>
    public const int MaxQueuedBytes = 131_072;

    /// <summary>Bytes asked of one read.</summary>
    public const int ReadBytes = 4096;

    /// <summary>Connections that the kernel keeps for us to accept: Linux' default since 5.4 (net.core.somaxconn).</summary>
    public const int Backlog = 4096;

    /// <summary>How long to accept nothing when the process has no descriptor left; retrying at once would only burn the processor.</summary>
    public static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
}
