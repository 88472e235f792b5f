using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace MediaCore.Transport.Tls;

/// <summary>How connections to us are encrypted. Immutable; <see cref="TlsServer.Update"/> puts another in force.</summary>
public sealed record TlsServerOptions
{
    /// <summary>Our certificates, chosen by the name that the peer asks for (SNI, RFC 6066 §3); the first for a peer that names none or another.</summary>
    public required ImmutableArray<TlsCertificate> Certificates { get; init; }

    /// <summary>Lowest version.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>Whether peers show a certificate.</summary>
    public TlsClientCertificates ClientCertificates { get; init; }

    /// <summary>Where their certificates must come from; none is trusted when it is empty.</summary>
    public X509Certificate2Collection ClientAuthorities { get; init; } = [];

    /// <summary>From the accept to the end of the handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TlsLimits.HandshakeTimeout;

    /// <summary>Handshakes under way at once.</summary>
    public int MaxHandshakes { get; init; } = TlsLimits.MaxHandshakes;

    /// <summary>Handshakes under way at once from one source.</summary>
    public int MaxHandshakesPerSource { get; init; } = TlsLimits.MaxHandshakesPerSource;

    /// <summary>
    /// Handshakes computed at once; the others wait for their turn. Half of the processors, so that calls keep the other half through any storm.
    /// </summary>
    public int MaxComputing { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);
}
