using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MediaCore.Transport.Tls;

/// <summary>
/// The SIP domains that a certificate speaks for, RFC 5922 §7.1: <c>sip:</c> URIs without a user in its subjectAltName, DNS names where there is
/// no such URI, and the common name only when there is no subjectAltName at all. Addresses (RFC 5280 §4.2.1.6) serve peers that are dialled by address.
/// </summary>
public sealed class DomainIdentities
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private DomainIdentities(ImmutableArray<string> names, ImmutableArray<string> hosts, ImmutableArray<IPAddress> addresses)
    {
        Names = names;
        Hosts = hosts;
        Addresses = addresses;
    }

    /// <summary>Domain names, as written; at most <see cref="TlsLimits.MaxNames"/>.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The DNS names, also where URIs take their place as domains: a client that asks for one of them by SNI (RFC 6066 §3) means this certificate.</summary>
    public ImmutableArray<string> Hosts { get; }

    /// <summary>Addresses.</summary>
    public ImmutableArray<IPAddress> Addresses { get; }

    /// <summary>Reads them; a certificate whose extension cannot be decoded speaks for nobody.</summary>
    public static DomainIdentities Of(X509Certificate2 certificate)
    {
        var domains = ImmutableArray.CreateBuilder<string>();
        var hosts = ImmutableArray.CreateBuilder<string>();
        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        bool hasAlternatives = false;
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == SubjectAlternativeName)
            {
                hasAlternatives = true;
                if (!TryRead(extension.RawData, domains, hosts, addresses))
                {
                    return new DomainIdentities([], [], []);
                }
            }
        }

        if (!hasAlternatives && certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common)
        {
            hosts.Add(common);
        }

        ImmutableArray<string> dns = hosts.ToImmutable();
        return new DomainIdentities(domains.Count > 0 ? domains.ToImmutable() : dns, dns, addresses.ToImmutable());
    }

    /// <summary>Whether the certificate is that of the name dialled.</summary>
    /// <param name="name">A domain, or an address literal (IPv6 with or without brackets).</param>
    /// <param name="allowWildcards">
    /// RFC 5922 §7.2 matches names whole and no wildcard. True also lets <c>*.example.com</c> stand for one label, as on the web (RFC 6125 §6.4.3):
    /// some carriers have no other certificate.
    /// </param>
    public bool Match(string name, bool allowWildcards)
    {
        if (IPAddress.TryParse(name, out IPAddress? address))
        {
            return Addresses.Contains(address);
        }

        return MatchAny(Names, name, allowWildcards);
    }

    /// <summary>Whether a client that names this server by SNI is best shown this certificate: as <see cref="Match"/>, and for each of <see cref="Hosts"/>.</summary>
    public bool MatchServerName(string name, bool allowWildcards) => Match(name, allowWildcards) || MatchAny(Hosts, name, allowWildcards);

    private static bool MatchAny(ImmutableArray<string> names, string name, bool allowWildcards)
    {
        string wanted = name.TrimEnd('.');
        foreach (string candidate in names)
        {
            if (string.Equals(candidate.TrimEnd('.'), wanted, StringComparison.OrdinalIgnoreCase)
                || (allowWildcards && MatchesWildcard(candidate, wanted)))
            {
                return true;
            }
        }

        return false;
    }

    internal static bool MatchesWildcard(string pattern, string name)
    {
        int dot = name.IndexOf('.');
        return pattern.StartsWith("*.", StringComparison.Ordinal) && dot > 0
            && pattern.AsSpan(2).Contains('.')
            && name.AsSpan(dot).Equals(pattern.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }

    private static bool TryRead(byte[] extension, ImmutableArray<string>.Builder domains, ImmutableArray<string>.Builder hosts, ImmutableArray<IPAddress>.Builder addresses)
    {
        var dnsTag = new Asn1Tag(TagClass.ContextSpecific, 2);
        var uriTag = new Asn1Tag(TagClass.ContextSpecific, 6);
        var addressTag = new Asn1Tag(TagClass.ContextSpecific, 7);
        try
        {
            AsnReader general = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (general.HasData && domains.Count + hosts.Count + addresses.Count < TlsLimits.MaxNames)
            {
                Asn1Tag tag = general.PeekTag();
                if (tag.HasSameClassAndValue(dnsTag))
                {
                    hosts.Add(general.ReadCharacterString(UniversalTagNumber.IA5String, dnsTag));
                }
                else if (tag.HasSameClassAndValue(uriTag))
                {
                    if (GetSipDomain(general.ReadCharacterString(UniversalTagNumber.IA5String, uriTag)) is { } domain)
                    {
                        domains.Add(domain);
                    }
                }
                else if (tag.HasSameClassAndValue(addressTag))
                {
                    byte[] bytes = general.ReadOctetString(addressTag);
                    if (bytes.Length is 4 or 16)
                    {
                        addresses.Add(new IPAddress(bytes));
                    }
                }
                else
                {
                    general.ReadEncodedValue();
                }
            }

            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>The domain of <c>sip:example.com</c>; null for another scheme (<c>sips:</c> too, RFC 5922 §7.1) or a URI with a user, which names a person.</summary>
    private static string? GetSipDomain(string uri)
    {
        if (!uri.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || uri.Contains('@'))
        {
            return null;
        }

        string rest = uri[4..];
        int end = rest.AsSpan().IndexOfAny(":;?/");
        string domain = end < 0 ? rest : rest[..end];
        return domain.Length > 0 ? domain : null;
    }
}
