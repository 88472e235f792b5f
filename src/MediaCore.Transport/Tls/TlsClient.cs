using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MediaCore.Transport.Tls;

/// <summary>Encrypts connections that we open and checks who answers (RFC 5922 §7.3, RFC 3261 §26.3.1). Safe to use from any thread.</summary>
public sealed class TlsClient
{
    private volatile TlsClientOptions _options;

    /// <summary>Makes one.</summary>
    public TlsClient(TlsClientOptions options) => _options = options;

    /// <summary>The options in force.</summary>
    public TlsClientOptions Options => _options;

    /// <summary>Handshakes so far.</summary>
    public TlsStatistics Statistics { get; } = new();

    /// <summary>Connections that are opened from now on follow these; the others stay.</summary>
    public void Update(TlsClientOptions options) => _options = options;

    /// <summary>Does the handshake over a connected stream, which belongs to the result; on failure the caller closes it.</summary>
    /// <param name="stream">The connected socket.</param>
    /// <param name="serverName">The domain dialled: asked for by SNI unless it is an address, and the name that the certificate must have.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async ValueTask<(SslStream? Stream, TlsPeer? Peer, TlsHandshakeResult Result)> AuthenticateAsync(Stream stream, string serverName, CancellationToken cancellation)
    {
        TlsClientOptions options = _options;
        string name = serverName.Trim('[', ']').TrimEnd('.');
        bool refused = false;
        var authentication = new SslClientAuthenticationOptions
        {
            TargetHost = IPAddress.TryParse(name, out _) ? "" : name,
            EnabledSslProtocols = TlsServer.GetProtocols(options.MinimumVersion),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            AllowRenegotiation = false,
            CertificateChainPolicy = TlsServer.CreatePolicy(options.Authorities, TlsServer.ServerAuthentication),
            ClientCertificateContext = options.Certificate?.Context,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                // The framework's own comparison of names follows the web's rules; ours are those of SIP.
                refused = options.Verify && !(certificate is X509Certificate2 peer
                    && (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
                    && DomainIdentities.Of(peer).Match(name, options.AllowWildcards));
                return !refused;
            },
        };
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secured.AuthenticateAsClientAsync(authentication, cancellation).ConfigureAwait(false);
            Statistics.Add(TlsHandshakeResult.Completed);
            DomainIdentities? identities = options.Verify && secured.RemoteCertificate is X509Certificate2 shown ? DomainIdentities.Of(shown) : null;
            return (secured, new TlsPeer(identities), TlsHandshakeResult.Completed);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            TlsHandshakeResult result = refused ? TlsHandshakeResult.CertificateRefused
                : exception is OperationCanceledException ? TlsHandshakeResult.TimedOut : TlsHandshakeResult.Failed;
            Statistics.Add(result);
            return (null, null, result);
        }
    }
}
