using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MediaCore.Transport.Tls;

/// <summary>
/// The SIP domains that a certificate speaks for, RFC 5922 §7.1: <c>sip:</c> URIs without a user and DNS names of its subjectAltName (the RFC
/// takes DNS names only where there is no such URI; here both speak); the common
/// name only when there is no subjectAltName at all. Addresses (RFC 5280 §4.2.1.6) serve peers that are dialled by address.
/// </summary>
public sealed class DomainIdentities
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private DomainIdentities(ImmutableArray<string> names, ImmutableArray<IPAddress> addresses)
    {
        Names = names;
        Addresses = addresses;
    }

    /// <summary>Domain names, as written; at most <see cref="TlsLimits.MaxNames"/>.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Addresses.</summary>
    public ImmutableArray<IPAddress> Addresses { get; }

    /// <summary>Reads them; a certificate whose extension cannot be decoded speaks for nobody.</summary>
    public static DomainIdentities Of(X509Certificate2 certificate)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        var addresses = ImmutableArray.CreateBuilder<IPAddress>();
        bool hasAlternatives = false;
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == SubjectAlternativeName)
            {
                hasAlternatives = true;
                if (!TryRead(extension.RawData, names, addresses))
                {
                    return new DomainIdentities([], []);
                }
            }
        }

        if (!hasAlternatives && certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common)
        {
            names.Add(common);
        }

        return new DomainIdentities(names.ToImmutable(), addresses.ToImmutable());
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

        string wanted = name.TrimEnd('.');
        foreach (string candidate in Names)
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

    private static bool TryRead(byte[] extension, ImmutableArray<string>.Builder names, ImmutableArray<IPAddress>.Builder addresses)
    {
        var dnsTag = new Asn1Tag(TagClass.ContextSpecific, 2);
        var uriTag = new Asn1Tag(TagClass.ContextSpecific, 6);
        var addressTag = new Asn1Tag(TagClass.ContextSpecific, 7);
        try
        {
            AsnReader general = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (general.HasData && names.Count + addresses.Count < TlsLimits.MaxNames)
            {
                Asn1Tag tag = general.PeekTag();
                if (tag.HasSameClassAndValue(dnsTag))
                {
                    names.Add(general.ReadCharacterString(UniversalTagNumber.IA5String, dnsTag));
                }
                else if (tag.HasSameClassAndValue(uriTag))
                {
                    if (GetSipDomain(general.ReadCharacterString(UniversalTagNumber.IA5String, uriTag)) is { } domain)
                    {
                        names.Add(domain);
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
