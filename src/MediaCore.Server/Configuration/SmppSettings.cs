using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Primitives;
using MediaCore.Smpp;
using MediaCore.Transport.Tls;

namespace MediaCore.Server.Configuration;

/// <summary><c>messages.smpp</c>: centres that messages leave by, and the service for programs. Passwords are read here and shown nowhere.</summary>
internal static class SmppSettings
{
    private const ushort DefaultPort = 2775;

    /// <summary>Longest name of an account and longest system_type, SMPP 3.4 §5.2.1 and §5.2.3.</summary>
    private const int MaxSystemId = 15;
    private const int MaxSystemType = 12;

    private static readonly (string Word, SmppBindMode Mode)[] Modes =
        [("transceiver", SmppBindMode.Transceiver), ("pair", SmppBindMode.Pair), ("transmitter", SmppBindMode.Transmitter), ("receiver", SmppBindMode.Receiver)];

    /// <summary>Reads the section; without it nothing is spoken over SMPP.</summary>
    public static SmppOptions Read(SectionReader section, string baseFolder)
    {
        List<SmppCentre> centres = [];
        foreach (SectionReader item in section.Sections("centres"))
        {
            if (ReadCentre(item, baseFolder) is { } centre)
            {
                if (centres.Exists(other => other.Name == centre.Name))
                {
                    item.Error("name", $"\"{centre.Name}\" is the name of another centre already");
                }

                centres.Add(centre);
            }
        }

        SmppServerOptions? server = ReadServer(section.Section("server"), baseFolder);
        section.Finish();
        return new SmppOptions { Centres = [.. centres], Server = server };
    }

    private static SmppCentre? ReadCentre(SectionReader item, string baseFolder)
    {
        ConfigurationText? name = item.RequiredText("name");
        ConfigurationText? host = item.RequiredText("host");
        if (host is { } written && !EndpointSyntax.IsHost(written.Value))
        {
            item.Error(written, $"\"{written.Value}\" is neither a host name nor an IP address (IPv6 in brackets; the port is a key of its own)");
        }

        ConfigurationText? systemId = ReadShort(item, item.RequiredText("systemId"), MaxSystemId);
        string systemType = ReadShort(item, item.OptionalText("systemType", null), MaxSystemType)?.Value ?? "";
        string? password = TrunkCredentialSettings.ReadPassword(item, baseFolder);
        bool isTls = item.Flag("tls", false);
        X509Certificate2Collection authorities = ReadAuthority(item, isTls, baseFolder);
        var centre = new SmppCentre(name?.Value ?? "", host?.Value.Trim('[', ']') ?? "", (ushort)item.Integer("port", DefaultPort, 1, ushort.MaxValue), systemId?.Value ?? "", password ?? "")
        {
            IsTls = isTls,
            Authorities = authorities,
            SystemType = systemType,
            Mode = item.Choice("mode", SmppBindMode.Transceiver, Modes),
            Source = ReadKind(item, "source"),
            Destination = ReadKind(item, "destination"),
            Window = (int)item.Integer("window", SmppLimits.DefaultWindow, 1, 1_000),
            Rate = (int)item.Integer("rate", 0, 0, 10_000),
        };
        item.Finish();
        return name is null || host is null || systemId is null || password is null ? null : centre;
    }

    private static SmppServerOptions? ReadServer(SectionReader section, string baseFolder)
    {
        if (!section.IsPresent)
        {
            return null;
        }

        (NetworkEndpoint endpoint, bool isTls) = ReadListen(section, section.Text("listen", $"smpp://127.0.0.1:{DefaultPort}"));
        TlsCertificate? certificate = ReadCertificate(section, isTls, baseFolder);
        string systemId = ReadShort(section, section.Text("systemId", "MediaCore"), MaxSystemId)?.Value ?? "";
        List<SmppAccount> accounts = [];
        foreach (SectionReader item in section.Sections("accounts"))
        {
            if (ReadAccount(item, baseFolder, needsNetworks: !isTls && !endpoint.IsLoopback) is { } account)
            {
                if (accounts.Exists(other => other.SystemId == account.SystemId))
                {
                    item.Error("systemId", $"\"{account.SystemId}\" is another account's already");
                }

                accounts.Add(account);
            }
        }

        section.Finish();
        return new SmppServerOptions(endpoint.ToIPEndPoint()) { SystemId = systemId, Certificate = certificate, Accounts = [.. accounts.DistinctBy(static account => account.SystemId)] };
    }

    private static SmppAccount? ReadAccount(SectionReader item, string baseFolder, bool needsNetworks)
    {
        ConfigurationText? systemId = ReadShort(item, item.RequiredText("systemId"), MaxSystemId);
        string? password = TrunkCredentialSettings.ReadPassword(item, baseFolder);
        ConfigurationText? tenant = item.RequiredText("tenant");
        List<string> numbers = [];
        foreach (ConfigurationText text in item.Texts("numbers"))
        {
            if (text.Value.Length is < 3 or > 16 || text.Value[0] != '+' || text.Value.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
            {
                item.Error(text, $"\"{text.Value}\" is no number of the form +15551234567 (E.164)");
            }

            numbers.Add(text.Value);
        }

        List<IPNetwork> networks = [];
        foreach (ConfigurationText text in item.Texts("networks"))
        {
            if (EndpointSyntax.TryParseNetwork(text.Value, out IPNetwork network) is { } error)
            {
                item.Error(text, error);
            }
            else
            {
                networks.Add(network);
            }
        }

        if (needsNetworks && networks.Count == 0 && !item.HasError("networks"))
        {
            item.Error("networks", "is needed where the service can be reached from other hosts without TLS, as passwords go in the clear there; or write smpps:// with certificate and key in messages.smpp.server");
        }

        var account = new SmppAccount(systemId?.Value ?? "", [.. SHA256.HashData(Encoding.UTF8.GetBytes(password ?? ""))], tenant?.Value ?? "")
        {
            Numbers = [.. numbers],
            Networks = [.. networks],
            MaxSessions = (int)item.Integer("maxSessions", 4, 1, 50),
            Window = (int)item.Integer("window", 100, 1, SmppLimits.MaxPeerWindow),
            Rate = (int)item.Integer("rate", 50, 0, 10_000),
        };
        item.Finish();
        return systemId is null || password is null || tenant is null ? null : account;
    }

    private static (NetworkEndpoint Endpoint, bool IsTls) ReadListen(SectionReader section, in ConfigurationText text)
    {
        bool isTls = text.Value.StartsWith("smpps://", StringComparison.Ordinal);
        if (!isTls && !text.Value.StartsWith("smpp://", StringComparison.Ordinal))
        {
            section.Error(text, $"\"{text.Value}\" is not a listener of SMPP; write smpp://address:port, or smpps://address:port for TLS");
        }
        else if (EndpointSyntax.TryParseEndpoint(text.Value[(isTls ? 8 : 7)..].TrimEnd('/'), DefaultPort, out NetworkEndpoint endpoint) is { } error)
        {
            section.Error(text, error);
        }
        else
        {
            return (endpoint, isTls);
        }

        return (NetworkEndpoint.From(IPAddress.Loopback, DefaultPort), isTls);
    }

    private static TlsCertificate? ReadCertificate(SectionReader section, bool isTls, string baseFolder)
    {
        ConfigurationText? certificate = section.OptionalText("certificate", null);
        ConfigurationText? key = section.OptionalText("key", null);
        if (certificate is not { } written)
        {
            if (isTls)
            {
                section.Error("certificate", "is needed by an smpps:// listener: the PEM file of the certificate and its chain; key names that of its key");
            }

            return null;
        }

        if (!isTls)
        {
            section.Error(written, "has no effect without smpps:// in listen");
            return null;
        }

        string file = Path.GetFullPath(written.Value, baseFolder);
        try
        {
            return TlsCertificate.Load(file, key is { } keyText ? Path.GetFullPath(keyText.Value, baseFolder) : file);
        }
        catch (TlsFileException exception)
        {
            section.Error(written, exception.Message);
            return null;
        }
    }

    private static X509Certificate2Collection ReadAuthority(SectionReader item, bool isTls, string baseFolder)
    {
        if (item.OptionalText("authority", null) is not { } text)
        {
            return [];
        }

        if (!isTls)
        {
            item.Error(text, "has no effect without tls: true");
            return [];
        }

        try
        {
            return TlsCertificate.LoadAuthorities(Path.GetFullPath(text.Value, baseFolder));
        }
        catch (TlsFileException exception)
        {
            item.Error(text, exception.Message);
            return [];
        }
    }

    private static (byte Ton, byte Npi)? ReadKind(SectionReader item, string which)
    {
        bool isGiven = item.Has(which + "Ton") || item.Has(which + "Npi");
        byte ton = (byte)item.Integer(which + "Ton", 0, 0, 6);
        byte npi = (byte)item.Integer(which + "Npi", 0, 0, 18);
        return isGiven ? (ton, npi) : null;
    }

    private static ConfigurationText? ReadShort(SectionReader item, ConfigurationText? text, int maxCharacters)
    {
        if (text is { } written && (written.Value.Length > maxCharacters || !Ascii.IsValid(written.Value)))
        {
            item.Error(written, $"must have at most {maxCharacters} characters, all of them ASCII, as SMPP has no room for more");
            return null;
        }

        return text;
    }
}
