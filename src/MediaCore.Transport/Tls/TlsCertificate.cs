using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MediaCore.Transport.Tls;

/// <summary>A certificate of ours with its key and chain, ready to be shown.</summary>
public sealed class TlsCertificate
{
    private TlsCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;
        Identities = DomainIdentities.Of(leaf);

        // Offline: neither missing intermediates nor OCSP answers are fetched from the network at a handshake.
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    /// <summary>The names it is chosen by.</summary>
    public DomainIdentities Identities { get; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset NotAfter => new(Leaf.NotAfter.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>When it begins.</summary>
    public DateTimeOffset NotBefore => new(Leaf.NotBefore.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>The certificate itself.</summary>
    internal X509Certificate2 Leaf { get; }

    /// <summary>The same with its chain, as a handshake shows it.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads a certificate and its key from PEM files.</summary>
    /// <param name="certificateFile">The certificate, then the intermediates of its chain.</param>
    /// <param name="keyFile">The unencrypted key; may be the same file.</param>
    /// <exception cref="TlsFileException">A file cannot be used, or the key is not the certificate's.</exception>
    public static TlsCertificate Load(string certificateFile, string keyFile)
    {
        X509Certificate2Collection certificates = PemFile.ReadCertificates(certificateFile);
        string key = PemFile.ReadText(keyFile);
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new TlsFileException(keyFile, "is encrypted; a server needs its key without a password (openssl pkey -in KEY -out KEY.open)");
        }

        X509Certificate2 leaf;
        try
        {
            using X509Certificate2 own = X509Certificate2.CreateFromPem(certificates[0].ExportCertificatePem(), key);

            // Through PKCS #12, so that the key does not depend on a handle that is disposed of with the collection.
            leaf = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new TlsFileException(keyFile, $"holds no private key that belongs to the first certificate of {certificateFile}", exception);
        }

        certificates.RemoveAt(0);
        return new TlsCertificate(leaf, certificates);
    }

    /// <summary>Reads the authorities that peers' certificates must come from.</summary>
    /// <exception cref="TlsFileException">The file cannot be used.</exception>
    public static X509Certificate2Collection LoadAuthorities(string file) => PemFile.ReadCertificates(file);
}
