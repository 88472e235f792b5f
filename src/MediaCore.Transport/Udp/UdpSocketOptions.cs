namespace MediaCore.Transport.Udp;

/// <summary>How a UDP socket is opened.</summary>
public sealed record UdpSocketOptions
{
    /// <summary>
    /// SO_REUSEPORT: several sockets of this user share the address and the kernel spreads senders over them by a hash (one socket per
    /// shard). Default false: a second server on the same address is an error at start instead of half of the traffic lost.
    /// </summary>
    public bool ReusePort { get; init; }

    /// <summary>SO_RCVBUF in bytes; 0 leaves the system's default. Without CAP_NET_ADMIN the kernel clamps it to net.core.rmem_max.</summary>
    public int ReceiveBufferBytes { get; init; } = UdpLimits.SignallingReceiveBufferBytes;

    /// <summary>SO_SNDBUF in bytes; 0 (default) leaves the system's default.</summary>
    public int SendBufferBytes { get; init; }

    /// <summary>
    /// Differentiated-services code point of what is sent (RFC 2474), 0 to 63. Default 24 (CS3), what networks that know SIP mark it with;
    /// others ignore it. 0 leaves the system's.
    /// </summary>
    public int Dscp { get; init; } = 24;

    // The option's name is what the reader of the message looks for; there is no parameter to name.
#pragma warning disable MA0015
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ReceiveBufferBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(SendBufferBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(Dscp);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dscp, 63);
    }
#pragma warning restore MA0015
}
