using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MediaCore.Tests;

/// <summary>A certificate authority that lives as long as its folder: makes certificates as PEM files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly X509Certificate2 _root;
    private readonly bool _ownsFolder;

    public TestAuthority(string? folder = null, string name = "MediaCore test authority")
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("mediacore-ca-").FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File = Path.Combine(Folder, $"{name.Replace(' ', '-')}.pem");
        System.IO.File.WriteAllText(File, _root.ExportCertificatePem());
    }

    public string Folder { get; }

    /// <summary>The authority's own certificate.</summary>
    public string File { get; }

    public void Dispose()
    {
        _root.Dispose();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Writes <c>file.pem</c> and <c>file.key</c>; names are DNS names, <c>sip:</c> URIs or addresses.</summary>
    public (string Certificate, string Key) Issue(string file, IEnumerable<string> names, bool isClient = true, bool isServer = true, bool isExpired = false, bool isRsa = false)
    {
        using ECDsa elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsa = RSA.Create();
        string subject = "CN=" + file;
        CertificateRequest request = isRsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, elliptic, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        bool hasNames = false;
        foreach (string name in names)
        {
            hasNames = true;
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                alternatives.AddIpAddress(address);
            }
            else if (name.Contains(':', StringComparison.Ordinal))
            {
                alternatives.AddUri(new Uri(name));
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        var purposes = new OidCollection();
        if (isServer)
        {
            purposes.Add(new Oid(ServerAuthentication));
        }

        if (isClient)
        {
            purposes.Add(new Oid(ClientAuthentication));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, false));
        if (hasNames)
        {
            request.CertificateExtensions.Add(alternatives.Build());
        }

        DateTimeOffset from = DateTimeOffset.UtcNow.AddHours(-2);
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        serial[0] &= 0x7f;
        using X509Certificate2 issued = request.Create(
            _root.SubjectName, X509SignatureGenerator.CreateForECDsa(_root.GetECDsaPrivateKey()!), from, isExpired ? from.AddHours(1) : from.AddDays(7), serial);
        string certificate = Path.Combine(Folder, file + ".pem");
        string key = Path.Combine(Folder, file + ".key");
        System.IO.File.WriteAllText(certificate, issued.ExportCertificatePem());
        System.IO.File.WriteAllText(key, isRsa ? rsa.ExportPkcs8PrivateKeyPem() : elliptic.ExportPkcs8PrivateKeyPem());
        return (certificate, key);
    }
}
