namespace MediaCore.Numbers.Messaging;

/// <summary>Token buckets of numbers, one for each number that has sent of late. Not thread-safe.</summary>
/// <param name="perSecond">Tokens a second.</param>
/// <param name="burst">The most that a bucket holds.</param>
internal sealed class SendRate(double perSecond, int burst)
{
    private readonly Dictionary<string, (double Tokens, long AtMs)> _buckets = new(StringComparer.Ordinal);

    public int Count => _buckets.Count;

    /// <summary>Takes a token; false with the time at which there is one again.</summary>
    public bool TryTake(string number, long nowMs, out long nextMs)
    {
        (double tokens, long at) = _buckets.TryGetValue(number, out (double, long) bucket) ? bucket : (burst, nowMs);
        tokens = Math.Min(burst, tokens + (Math.Max(0, nowMs - at) * perSecond / 1000));
        bool taken = tokens >= 1;
        nextMs = taken ? nowMs : nowMs + (long)Math.Ceiling((1 - tokens) * 1000 / perSecond);
        _buckets[number] = (taken ? tokens - 1 : tokens, nowMs);
        return taken;
    }

    /// <summary>Forgets the buckets that are full again: they say nothing.</summary>
    public void Tidy(long nowMs)
    {
        foreach ((string number, (double tokens, long at)) in _buckets)
        {
            if (tokens + ((nowMs - at) * perSecond / 1000) >= burst)
            {
                _buckets.Remove(number);
            }
        }
    }
}
