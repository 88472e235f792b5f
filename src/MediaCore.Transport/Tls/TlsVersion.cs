namespace MediaCore.Transport.Tls;

/// <summary>Lowest TLS version that is spoken. 1.0 and 1.1 do not exist here (RFC 8996).</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2 (RFC 5246) and 1.3.</summary>
    Tls12,

    /// <summary>TLS 1.3 (RFC 8446) only.</summary>
    Tls13,
}
