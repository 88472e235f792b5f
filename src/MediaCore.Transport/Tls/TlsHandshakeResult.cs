namespace MediaCore.Transport.Tls;

/// <summary>What became of a handshake.</summary>
public enum TlsHandshakeResult
{
    /// <summary>The connection is encrypted.</summary>
    Completed,

    /// <summary>The peers had no version or cipher in common, or one of them spoke no TLS or hung up.</summary>
    Failed,

    /// <summary>The peer's certificate was missing, not to be trusted, or not that of the name dialled.</summary>
    CertificateRefused,

    /// <summary>It was not over in time.</summary>
    TimedOut,

    /// <summary>Too many were under way at once; nothing was computed for it.</summary>
    LimitReached,
}
