namespace MediaCore.Transport.Tcp;

/// <summary>Bounds of the connections of a <see cref="TcpConnectionListener"/> or <see cref="TcpConnector"/>; defaults and reasons in <see cref="TcpLimits"/>.</summary>
public sealed record TcpOptions
{
    /// <summary>Connections at once; further ones are closed as soon as accepted. Where a <see cref="TcpConnectionBudget"/> is shared, over all that share it.</summary>
    public int MaxConnections { get; init; } = TcpLimits.MaxConnections;

    /// <summary>Connections at once from one IPv4 address or IPv6 /64.</summary>
    public int MaxConnectionsPerSource { get; init; } = TcpLimits.MaxConnectionsPerSource;

    /// <summary>A connection without a byte either way for so long is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TcpLimits.IdleTimeout;

    /// <summary>A message that is not complete so long after its first byte closes its connection, however steadily it trickles in.</summary>
    public TimeSpan MessageReadTimeout { get; init; } = TcpLimits.MessageReadTimeout;

    /// <summary>A write that the peer has not taken for so long closes the connection.</summary>
    public TimeSpan SendTimeout { get; init; } = TcpLimits.SendTimeout;

    /// <summary>How long a connection that we closed waits for the peer to close its half.</summary>
    public TimeSpan CloseGrace { get; init; } = TcpLimits.CloseGrace;

    /// <summary>A longer message closes its connection.</summary>
    public int MaxMessageBytes { get; init; } = TcpLimits.MaxMessageBytes;

    /// <summary>More bytes waiting to be sent close the connection.</summary>
    public int MaxQueuedBytes { get; init; } = TcpLimits.MaxQueuedBytes;

    /// <summary>Silence after which the system probes the peer (TCP keep-alive); zero to leave it.</summary>
    public TimeSpan ProbeAfter { get; init; } = TcpLimits.ProbeAfter;

    /// <summary>Differentiated-services code point of what is sent (RFC 2474), 0 to 63; 0 (default) leaves the system's.</summary>
    public int Dscp { get; init; }

    // The option's name is what the reader of the message looks for; there is no parameter to name.
#pragma warning disable MA0015
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Dscp);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dscp, 63);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnectionsPerSource, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MessageReadTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SendTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CloseGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ProbeAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMessageBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueuedBytes, 1);
    }
#pragma warning restore MA0015
}
