using System.Diagnostics.Metrics;

namespace MediaCore.Transport.Dns;

/// <summary>What was asked of name servers, and how long they took; answers of the cache are not counted.</summary>
internal static class DnsMetrics
{
    private static readonly Meter s_meter = new("MediaCore.Transport.Dns");
    private static readonly Counter<long> s_queries = s_meter.CreateCounter<long>("mediacore.sip.dns.queries", "{query}", "Questions to name servers by type and result");
    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram(
        "mediacore.sip.dns.query",
        "s",
        "Time until a question was answered or given up, waiting for a turn included",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5] });

    private static readonly string[] s_results = ["found", "nothing", "failed"];

    /// <summary>Shows every series of the counter, so that an alert on one finds a 0 before the first question.</summary>
    public static void Publish()
    {
        foreach (DnsRecordType type in Enum.GetValues<DnsRecordType>())
        {
            foreach (string result in s_results)
            {
                s_queries.Add(0, new("type", NameOf(type)), new("result", result));
            }
        }
    }

    public static void Count(in DnsQuestion question, DnsAnswer answer, TimeSpan taken)
    {
        string result = s_results[answer.Status switch
        {
            DnsAnswerStatus.Found => 0,
            DnsAnswerStatus.Nothing => 1,
            _ => 2,
        }];
        s_queries.Add(1, new("type", NameOf(question.Type)), new("result", result));
        s_duration.Record(taken.TotalSeconds);
    }

    private static string NameOf(DnsRecordType type) => type.ToString().ToUpperInvariant();
}
