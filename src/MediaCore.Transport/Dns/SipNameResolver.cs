namespace MediaCore.Transport.Dns;

/// <summary>
/// Resolves SIP targets within a time budget: asks what <see cref="SipServerLocator"/> misses, from the cache where it can, each question once
/// however many targets want it. Never called on a shard's thread. Thread-safe.
/// </summary>
public sealed class SipNameResolver
{
    private readonly IDnsLookup _lookup;
    private readonly SipServerLocator _locator;
    private readonly TimeProvider _time;
    private readonly TimeSpan _budget;
    private readonly Func<int, int> _random;
    private readonly DnsCache _cache;
    private readonly Lock _lock = new();
    private readonly Dictionary<DnsQuestion, Task<DnsAnswer>> _inFlight = [];
    private readonly SemaphoreSlim _turns = new(DnsLimits.MaxQuestionsInFlight);

    /// <summary>Asks nothing yet.</summary>
    /// <param name="lookup">Who is asked.</param>
    /// <param name="locator">Families and transports; null for all.</param>
    /// <param name="time">Clock of budgets and lifetimes.</param>
    /// <param name="budget">For one target in all; null for <see cref="DnsLimits.TimeBudget"/>.</param>
    /// <param name="random">A number from 0 to below its argument, from any thread; null for the system's.</param>
    public SipNameResolver(IDnsLookup lookup, SipServerLocator? locator = null, TimeProvider? time = null, TimeSpan? budget = null, Func<int, int>? random = null)
    {
        _lookup = lookup;
        _locator = locator ?? SipServerLocator.Default;
        _time = time ?? TimeProvider.System;
        _budget = budget ?? DnsLimits.TimeBudget;
        _random = random ?? Random.Shared.Next;
        _cache = new DnsCache(_time);
        DnsMetrics.Publish();
    }

    /// <summary>
    /// Where to send. Comes within the budget: what is not answered by then counts as failed, with the last good answer in its place if there is one.
    /// </summary>
    public async Task<SipLocation> ResolveAsync(SipTarget target, CancellationToken cancellationToken = default)
    {
        Dictionary<DnsQuestion, DnsAnswer> known = [];
        using var budget = new CancellationTokenSource(_budget, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        for (int round = 0; round < DnsLimits.MaxRounds; round++)
        {
            SipLocation location = _locator.Locate(target, question => known.GetValueOrDefault(question), _random);
            if (location.Missing.IsEmpty)
            {
                return location;
            }

            DnsAnswer[] answers = await Task.WhenAll(location.Missing.Select(question => AskAsync(question, limit.Token))).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; i < answers.Length; i++)
            {
                known[location.Missing[i]] = answers[i];
            }
        }

        return _locator.Locate(target, question => known.GetValueOrDefault(question) ?? DnsAnswer.Failed, _random);
    }

    private async Task<DnsAnswer> AskAsync(DnsQuestion question, CancellationToken limit)
    {
        if (_cache.TryGet(question, out DnsAnswer? cached))
        {
            return cached;
        }

        if (limit.IsCancellationRequested)
        {
            return _cache.GetStale(question);
        }

        // What several targets ask goes out once, and outlives the one that asked first.
        Task<DnsAnswer>? asking;
        lock (_lock)
        {
            if (!_inFlight.TryGetValue(question, out asking))
            {
                asking = AskServersAsync(question);
                _inFlight.Add(question, asking);
            }
        }

        try
        {
            return await asking.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return _cache.GetStale(question);
        }
    }

    private async Task<DnsAnswer> AskServersAsync(DnsQuestion question)
    {
        // Not before the caller has put this into the table, where it is taken out at the end.
        await Task.Yield();
        try
        {
            using var limit = new CancellationTokenSource(_budget, _time);
            DnsAnswer answer = DnsAnswer.Failed;
            long asked = _time.GetTimestamp();
            try
            {
                await _turns.WaitAsync(limit.Token).ConfigureAwait(false);
                try
                {
                    answer = await _lookup.LookupAsync(question, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
                }
                finally
                {
                    _turns.Release();
                }
            }
            catch (OperationCanceledException)
            {
                // Out of time: failed.
            }

            DnsMetrics.Count(question, answer, _time.GetElapsedTime(asked));
            return _cache.Store(question, answer);
        }
        finally
        {
            lock (_lock)
            {
                _inFlight.Remove(question);
            }
        }
    }
}
