using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MediaCore.Transport.Tls;

/// <summary>Reads PEM files (RFC 7468) within a bound.</summary>
internal static class PemFile
{
    /// <summary>The text of a file.</summary>
    /// <exception cref="TlsFileException">It is missing, too long or not readable.</exception>
    public static string ReadText(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > TlsLimits.MaxFileBytes)
            {
                throw new TlsFileException(path, $"has more than {TlsLimits.MaxFileBytes} bytes, which no certificate has");
            }

            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TlsFileException(path, "does not exist", exception);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException && exception is not TlsFileException))
        {
            throw new TlsFileException(path, "cannot be read; give the server's user the right to", exception);
        }
    }

    /// <summary>The certificates of a file, in its order; at least one.</summary>
    /// <exception cref="TlsFileException">There is none, or one that is no certificate.</exception>
    public static X509Certificate2Collection ReadCertificates(string path)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(ReadText(path));
        }
        catch (CryptographicException exception)
        {
            throw new TlsFileException(path, "holds a CERTIFICATE block that is not one", exception);
        }

        return certificates.Count > 0
            ? certificates
            : throw new TlsFileException(path, "holds no certificate; PEM is expected, with -----BEGIN CERTIFICATE-----");
    }
}
