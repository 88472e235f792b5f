using System.Net;
using MediaCore.Transport.Tls;

namespace MediaCore.Server.Configuration;

/// <summary>How the number service's API is reached over HTTP from other hosts: with TLS, or through proxies that are trusted.</summary>
internal sealed record HttpAccess
{
    /// <summary>Proxies with TLS of their own, a pair of them in each data centre.</summary>
    private const int MaxProxies = 64;

    /// <summary>What the listener shows; null for one without TLS.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>Where proxies with TLS send requests from in the clear, over a network that is trusted.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Reads the members of the section <c>http</c>.</summary>
    public static HttpAccess Read(SectionReader section, bool isTls, string baseFolder)
    {
        TlsCertificate? certificate = CertificateSettings.Read(section, baseFolder, "http");
        if (isTls && certificate is null && !section.HasError("certificate") && !section.HasError("key"))
        {
            section.Error("certificate", "is needed by the https:// listener: the PEM file of the certificate and its chain; http.key names that of its key");
        }
        else if (!isTls && section.Has("certificate"))
        {
            section.Error("certificate", "has no effect without an https:// address in http.listen");
        }

        List<IPNetwork> proxies = [];
        foreach (ConfigurationText text in section.Texts("trustedProxies"))
        {
            if (EndpointSyntax.TryParseNetwork(text.Value, out IPNetwork network) is { } error)
            {
                section.Error(text, error);
            }
            else
            {
                proxies.Add(network);
            }
        }

        if (proxies.Count > MaxProxies)
        {
            section.Error("trustedProxies", $"has {proxies.Count} networks; there may be {MaxProxies}");
        }

        return new HttpAccess { Certificate = isTls ? certificate : null, TrustedProxies = proxies };
    }
}
