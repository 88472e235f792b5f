using System.Security.Cryptography.X509Certificates;

namespace MediaCore.Transport.Tls;

/// <summary>How connections that we open are encrypted and whom we believe to be at their other end.</summary>
public sealed record TlsClientOptions
{
    /// <summary>The defaults; its empty list of authorities is nobody's to fill.</summary>
    public static TlsClientOptions Default { get; } = new();

    /// <summary>Lowest version.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>
    /// Whether the peer's certificate is checked: its chain, its time and its name. False encrypts towards whoever answers, which protects from
    /// listeners on the way and from nobody who can change what is sent.
    /// </summary>
    public bool Verify { get; init; } = true;

    /// <summary>Authorities that peers' certificates must come from; the system's when empty.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>See <see cref="DomainIdentities.Match"/>.</summary>
    public bool AllowWildcards { get; init; }

    /// <summary>What we show to peers that ask; nothing when null.</summary>
    public TlsCertificate? Certificate { get; init; }
}
