using System.Security.Cryptography.X509Certificates;
using MediaCore.Primitives;
using MediaCore.Transport.Tls;

namespace MediaCore.Server.Configuration;

/// <summary>Where control services are served.</summary>
/// <param name="Endpoint">The address.</param>
/// <param name="IsTls">Whether with TLS.</param>
internal readonly record struct GrpcListener(NetworkEndpoint Endpoint, bool IsTls);

/// <summary>Section <c>grpc</c>: the control interface.</summary>
internal sealed record GrpcSettings
{
    private const ushort DefaultPort = 50051;

    /// <summary>What every official gRPC server takes.</summary>
    private const int DefaultMaxReceiveBytes = 4 * 1024 * 1024;

    /// <summary>200 streams of sound over the one connection that a client library makes, and as many commands beside them; 100, the usual default, would let the rest wait in the client without a word.</summary>
    private const int DefaultMaxStreams = 500;

    /// <summary>Where it is served; nowhere turns it off.</summary>
    public required IReadOnlyList<GrpcListener> Listen { get; init; }

    /// <summary>Whether nobody has said where: then a port that is taken is told, and does not keep the server from starting.</summary>
    public bool IsDefault { get; init; }

    /// <summary>The file of the tokens.</summary>
    public required string TokensFile { get; init; }

    /// <summary>Whether a token is asked of callers over loopback too.</summary>
    public bool RequireToken { get; init; }

    /// <summary>What TLS listeners show; null without any.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>Authorities whose client certificates are taken; empty for none.</summary>
    public X509Certificate2Collection ClientAuthorities { get; init; } = [];

    /// <summary>Largest request in bytes.</summary>
    public int MaxReceiveBytes { get; init; }

    /// <summary>Calls at once on one connection.</summary>
    public int MaxStreams { get; init; }

    /// <summary>After so long without anything from a client it is asked whether it is there.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>Reads the section.</summary>
    public static GrpcSettings Read(SectionReader section, string dataFolder, string baseFolder, List<string> notices)
    {
        TlsCertificate? certificate = CertificateSettings.Read(section, baseFolder, "grpc");
        X509Certificate2Collection authorities = ReadAuthorities(section, baseFolder);
        List<GrpcListener> listeners = [];
        foreach (ConfigurationText text in section.TextOrTexts("listen", "http://127.0.0.1:50051"))
        {
            if (ReadListener(section, text) is { } listener)
            {
                listeners.Add(listener);
            }
        }

        bool isTls = listeners.Exists(static l => l.IsTls);
        if (isTls && certificate is null && !section.HasError("certificate") && !section.HasError("key"))
        {
            section.Error("certificate", "is needed by the https:// listener: the PEM file of the certificate and its chain; grpc.key names that of its key");
        }
        else if (!isTls && (section.Has("certificate") || section.Has("clientAuthority")))
        {
            section.Error(section.Has("certificate") ? "certificate" : "clientAuthority", "has no effect without an https:// address in grpc.listen");
        }

        string? tokens = section.OptionalText("tokens", null)?.Value;
        GrpcSettings result = new()
        {
            Listen = listeners,
            IsDefault = !section.Has("listen"),
            TokensFile = tokens is null ? Path.Combine(dataFolder, "control-tokens.json") : Path.GetFullPath(tokens, baseFolder),
            RequireToken = section.Flag("requireToken", false),
            Certificate = certificate,
            ClientAuthorities = authorities,
            MaxReceiveBytes = (int)section.Integer("maxReceiveMessageSize", DefaultMaxReceiveBytes, 64 * 1024, 256 * 1024 * 1024),
            MaxStreams = (int)section.Integer("maxStreams", DefaultMaxStreams, 1, 100_000),
            KeepAlive = section.Seconds("keepAliveSeconds", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        };
        if (certificate is { } shown && shown.NotAfter < DateTimeOffset.UtcNow)
        {
            notices.Add("grpc.certificate has ended: clients that check it will not connect");
        }

        section.Finish();
        return result;
    }

    private static GrpcListener? ReadListener(SectionReader section, in ConfigurationText text)
    {
        bool isTls = text.Value.StartsWith("https://", StringComparison.Ordinal);
        if (!isTls && !text.Value.StartsWith("http://", StringComparison.Ordinal))
        {
            section.Error(text, $"\"{text.Value}\" is not a listener of gRPC; write http://address:port on loopback, https://address:port elsewhere");
        }
        else if (EndpointSyntax.TryParseEndpoint(text.Value[(isTls ? 8 : 7)..].TrimEnd('/'), DefaultPort, out NetworkEndpoint endpoint) is { } error)
        {
            section.Error(text, error);
        }
        else if (!isTls && !endpoint.IsLoopback)
        {
            section.Error(text, "can be reached from other hosts, and whoever reads a token there controls every call; write https:// with grpc.certificate and grpc.key, or listen on 127.0.0.1 or [::1]");
        }
        else
        {
            return new GrpcListener(endpoint, isTls);
        }

        return null;
    }

    private static X509Certificate2Collection ReadAuthorities(SectionReader section, string baseFolder)
    {
        if (section.OptionalText("clientAuthority", null) is not { } text)
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
}
