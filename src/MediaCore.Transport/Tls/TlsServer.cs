using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MediaCore.Primitives;

namespace MediaCore.Transport.Tls;

/// <summary>
/// Encrypts connections to us. One for all listeners, since its bounds are the server's. Handshakes run on the thread pool, never on a shard, and at
/// most <see cref="TlsServerOptions.MaxComputing"/> of them compute at once (<see cref="HandshakeStream"/>). Safe to use from any thread.
/// </summary>
public sealed class TlsServer : IDisposable
{
    internal const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly Dictionary<NetworkEndpoint, int> _perSource = [];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turns;
    private volatile TlsServerOptions _options;
    private int _handshakes;

    /// <summary>Makes one.</summary>
    public TlsServer(TlsServerOptions options)
    {
        Check(options);
        _options = options;
        _turns = new SemaphoreSlim(Math.Max(1, options.MaxComputing));
    }

    /// <summary>The options in force.</summary>
    public TlsServerOptions Options => _options;

    /// <summary>Handshakes so far.</summary>
    public TlsStatistics Statistics { get; } = new();

    /// <summary>Handshakes under way.</summary>
    public int Handshakes => Volatile.Read(ref _handshakes);

    /// <summary>
    /// From now on handshakes use these certificates, authorities and limits (all but <see cref="TlsServerOptions.MaxComputing"/>). Open connections
    /// stay as they are.
    /// </summary>
    public void Update(TlsServerOptions options)
    {
        Check(options);
        _options = options;
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    /// <summary>Takes a place among those under way; false, counted, when there is none.</summary>
    internal bool TryEnter(in NetworkEndpoint source)
    {
        TlsServerOptions options = _options;
        lock (_gate)
        {
            int ofSource = _perSource.GetValueOrDefault(source);
            if (_handshakes < options.MaxHandshakes && ofSource < options.MaxHandshakesPerSource)
            {
                _perSource[source] = ofSource + 1;
                _handshakes++;
                return true;
            }
        }

        Statistics.Add(TlsHandshakeResult.LimitReached);
        return false;
    }

    /// <summary>Gives the place back.</summary>
    internal void Leave(in NetworkEndpoint source)
    {
        lock (_gate)
        {
            _handshakes--;
            if (--_perSource[source] == 0)
            {
                _perSource.Remove(source);
            }
        }
    }

    /// <summary>Does the handshake over a connected stream, which belongs to the result; on failure the caller closes it.</summary>
    internal async ValueTask<(SslStream? Stream, TlsPeer? Peer, TlsHandshakeResult Result)> AuthenticateAsync(Stream stream)
    {
        TlsServerOptions options = _options;
        var handshake = new Handshake(options);
        using var deadline = new CancellationTokenSource(options.HandshakeTimeout);
        var turns = new HandshakeStream(stream, _turns);
        var secured = new SslStream(turns, leaveInnerStreamOpen: false);
        TlsHandshakeResult result;
        try
        {
            await secured.AuthenticateAsServerAsync(static (_, hello, state, _) => ((Handshake)state!).ChooseAsync(hello), handshake, deadline.Token).ConfigureAwait(false);
            Statistics.Add(TlsHandshakeResult.Completed);
            DomainIdentities? identities = secured.RemoteCertificate is X509Certificate2 shown ? DomainIdentities.Of(shown) : null;
            return (secured, new TlsPeer(identities), TlsHandshakeResult.Completed);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or ObjectDisposedException or CryptographicException)
        {
            result = handshake.IsRefused ? TlsHandshakeResult.CertificateRefused
                : exception is OperationCanceledException ? TlsHandshakeResult.TimedOut : TlsHandshakeResult.Failed;
        }
        finally
        {
            turns.EndTurns();
        }

        Statistics.Add(result);
        await secured.DisposeAsync().ConfigureAwait(false);
        return (null, null, result);
    }

    internal static SslProtocols GetProtocols(TlsVersion minimum) =>
        minimum == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;

    internal static X509ChainPolicy CreatePolicy(X509Certificate2Collection authorities, string purpose)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = authorities.Count > 0 ? X509ChainTrustMode.CustomRootTrust : X509ChainTrustMode.System,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(purpose));
        return policy;
    }

    // The option's name is what the reader of the message looks for; there is no parameter to name.
#pragma warning disable MA0015
    private static void Check(TlsServerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Certificates.Length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxHandshakes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxHandshakesPerSource, 1);
        if (options.ClientCertificates != TlsClientCertificates.None && options.ClientAuthorities.Count == 0)
        {
            throw new ArgumentException("Peers' certificates are asked for, but no authority is trusted.", nameof(options));
        }
    }
#pragma warning restore MA0015

    private sealed class Handshake(TlsServerOptions options)
    {
        public bool IsRefused { get; private set; }

        public ValueTask<SslServerAuthenticationOptions> ChooseAsync(SslClientHelloInfo hello)
        {
            TlsCertificate certificate = Choose(hello.ServerName);
            var authentication = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate.Context,
                EnabledSslProtocols = GetProtocols(options.MinimumVersion),
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                EncryptionPolicy = EncryptionPolicy.RequireEncryption,
                AllowRenegotiation = false,
                ClientCertificateRequired = options.ClientCertificates != TlsClientCertificates.None,
            };
            if (options.ClientCertificates != TlsClientCertificates.None)
            {
                authentication.CertificateChainPolicy = CreatePolicy(options.ClientAuthorities, ClientAuthentication);
                authentication.RemoteCertificateValidationCallback = (_, shown, _, errors) =>
                {
                    bool good = shown is null ? options.ClientCertificates == TlsClientCertificates.Accept : errors == SslPolicyErrors.None;
                    IsRefused = !good;
                    return good;
                };
            }

            return ValueTask.FromResult(authentication);
        }

        private TlsCertificate Choose(string? name)
        {
            if (!string.IsNullOrEmpty(name))
            {
                foreach (bool wildcards in (ReadOnlySpan<bool>)[false, true])
                {
                    foreach (TlsCertificate certificate in options.Certificates)
                    {
                        if (certificate.Identities.MatchServerName(name, wildcards))
                        {
                            return certificate;
                        }
                    }
                }
            }

            return options.Certificates[0];
        }
    }
}
