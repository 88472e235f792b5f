using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MediaCore.Numbers.Mail;

namespace MediaCore.Server.Configuration;

/// <summary><c>numbers.mail</c>: the mail server of notifications. The password is read here and shown nowhere.</summary>
internal static class MailSettings
{
    /// <summary>Reads the section; null when it is absent or wrong.</summary>
    public static MailOptions? Read(SectionReader section, string baseFolder)
    {
        if (!section.IsPresent)
        {
            return null;
        }

        ConfigurationText? server = section.RequiredText("server");
        ConfigurationText? from = section.RequiredText("from");
        MailSecurity security = section.Choice("security", MailSecurity.StartTls, ("starttls", MailSecurity.StartTls), ("tls", MailSecurity.Tls), ("none", MailSecurity.None));
        int port = (int)section.Integer("port", security switch { MailSecurity.Tls => 465, MailSecurity.StartTls => 587, _ => 25 }, 1, 65_535);
        if (from is { } sender && !MailAddresses.IsAddress(sender.Value))
        {
            section.Error(sender, "is no mail address such as phones@example.org");
        }

        ConfigurationText? user = section.OptionalText("user", null);
        string? password = ReadPassword(section, user is not null, baseFolder);
        if (user is not null && security == MailSecurity.None && server is { } host && !IsThisHost(host.Value))
        {
            section.Error("security", "a password would go over the network for anyone to read: take starttls or tls");
        }

        X509Certificate2Collection authorities = ReadAuthorities(section, baseFolder);
        ConfigurationText? link = section.OptionalText("link", null);
        if (link is { } address && (!address.Value.Contains("{id}", StringComparison.Ordinal) || !Uri.TryCreate(address.Value, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http")))
        {
            section.Error(address, "is an address with {id} in it, such as https://panel.example.org/voicemail/{id}");
        }

        section.Finish();
        return server is { } name && from is { } who
            ? new MailOptions(name.Value, port, who.Value) { Security = security, User = user?.Value, Password = password ?? "", Authorities = authorities, Link = link?.Value }
            : null;
    }

    private static bool IsThisHost(string server) => server.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(server, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static string? ReadPassword(SectionReader section, bool isNeeded, string baseFolder)
    {
        ConfigurationText? file = section.OptionalText("passwordFile", null);
        ConfigurationText? variable = section.OptionalText("passwordVariable", null);
        if ((file is null) == (variable is null))
        {
            if (isNeeded || file is not null)
            {
                section.Error("passwordFile", "a user needs exactly one of passwordFile (its first line) and passwordVariable (the name of an environment variable)");
            }

            return null;
        }

        if (!isNeeded)
        {
            section.Error(file is not null ? "passwordFile" : "passwordVariable", "has no meaning without user");
            return null;
        }

        if (file is { } path)
        {
            return SecretFile.ReadLine(section, path, baseFolder);
        }

        string? value = Environment.GetEnvironmentVariable(variable!.Value.Value);
        if (string.IsNullOrEmpty(value))
        {
            section.Error(variable.Value, "names an environment variable that is not set");
        }

        return value;
    }

    private static X509Certificate2Collection ReadAuthorities(SectionReader section, string baseFolder)
    {
        X509Certificate2Collection authorities = [];
        if (section.OptionalText("caFile", null) is { } file)
        {
            try
            {
                authorities.ImportFromPemFile(Path.GetFullPath(file.Value, baseFolder));
                if (authorities.Count == 0)
                {
                    section.Error(file, "has no certificate in it (PEM)");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                section.Error(file, $"cannot be read: {e.Message}");
            }
        }

        return authorities;
    }
}
