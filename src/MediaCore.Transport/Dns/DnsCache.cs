using System.Diagnostics.CodeAnalysis;

namespace MediaCore.Transport.Dns;

/// <summary>
/// Answers by question for as long as they hold, good ones for <see cref="DnsLimits.MaxStaleness"/> longer in case the servers fail (RFC 8767).
/// At most <see cref="DnsLimits.MaxCachedAnswers"/>; the ones that expired longest ago make room. Thread-safe.
/// </summary>
internal sealed class DnsCache(TimeProvider time, int maxAnswers = DnsLimits.MaxCachedAnswers)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DnsQuestion, Entry> _entries = [];

    /// <summary>Answers held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>An answer that still holds, with the time that it still holds.</summary>
    public bool TryGet(DnsQuestion question, [NotNullWhen(true)] out DnsAnswer? answer)
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            answer = _entries.TryGetValue(question, out Entry entry) && entry.ExpiresAt > now ? entry.Answer with { TimeToLive = entry.ExpiresAt - now } : null;
            return answer is not null;
        }
    }

    /// <summary>What is to be used when the servers fail to answer in time: the last good answer where it is not too old.</summary>
    public DnsAnswer GetStale(DnsQuestion question)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(question, out Entry entry) && entry.StaleUntil > time.GetUtcNow()
                ? entry.Answer with { TimeToLive = DnsLimits.FailureTimeToLive }
                : DnsAnswer.Failed;
        }
    }

    /// <summary>Keeps an answer and returns the one to use: for a failure the last good one, if it is not too old.</summary>
    public DnsAnswer Store(DnsQuestion question, DnsAnswer answer)
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (answer.Status == DnsAnswerStatus.Failed)
            {
                bool isStale = _entries.TryGetValue(question, out Entry last) && last.StaleUntil > now;
                DnsAnswer used = (isStale ? last.Answer : answer) with { TimeToLive = DnsLimits.FailureTimeToLive };
                Put(question, new Entry(used, now + DnsLimits.FailureTimeToLive, isStale ? last.StaleUntil : now));
                return used;
            }

            bool isFound = answer.Status == DnsAnswerStatus.Found;
            TimeSpan longest = isFound ? DnsLimits.MaxTimeToLive : DnsLimits.MaxNegativeTimeToLive;
            TimeSpan lifetime = answer.TimeToLive < DnsLimits.MinTimeToLive ? DnsLimits.MinTimeToLive : answer.TimeToLive > longest ? longest : answer.TimeToLive;
            DnsAnswer kept = answer with { TimeToLive = lifetime };
            Put(question, new Entry(kept, now + lifetime, isFound ? now + lifetime + DnsLimits.MaxStaleness : now));
            return kept;
        }
    }

    private void Put(DnsQuestion question, in Entry entry)
    {
        if (_entries.Count >= maxAnswers && !_entries.ContainsKey(question))
        {
            // A sixteenth at once, so that the sorting is paid for seldom.
            foreach (DnsQuestion oldest in _entries.OrderBy(static e => e.Value.ExpiresAt).Take(Math.Max(1, maxAnswers / 16)).Select(static e => e.Key).ToList())
            {
                _entries.Remove(oldest);
            }
        }

        _entries[question] = entry;
    }

    private readonly record struct Entry(DnsAnswer Answer, DateTimeOffset ExpiresAt, DateTimeOffset StaleUntil);
}
