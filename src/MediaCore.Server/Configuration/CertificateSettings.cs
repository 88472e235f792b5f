using MediaCore.Transport.Tls;

namespace MediaCore.Server.Configuration;

/// <summary><c>certificate</c> and <c>key</c> of a section: what its TLS listeners show.</summary>
internal static class CertificateSettings
{
    /// <summary>Reads them; null for none.</summary>
    /// <param name="section">The section.</param>
    /// <param name="baseFolder">What paths are relative to.</param>
    /// <param name="name">What the section is called.</param>
    public static TlsCertificate? Read(SectionReader section, string baseFolder, string name)
    {
        ConfigurationText? certificate = section.OptionalText("certificate", null);
        ConfigurationText? key = section.OptionalText("key", null);
        if (certificate is not { } written)
        {
            if (key is { } alone)
            {
                section.Error(alone, $"is of no use without {name}.certificate");
            }

            return null;
        }

        string file = Path.GetFullPath(written.Value, baseFolder);
        string keyFile = key is { } keyText ? Path.GetFullPath(keyText.Value, baseFolder) : file;
        try
        {
            return TlsCertificate.Load(file, keyFile);
        }
        catch (TlsFileException exception)
        {
            section.Error(key is { } of && exception.Path == keyFile && keyFile != file ? of : written, exception.Message);
            return null;
        }
    }
}
