namespace MediaCore.Transport.Udp;

/// <summary>Bounds of the UDP sockets and where they come from.</summary>
public static class UdpLimits
{
    /// <summary>Largest payload of a UDP datagram over IPv4: 65,535 less 20 bytes of IPv4 and 8 of UDP header (RFC 768, RFC 791).</summary>
    public const int MaxDatagramBytes = 65_507;

    /// <summary>Largest payload over IPv6 without a jumbogram: 65,535 less 8 bytes of UDP header (RFC 8200 §3 does not count its own header).</summary>
    public const int MaxIPv6DatagramBytes = 65_527;

    /// <summary>
    /// Datagrams fetched by one recvmmsg: past some 32 the cost of the call itself is below 2 % of the kernel's work per datagram, and a
    /// longer batch only delays the timers of the shard.
    /// </summary>
    public const int ReceiveBatchDatagrams = 32;

    /// <summary>Room for each of them, so that nothing is ever cut: above both payload limits. Pages that no datagram touches cost no memory.</summary>
    public const int ReceiveSlotBytes = 65_536;

    /// <summary>Datagrams that wait for one sendmmsg; as many as come in by one batch.</summary>
    public const int SendBatchDatagrams = 32;

    /// <summary>Bytes that wait for one sendmmsg: 32 datagrams of 8 KiB, several times a real SIP message, or three of the largest.</summary>
    public const int SendBatchBytes = 262_144;

    /// <summary>Receive buffer asked for at SIP sockets: about 2,700 INVITEs of 1.5 KiB, some 0.2 s of a 10,000 request/s burst.</summary>
    public const int SignallingReceiveBufferBytes = 4 * 1024 * 1024;

    /// <summary>Interrupted or failed reads that one call retries before it reports nothing; the poller asks again.</summary>
    public const int MaxReadRetries = 16;
}
