namespace MediaCore.Control.NumberServices;

/// <summary>How often each caller may call: a bucket of <see cref="ApiLimits.BurstCalls"/>, filled by <see cref="ApiLimits.CallsPerSecond"/>. Thread-safe.</summary>
internal sealed class CallRate(TimeProvider time)
{
    private readonly Dictionary<string, (long At, double Tokens)> _buckets = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Takes one; false with how long to wait when there is none.</summary>
    public bool TryTake(string caller, out TimeSpan wait)
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            if (_buckets.Count >= ApiLimits.MaxCallers && !_buckets.ContainsKey(caller))
            {
                _buckets.Clear();
            }

            (long at, double tokens) = _buckets.GetValueOrDefault(caller, (now, ApiLimits.BurstCalls));
            tokens = Math.Min(ApiLimits.BurstCalls, tokens + (time.GetElapsedTime(at, now).TotalSeconds * ApiLimits.CallsPerSecond));
            bool has = tokens >= 1;
            wait = has ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / ApiLimits.CallsPerSecond);
            _buckets[caller] = (now, has ? tokens - 1 : tokens);
            return has;
        }
    }
}
