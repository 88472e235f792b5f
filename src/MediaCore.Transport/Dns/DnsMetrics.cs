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

    public static void Count(in DnsQuestion question, DnsAnswer answer, TimeSpan taken)
    {
        string result = answer.Status switch
        {
            DnsAnswerStatus.Found => "found",
            DnsAnswerStatus.Nothing => "nothing",
            _ => "failed",
        };
        s_queries.Add(1, new("type", question.Type.ToString().ToUpperInvariant()), new("result", result));
        s_duration.Record(taken.TotalSeconds);
    }
}
