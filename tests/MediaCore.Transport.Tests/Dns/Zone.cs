using System.Net;
using MediaCore.Transport.Dns;

namespace MediaCore.Transport.Tests.Dns;

/// <summary>Answers written down: what is not there does not exist; names that begin with "fail" get no answer.</summary>
internal sealed class Zone : IDnsLookup
{
    private readonly Dictionary<DnsQuestion, DnsAnswer> _answers = [];

    /// <summary>Questions in the order they were asked.</summary>
    public List<DnsQuestion> Asked { get; } = [];

    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>All servers are silent.</summary>
    public bool IsDown { get; set; }

    public Zone A(string name, params string[] addresses) => Put(name, DnsRecordType.A, new DnsAnswer { Status = DnsAnswerStatus.Found, TimeToLive = TimeToLive, Addresses = [.. addresses.Select(IPAddress.Parse)] });

    public Zone Aaaa(string name, params string[] addresses) => Put(name, DnsRecordType.Aaaa, new DnsAnswer { Status = DnsAnswerStatus.Found, TimeToLive = TimeToLive, Addresses = [.. addresses.Select(IPAddress.Parse)] });

    public Zone Srv(string name, params SrvRecord[] records) => Put(name, DnsRecordType.Srv, new DnsAnswer { Status = DnsAnswerStatus.Found, TimeToLive = TimeToLive, Servers = [.. records] });

    public Zone Naptr(string name, params NaptrRecord[] records) => Put(name, DnsRecordType.Naptr, new DnsAnswer { Status = DnsAnswerStatus.Found, TimeToLive = TimeToLive, Services = [.. records] });

    public DnsAnswer Answer(DnsQuestion question)
    {
        Asked.Add(question);
        return IsDown || question.Name.Contains("fail", StringComparison.Ordinal) ? DnsAnswer.Failed
            : _answers.TryGetValue(question, out DnsAnswer? answer) ? answer : DnsAnswer.Nothing(DnsLimits.DefaultTimeToLive);
    }

    public Task<DnsAnswer> LookupAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        lock (Asked)
        {
            return Task.FromResult(Answer(question));
        }
    }

    private Zone Put(string name, DnsRecordType type, DnsAnswer answer)
    {
        _answers[DnsQuestion.Of(name, type)] = answer;
        return this;
    }
}
