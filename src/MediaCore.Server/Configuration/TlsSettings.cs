using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using MediaCore.Engine;
using MediaCore.Transport.Tls;

namespace MediaCore.Server.Configuration;

/// <summary>Section <c>sip.tls</c>, with the certificates loaded: what cannot be used is said when the configuration is read.</summary>
/// <param name="Server">For peers that connect to us; null without a certificate.</param>
/// <param name="Client">For peers that we connect to.</param>
internal sealed record TlsSettings(TlsServerOptions? Server, TlsClientOptions Client)
{
    /// <summary>No certificates; peers that we connect to are checked against the system's authorities.</summary>
    public static TlsSettings None { get; } = new(null, TlsClientOptions.Default);

    /// <summary>Reads the section.</summary>
    public static TlsSettings Read(SectionReader section, string baseFolder, IReadOnlyList<SipListener> listeners, List<string> notices)
    {
        ImmutableArray<TlsCertificate>.Builder certificates = ImmutableArray.CreateBuilder<TlsCertificate>();
        IReadOnlyList<SectionReader> items = section.Sections("certificates");
        foreach (SectionReader item in items.Take(TlsLimits.MaxCertificates))
        {
            if (ReadCertificate(item, baseFolder, isRequired: true, notices) is { } certificate)
            {
                certificates.Add(certificate);
            }

            item.Finish();
        }

        if (items.Count > TlsLimits.MaxCertificates)
        {
            section.Error("certificates", $"has more than {TlsLimits.MaxCertificates} certificates");
        }

        TlsVersion version = ReadVersion(section);
        TlsClientCertificates clients = ReadClientCertificates(section);
        X509Certificate2Collection authorities = ReadAuthorities(section, "clientAuthorities", baseFolder);
        if (clients != TlsClientCertificates.None && authorities.Count == 0 && !section.HasError("clientAuthorities"))
        {
            section.Error("clientAuthorities", "is needed by clientCertificates: the PEM file of the authorities that peers' certificates come from");
        }
        else if (clients == TlsClientCertificates.None && authorities.Count > 0)
        {
            section.Error("clientAuthorities", "has no effect while clientCertificates is \"none\"; write \"accept\" or \"require\" there");
        }

        TimeSpan handshake = section.Seconds("handshakeSeconds", TlsLimits.HandshakeTimeout, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(1));
        int handshakes = (int)section.Integer("maxHandshakes", TlsLimits.MaxHandshakes, 1, 100_000);
        int perSource = (int)section.Integer("maxHandshakesPerSource", TlsLimits.MaxHandshakesPerSource, 1, 100_000);
        TlsClientOptions client = ReadClient(section.Section("client"), version, baseFolder, notices);
        if (certificates.Count == 0 && !section.HasError("certificates") && listeners.Any(static l => l.Transport is SipTransportKind.Tls or SipTransportKind.Wss))
        {
            section.Error("certificates", "needs a certificate for the tls:// and wss:// listeners: [ { \"certificate\": \"fullchain.pem\", \"key\": \"privkey.pem\" } ]");
        }

        section.Finish();
        bool isComplete = certificates.Count > 0 && (clients == TlsClientCertificates.None || authorities.Count > 0);
        return new TlsSettings(
            isComplete
                ? new TlsServerOptions
                {
                    Certificates = certificates.ToImmutable(),
                    MinimumVersion = version,
                    ClientCertificates = clients,
                    ClientAuthorities = authorities,
                    HandshakeTimeout = handshake,
                    MaxHandshakes = handshakes,
                    MaxHandshakesPerSource = perSource,
                }
                : null,
            client);
    }

    private static TlsClientOptions ReadClient(SectionReader section, TlsVersion version, string baseFolder, List<string> notices)
    {
        TlsClientOptions result = new()
        {
            MinimumVersion = version,
            Verify = section.Flag("verify", true),
            AllowWildcards = section.Flag("wildcards", false),
            Authorities = ReadAuthorities(section, "authorities", baseFolder) is { Count: > 0 } authorities ? authorities : TlsClientOptions.Default.Authorities,
            Certificate = ReadCertificate(section, baseFolder, isRequired: false, notices),
        };
        if (!result.Verify)
        {
            notices.Add("sip.tls.client.verify is false: connections to trunks are encrypted towards whoever answers");
        }

        section.Finish();
        return result;
    }

    private static TlsCertificate? ReadCertificate(SectionReader section, string baseFolder, bool isRequired, List<string> notices)
    {
        ConfigurationText? certificate = isRequired ? section.RequiredText("certificate") : section.OptionalText("certificate", null);
        ConfigurationText? key = section.OptionalText("key", null);
        if (certificate is not { } written)
        {
            if (key is not null && !isRequired)
            {
                section.Error("key", "is of no use without certificate");
            }

            return null;
        }

        string file = Path.GetFullPath(written.Value, baseFolder);
        string keyFile = key is { } keyText ? Path.GetFullPath(keyText.Value, baseFolder) : file;
        try
        {
            TlsCertificate loaded = TlsCertificate.Load(file, keyFile);
            if (loaded.NotAfter < DateTimeOffset.UtcNow)
            {
                notices.Add(string.Create(CultureInfo.InvariantCulture, $"{file} ended on {loaded.NotAfter:yyyy-MM-dd}: peers that check it will not connect"));
            }

            return loaded;
        }
        catch (TlsFileException exception)
        {
            section.Error(key is { } of && exception.Path == keyFile && keyFile != file ? of : written, exception.Message);
            return null;
        }
    }

    private static X509Certificate2Collection ReadAuthorities(SectionReader section, string name, string baseFolder)
    {
        if (section.OptionalText(name, null) is not { } text)
        {
            return [];
        }

        try
        {
            return TlsCertificate.LoadAuthorities(Path.GetFullPath(text.Value, baseFolder));
        }
        catch (TlsFileException exception)
        {
            section.Error(text, exception.Message);
            return [];
        }
    }

    private static TlsVersion ReadVersion(SectionReader section)
    {
        ConfigurationText text = section.Text("minimumVersion", "1.2");
        switch (text.Value)
        {
            case "1.2":
                return TlsVersion.Tls12;
            case "1.3":
                return TlsVersion.Tls13;
            case "1.0" or "1.1":
                section.Error(text, $"TLS {text.Value} is broken and not spoken here (RFC 8996); write \"1.2\" or \"1.3\"");
                return TlsVersion.Tls12;
            default:
                section.Error(text, $"\"{text.Value}\" is not a version of TLS; write \"1.2\" or \"1.3\"");
                return TlsVersion.Tls12;
        }
    }

    private static TlsClientCertificates ReadClientCertificates(SectionReader section)
    {
        ConfigurationText text = section.Text("clientCertificates", "none");
        switch (text.Value)
        {
            case "none":
                return TlsClientCertificates.None;
            case "accept":
                return TlsClientCertificates.Accept;
            case "require":
                return TlsClientCertificates.Require;
            default:
                section.Error(text, $"\"{text.Value}\" is none of \"none\", \"accept\" and \"require\"");
                return TlsClientCertificates.None;
        }
    }
}
