namespace MediaCore.Control.Policy;

/// <summary>How long to wait before a question that could not be delivered is asked again: a random part of a time that doubles, so that a control plane which comes back is not asked by everybody at once.</summary>
internal static class RetryDelay
{
    /// <summary>Longest wait before the first repetition: a load balancer that takes a server out has done so by then.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait of all.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>What an answer is given at least: with less time left the question is not asked again.</summary>
    public static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(20);

    /// <summary>The wait; false when the question is not asked again.</summary>
    /// <param name="failures">How often it was asked, 1 or more.</param>
    /// <param name="retries">How often it may be asked again.</param>
    /// <param name="remaining">Time to the deadline.</param>
    /// <param name="random">0 to below 1.</param>
    /// <param name="delay">The wait.</param>
    public static bool TryGet(int failures, int retries, TimeSpan remaining, double random, out TimeSpan delay)
    {
        TimeSpan longest = failures > 10 ? Longest : First * (1 << (failures - 1));
        delay = (longest < Longest ? longest : Longest) * random;
        return failures <= retries && delay + LeastTime <= remaining;
    }
}
