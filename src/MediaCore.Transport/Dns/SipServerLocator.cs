using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using MediaCore.Primitives;

namespace MediaCore.Transport.Dns;

/// <summary>What the step that was asked for found.</summary>
/// <param name="Missing">Questions whose answers are needed first; empty when this is the result.</param>
/// <param name="Addresses">Where to send, in the order to be tried; empty when nothing was found.</param>
/// <param name="TimeToLive">How long the result holds: the least of all answers it is made of.</param>
/// <param name="IsUncertain">An answer that it rests on failed, so that a later try may find more.</param>
public sealed record SipLocation(ImmutableArray<DnsQuestion> Missing, ImmutableArray<SipServerAddress> Addresses, TimeSpan TimeToLive, bool IsUncertain);

/// <summary>
/// Locating SIP servers, RFC 3263 §4: from a target to addresses with ports and transports, in the order to be tried. A pure function over
/// answers: it names the questions that it misses, is called again with their answers, and in the end gives the list. It asks nobody.
/// </summary>
/// <remarks>
/// NAPTR records of the lowest order with a service of ours are used, by preference; without NAPTR the first of UDP and TCP (TLS for
/// <c>sips:</c>) that has SRV records, without those the host's own addresses. A transport that was only chosen by the lack of anything else is
/// UDP. IPv4 addresses come before IPv6 ones of the same server unless said otherwise; families without a listener are left out.
/// </remarks>
public sealed class SipServerLocator
{
    private static readonly ImmutableArray<SipService> s_plain = [SipService.Udp, SipService.Tcp];
    private static readonly ImmutableArray<SipService> s_secure = [SipService.Tls];

    private readonly ImmutableArray<DnsRecordType> _families;
    private readonly ImmutableArray<SipService> _services;

    /// <summary>Takes the address families to ask for, in the order of preference, and the transports that can be sent over.</summary>
    public SipServerLocator(ImmutableArray<DnsRecordType> families, ImmutableArray<SipService> services)
    {
        _families = families;
        _services = services;
    }

    /// <summary>IPv4 first, all transports.</summary>
    public static SipServerLocator Default { get; } = new([DnsRecordType.A, DnsRecordType.Aaaa], [SipService.Udp, SipService.Tcp, SipService.Tls]);

    /// <summary>The next step for a target.</summary>
    /// <param name="target">Host, port and transport of the URI.</param>
    /// <param name="answers">The answer to a question, or null when it has not been asked.</param>
    /// <param name="random">A number from 0 to below its argument; chooses among SRV records of one priority by weight.</param>
    public SipLocation Locate(in SipTarget target, Func<DnsQuestion, DnsAnswer?> answers, Func<int, int> random)
    {
        var step = new Step(this, target, answers, random);
        return step.Run();
    }

    /// <summary>Reads an address literal; IPv6 in brackets or bare.</summary>
    public static bool TryParseLiteral(string host, out IPAddress? address)
    {
        string bare = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;

        // IPAddress also takes 1, 0x7f.1 and the like, which are names here.
        return IPAddress.TryParse(bare, out address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || bare.Count(static c => c == '.') == 3)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || !bare.AsSpan().ContainsAnyExcept("0123456789."));
    }

    /// <summary>The port of a transport where nothing says otherwise, RFC 3261 §19.1.2.</summary>
    public static ushort DefaultPort(SipService service) => service == SipService.Tls ? (ushort)5061 : (ushort)5060;

    /// <summary>The name that SRV is asked for where no NAPTR record gave one, RFC 3263 §4.1 and §4.2.</summary>
    public static string ServiceName(SipService service, string host) => service switch
    {
        SipService.Udp => "_sip._udp." + host,
        SipService.Tcp => "_sip._tcp." + host,
        _ => "_sips._tcp." + host,
    };

    private ref struct Step(SipServerLocator locator, SipTarget target, Func<DnsQuestion, DnsAnswer?> answers, Func<int, int> random)
    {
        private readonly List<DnsQuestion> _missing = [];
        private readonly List<SipServerAddress> _found = [];
        private TimeSpan _timeToLive = DnsLimits.MaxTimeToLive;
        private bool _uncertain;

        public SipLocation Run()
        {
            // §4.1: "sips" means TLS whatever transport=tcp says; over UDP there is none.
            SipService? service = target.IsSecure && target.Service == SipService.Tcp ? SipService.Tls : target.Service;
            if (target.Host.Length == 0 || (target.IsSecure && service == SipService.Udp) || (service is { } asked && !locator._services.Contains(asked)))
            {
                return Finish();
            }

            // §4.1: UDP, TLS for sips. A server without a UDP listener can only take what it has.
            ImmutableArray<SipService> offered = locator._services;
            SipService fallback = service ?? (target.IsSecure ? SipService.Tls : offered.Contains(SipService.Udp) ? SipService.Udp : SipService.Tcp);
            if (!offered.Contains(fallback))
            {
                return Finish();
            }

            if (TryParseLiteral(target.Host, out IPAddress? literal))
            {
                Add(literal!, target.Port == 0 ? DefaultPort(fallback) : target.Port, fallback);
            }
            else if (target.Port != 0)
            {
                AddHost(target.Host, target.Port, fallback);
            }
            else if (service is { } written)
            {
                LocateService(written, ServiceName(written, target.Host), orHost: true);
            }
            else
            {
                ChooseTransport(fallback);
            }

            return Finish();
        }

        /// <summary>§4.1 for a name without port and transport.</summary>
        private void ChooseTransport(SipService fallback)
        {
            if (!TryGet(target.Host, DnsRecordType.Naptr, out DnsAnswer? naptr))
            {
                return;
            }

            if (UseServices(naptr) || _missing.Count > 0)
            {
                return;
            }

            // No usable NAPTR: the first transport of ours that has SRV records. All are asked at once to save a round.
            ImmutableArray<SipService> candidates = target.IsSecure ? s_secure : s_plain;
            foreach (SipService service in candidates)
            {
                if (locator._services.Contains(service))
                {
                    TryGet(ServiceName(service, target.Host), DnsRecordType.Srv, out _);
                }
            }

            if (_missing.Count > 0)
            {
                return;
            }

            foreach (SipService service in candidates)
            {
                if (locator._services.Contains(service) && LocateService(service, ServiceName(service, target.Host), orHost: false))
                {
                    return;
                }
            }

            AddHost(target.Host, DefaultPort(fallback), fallback);
        }

        /// <summary>True when NAPTR records name a service that we have, so that nothing else may be tried.</summary>
        private bool UseServices(DnsAnswer naptr)
        {
            int order = -1;
            bool used = false;
            foreach (NaptrRecord record in naptr.Services.OrderBy(static r => r.Order).ThenBy(static r => r.Preference).Take(DnsLimits.MaxServices))
            {
                if (ServiceOf(record) is not { } service || !locator._services.Contains(service) || (target.IsSecure && service != SipService.Tls))
                {
                    continue;
                }

                if (order >= 0 && record.Order != order)
                {
                    break;
                }

                order = record.Order;
                used |= LocateService(service, record.Replacement, orHost: false);
            }

            return used;
        }

        private static SipService? ServiceOf(NaptrRecord record) =>
            !record.Flags.Equals("s", StringComparison.OrdinalIgnoreCase) || record.Replacement.Length == 0 ? null
            : record.Services.ToUpperInvariant() switch
            {
                "SIP+D2U" => SipService.Udp,
                "SIP+D2T" => SipService.Tcp,
                "SIPS+D2T" => SipService.Tls,
                _ => null,
            };

        /// <summary>§4.2: SRV, then the addresses of its servers; without SRV the host's own when <paramref name="orHost"/>. True when the service has SRV records.</summary>
        private bool LocateService(SipService service, string name, bool orHost)
        {
            if (!TryGet(name, DnsRecordType.Srv, out DnsAnswer? answer))
            {
                return true;
            }

            if (answer.Servers.IsEmpty)
            {
                if (orHost)
                {
                    AddHost(target.Host, DefaultPort(service), service);
                }

                return false;
            }

            foreach (SrvRecord server in SrvOrder.Sort(answer.Servers, random))
            {
                // RFC 2782: a target of "." says that the service is decidedly not offered here.
                if (server.Target.Length > 0 && server.Port != 0)
                {
                    AddHost(server.Target, server.Port, service);
                }
            }

            return true;
        }

        private void AddHost(string host, ushort port, SipService service)
        {
            if (TryParseLiteral(host, out IPAddress? literal))
            {
                // Against RFC 2782, and seen in the wild.
                Add(literal!, port, service);
                return;
            }

            foreach (DnsRecordType family in locator._families)
            {
                if (TryGet(host, family, out DnsAnswer? answer))
                {
                    foreach (IPAddress address in answer.Addresses.Take(DnsLimits.MaxAddressesPerName))
                    {
                        Add(address, port, service);
                    }
                }
            }
        }

        private void Add(IPAddress address, ushort port, SipService service)
        {
            var found = new SipServerAddress(NetworkEndpoint.From(address, port), service);
            DnsRecordType family = found.Address.IsIPv6 ? DnsRecordType.Aaaa : DnsRecordType.A;
            if (_found.Count < DnsLimits.MaxAddresses && locator._families.Contains(family) && !_found.Contains(found)
                && !found.Address.IsUnspecified && !found.Address.IsMulticastOrBroadcast)
            {
                _found.Add(found);
            }
        }

        private bool TryGet(string name, DnsRecordType type, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DnsAnswer? answer)
        {
            DnsQuestion question = DnsQuestion.Of(name, type);
            answer = answers(question);
            if (answer is null)
            {
                if (!_missing.Contains(question))
                {
                    _missing.Add(question);
                }

                return false;
            }

            _uncertain |= answer.Status == DnsAnswerStatus.Failed;
            TimeSpan lifetime = answer.Status == DnsAnswerStatus.Failed ? DnsLimits.FailureTimeToLive : answer.TimeToLive;
            _timeToLive = lifetime < _timeToLive ? lifetime : _timeToLive;
            return true;
        }

        private readonly SipLocation Finish() =>
            _missing.Count > 0 ? new SipLocation([.. _missing], [], TimeSpan.Zero, _uncertain) : new SipLocation([], [.. _found], _timeToLive, _uncertain);
    }
}
