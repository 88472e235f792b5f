using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Engine.Trunks.Registration;

namespace MediaCore.Server.Configuration;

/// <summary><c>trunks[].registration</c>: how we register with a trunk that does not know us by our address.</summary>
internal static class TrunkRegistrationSettings
{
    /// <summary>Longest user part; it stands in URIs and is compared with those that come back.</summary>
    private const int MaxUserCharacters = 128;

    /// <summary>Reads the section; null when it is absent or wrong. What it leaves out follows from the trunk's targets and credentials.</summary>
    public static TrunkRegistration? Read(SectionReader trunk, IReadOnlyList<SipPeer> targets, TrunkCredentials? credentials)
    {
        SectionReader section = trunk.Section("registration");
        if (!section.IsPresent)
        {
            return null;
        }

        SipPeer? registrar = targets.Count > 0 ? targets[0] : null;
        if (section.OptionalText("registrar", null) is { } uri)
        {
            registrar = null;
            if (!SipPeerUri.TryParse(uri.Value, out SipPeer? peer, out string? inUri, out string? problem))
            {
                section.Error(uri, $"\"{uri.Value}\": {problem}");
            }
            else if (inUri is not null)
            {
                section.Error(uri, $"\"{uri.Value}\" has a user part; that goes into registration.user");
            }
            else
            {
                registrar = peer;
            }
        }
        else if (registrar is null && !trunk.HasError("targets"))
        {
            section.Error("registrar", "is missing, and there are no targets to take it from");
        }

        string? user = section.OptionalText("user", credentials?.User) is { } given ? CheckUser(section, given) : null;
        if (user is null && !section.HasError("user") && !trunk.HasError("credentials"))
        {
            section.Error("user", "is missing, and there are no credentials to take it from");
        }

        string? contactUser = section.OptionalText("contactUser", user) is { } contact ? CheckUser(section, contact) : null;
        ConfigurationText? domain = section.OptionalText("domain", registrar?.Host);
        if (domain is { } host && !EndpointSyntax.IsHost(host.Value) && registrar?.Host != host.Value)
        {
            section.Error(host, $"\"{host.Value}\" is neither a host name nor an IP address (IPv6 in brackets; no port)");
        }

        TimeSpan expires = section.Seconds("expiresSeconds", TimeSpan.FromHours(1), TrunkAgentLimits.MinExpires, TrunkAgentLimits.MaxExpires);
        TimeSpan least = section.Seconds("minRetrySeconds", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        TimeSpan most = section.Seconds("maxRetrySeconds", TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        if (least > most)
        {
            section.Error("minRetrySeconds", "must not be above maxRetrySeconds");
        }

        section.Finish();
        return registrar is null || user is null || contactUser is null || domain is null || trunk.HasError("registration")
            ? null
            : new TrunkRegistration
            {
                Registrar = registrar,
                User = user,
                Domain = domain.Value.Value,
                ContactUser = contactUser,
                Expires = expires,
                MinRetry = least,
                MaxRetry = most,
            };
    }

    /// <summary>The characters that need no escape in a URI and mean nothing there (RFC 3261 §25.1, less those that servers take for parameters).</summary>
    private static string? CheckUser(SectionReader section, in ConfigurationText text)
    {
        if (text.Value.Length is > 0 and <= MaxUserCharacters && text.Value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '!' or '~' or '*' or '+'))
        {
            return text.Value;
        }

        section.Error(text, $"\"{text.Value}\" must be at most {MaxUserCharacters} letters, digits and -_.!~*+, as it stands in a SIP URI");
        return null;
    }
}
