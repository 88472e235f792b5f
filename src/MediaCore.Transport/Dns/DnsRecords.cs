using System.Collections.Immutable;
using System.Net;

namespace MediaCore.Transport.Dns;

/// <summary>Record types that locating a SIP server asks for.</summary>
public enum DnsRecordType : ushort
{
    /// <summary>IPv4 addresses, RFC 1035.</summary>
    A = 1,

    /// <summary>IPv6 addresses, RFC 3596.</summary>
    Aaaa = 28,

    /// <summary>Servers of a service, RFC 2782.</summary>
    Srv = 33,

    /// <summary>Services of a domain, RFC 3403.</summary>
    Naptr = 35,
}

/// <summary>A question to the DNS.</summary>
/// <param name="Name">In lower case, without the last dot; see <see cref="Of"/>.</param>
/// <param name="Type">What is asked for.</param>
public readonly record struct DnsQuestion(string Name, DnsRecordType Type)
{
    /// <summary>The question in the one form that a cache knows it by.</summary>
    public static DnsQuestion Of(string name, DnsRecordType type) => new(name.TrimEnd('.').ToLowerInvariant(), type);
}

/// <summary>NAPTR record, RFC 3403 §4.1.</summary>
/// <param name="Order">Records of the lowest order come first, and bar the others.</param>
/// <param name="Preference">Between records of one order, lowest first.</param>
/// <param name="Flags"><c>s</c> when SRV comes next.</param>
/// <param name="Services">Such as <c>SIP+D2U</c>.</param>
/// <param name="Replacement">The name to ask SRV for.</param>
public sealed record NaptrRecord(ushort Order, ushort Preference, string Flags, string Services, string Replacement);

/// <summary>SRV record, RFC 2782.</summary>
/// <param name="Priority">Lowest first.</param>
/// <param name="Weight">Share among records of one priority.</param>
/// <param name="Port">Port of the server.</param>
/// <param name="Target">Its name; empty for the root, which says that the service is not offered.</param>
public sealed record SrvRecord(ushort Priority, ushort Weight, ushort Port, string Target);

/// <summary>How a question was answered.</summary>
public enum DnsAnswerStatus : byte
{
    /// <summary>The name and what was asked for exist.</summary>
    Found,

    /// <summary>There is no such name, or nothing of that type: said with authority, RFC 2308.</summary>
    Nothing,

    /// <summary>Nobody knows: no answer in time, or an error of the servers.</summary>
    Failed,
}

/// <summary>The answer to one question. Immutable; only the list of the question's type is filled.</summary>
public sealed record DnsAnswer
{
    /// <summary>No answer came, or an error.</summary>
    public static DnsAnswer Failed { get; } = new() { Status = DnsAnswerStatus.Failed };

    /// <summary>Whether there is something, nothing, or no knowledge.</summary>
    public required DnsAnswerStatus Status { get; init; }

    /// <summary>How long it holds: the least of its records, or of the zone's SOA for "nothing" (RFC 2308 §5).</summary>
    public TimeSpan TimeToLive { get; init; }

    /// <summary>Addresses of an A or AAAA question.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>Records of an SRV question.</summary>
    public ImmutableArray<SrvRecord> Servers { get; init; } = [];

    /// <summary>Records of a NAPTR question.</summary>
    public ImmutableArray<NaptrRecord> Services { get; init; } = [];

    /// <summary>There is nothing of this kind.</summary>
    public static DnsAnswer Nothing(TimeSpan timeToLive) => new() { Status = DnsAnswerStatus.Nothing, TimeToLive = timeToLive };
}
