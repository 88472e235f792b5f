namespace MediaCore.Transport.Tls;

/// <summary>Whether a peer that connects to us shows a certificate.</summary>
public enum TlsClientCertificates
{
    /// <summary>It is not asked for one.</summary>
    None,

    /// <summary>It is asked. One that shows none gets in as unverified; one that shows a certificate which is not good does not get in.</summary>
    Accept,

    /// <summary>Without a good one nobody gets in.</summary>
    Require,
}
