namespace MediaCore.Transport.Tcp;

/// <summary>Why there is no connection.</summary>
public enum TcpConnectError
{
    /// <summary>There is one.</summary>
    None = 0,

    /// <summary>Nobody listens there.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>No route to it.</summary>
    Unreachable,

    /// <summary>The caller gave up.</summary>
    Cancelled,

    /// <summary><see cref="TcpOptions.MaxConnections"/> are open, or the connector is disposed.</summary>
    LimitReached,

    /// <summary>The TLS handshake failed.</summary>
    TlsFailed,

    /// <summary>The peer's certificate is not to be trusted or not that of the name dialled.</summary>
    CertificateRefused,

    /// <summary>Anything else.</summary>
    Failed,
}
