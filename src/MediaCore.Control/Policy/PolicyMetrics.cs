using System.Diagnostics.Metrics;

namespace MediaCore.Control.Policy;

/// <summary>Figures of the questions to the control plane; see runbook.md.</summary>
internal sealed class PolicyMetrics : IDisposable
{
    private readonly Meter _meter = new("MediaCore.Control.Policy");
    private readonly Counter<long> _questions;
    private readonly Counter<long> _retries;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Histogram<double> _duration;

    /// <summary>Makes the instruments; an alert on them finds a 0 before anything has happened.</summary>
    /// <param name="lines">The questions that are asked.</param>
    public PolicyMetrics(IReadOnlyList<PolicyLine> lines)
    {
        _questions = _meter.CreateCounter<long>("mediacore.policy.questions", "{question}", "Questions to the control plane by what became of them");
        _retries = _meter.CreateCounter<long>("mediacore.policy.retries", "{question}", "Questions asked again, because the control plane was not there");
        _inFlight = _meter.CreateUpDownCounter<long>("mediacore.policy.in_flight", "{question}", "Questions that wait for an answer, or for their turn");
        _duration = _meter.CreateHistogram(
            "mediacore.policy.answer.duration",
            "s",
            "Time from a question to its answer or deadline",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60] });
        _meter.CreateObservableGauge(
            "mediacore.policy.breaker.state",
            () => lines.Select(static line => new Measurement<int>((int)line.Breaker.State, Kind(line.Name))),
            "{state}",
            "Whether questions are asked: 0 yes, 1 one at a time to see whether it is better, 2 no");
        foreach (PolicyLine line in lines)
        {
            _retries.Add(0, Kind(line.Name));
            _inFlight.Add(0, Kind(line.Name));
            for (PolicyOutcome outcome = PolicyOutcome.Answered; outcome < PolicyOutcome.Count; outcome++)
            {
                _questions.Add(0, Kind(line.Name), Outcome(outcome));
            }
        }
    }

    public void Begin(string question) => _inFlight.Add(1, Kind(question));

    public void Retry(string question) => _retries.Add(1, Kind(question));

    /// <summary>A question that was under way has ended.</summary>
    public void End(string question, PolicyOutcome outcome, TimeSpan duration)
    {
        _inFlight.Add(-1, Kind(question));
        _questions.Add(1, Kind(question), Outcome(outcome));
        if (outcome != PolicyOutcome.Abandoned)
        {
            _duration.Record(duration.TotalSeconds, Kind(question));
        }
    }

    /// <summary>A question was not asked.</summary>
    public void Refuse(string question, PolicyOutcome outcome) => _questions.Add(1, Kind(question), Outcome(outcome));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Kind(string question) => new("question", question);

    private static KeyValuePair<string, object?> Outcome(PolicyOutcome outcome) => new("outcome", outcome switch
    {
        PolicyOutcome.Answered => "answered",
        PolicyOutcome.Timeout => "timeout",
        PolicyOutcome.Unavailable => "unavailable",
        PolicyOutcome.Failed => "failed",
        PolicyOutcome.Invalid => "invalid",
        PolicyOutcome.Open => "open",
        PolicyOutcome.Overloaded => "overloaded",
        _ => "abandoned",
    });
}
