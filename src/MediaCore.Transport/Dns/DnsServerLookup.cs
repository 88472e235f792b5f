using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;
using Wire = DnsClient.Protocol;

namespace MediaCore.Transport.Dns;

/// <summary>
/// Asks name servers, over UDP and for what is cut off over TCP. Names in the hosts file and names without a dot, which only the system can
/// complete (search domains, containers), are the system's resolver's to answer and have addresses only.
/// </summary>
public sealed class DnsServerLookup : IDnsLookup
{
    private readonly LookupClient _client;
    private readonly DnsServerOptions _options;

    /// <summary>Prepares to ask; sends nothing yet.</summary>
    public DnsServerLookup(DnsServerOptions options)
    {
        _options = options;
        LookupClientOptions client = options.Servers.IsEmpty ? new LookupClientOptions() : new LookupClientOptions([.. options.Servers]);
        client.UseCache = false;
        client.ThrowDnsErrors = false;
        client.ContinueOnDnsError = true;
        client.ContinueOnEmptyResponse = false;
        client.UseRandomNameServer = false;
        client.UseTcpFallback = true;
        client.EnableAuditTrail = false;
        client.Timeout = options.TryTimeout;
        client.Retries = options.Servers.Length > 1 ? 0 : 1;
        _client = new LookupClient(client);
    }

    /// <inheritdoc/>
    public async Task<DnsAnswer> LookupAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            string host = question.Name;
            while (host.StartsWith('_') && host.IndexOf('.') is > 0 and var dot)
            {
                host = host[(dot + 1)..];
            }

            if (!host.Contains('.') || (_options.HostsFile is { } file && HostsFile.Contains(file, host)))
            {
                return await AskSystemAsync(question, cancellationToken).ConfigureAwait(false);
            }

            IDnsQueryResponse response = await _client.QueryAsync(question.Name, (QueryType)question.Type, QueryClass.IN, cancellationToken).ConfigureAwait(false);
            return Read(question.Type, response);
        }
        catch (Exception exception) when (exception is DnsResponseException or SocketException or ArgumentException or IOException or InvalidOperationException)
        {
            // Silence, a refused port, or bytes that are no answer: each of them is no answer.
            return DnsAnswer.Failed;
        }
    }

    private static async Task<DnsAnswer> AskSystemAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        if (question.Type is not (DnsRecordType.A or DnsRecordType.Aaaa))
        {
            return DnsAnswer.Nothing(DnsLimits.DefaultTimeToLive);
        }

        AddressFamily family = question.Type == DnsRecordType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        try
        {
            IPAddress[] addresses = await System.Net.Dns.GetHostAddressesAsync(question.Name, family, cancellationToken).ConfigureAwait(false);
            return addresses.Length == 0
                ? DnsAnswer.Nothing(DnsLimits.DefaultTimeToLive)
                : new DnsAnswer { Status = DnsAnswerStatus.Found, TimeToLive = DnsLimits.DefaultTimeToLive, Addresses = [.. addresses] };
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return DnsAnswer.Nothing(DnsLimits.DefaultTimeToLive);
        }
    }

    private static DnsAnswer Read(DnsRecordType type, IDnsQueryResponse response)
    {
        if (response.Header.ResponseCode is not (DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain))
        {
            return DnsAnswer.Failed;
        }

        var answer = new DnsAnswer
        {
            Status = DnsAnswerStatus.Found,
            TimeToLive = TimeSpan.FromSeconds(response.Answers.Select(static r => r.InitialTimeToLive).DefaultIfEmpty(0).Min()),
            Addresses = type is DnsRecordType.A or DnsRecordType.Aaaa
                ? [.. response.Answers.OfType<AddressRecord>().Where(r => (r is ARecord) == (type == DnsRecordType.A)).Select(static r => r.Address)]
                : [],
            Servers = type == DnsRecordType.Srv
                ? [.. response.Answers.OfType<Wire.SrvRecord>().Select(static r => new SrvRecord(r.Priority, r.Weight, r.Port, Name(r.Target)))]
                : [],
            Services = type == DnsRecordType.Naptr
                ? [.. response.Answers.OfType<NAPtrRecord>().Select(static r => new NaptrRecord((ushort)r.Order, (ushort)r.Preference, r.Flags ?? "", r.Services ?? "", Name(r.Replacement)))]
                : [],
        };
        if (answer.Addresses.Length + answer.Servers.Length + answer.Services.Length > 0)
        {
            return answer;
        }

        // RFC 2308 §5: the lesser of the SOA's own time to live and its minimum.
        SoaRecord? soa = response.Authorities.OfType<SoaRecord>().FirstOrDefault();
        return DnsAnswer.Nothing(soa is null ? DnsLimits.DefaultTimeToLive : TimeSpan.FromSeconds(Math.Min(soa.InitialTimeToLive, soa.Minimum)));
    }

    private static string Name(DnsString name) => name.Value.TrimEnd('.');
}
