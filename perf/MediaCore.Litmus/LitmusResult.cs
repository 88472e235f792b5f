namespace MediaCore.Litmus;

/// <summary>What one race came to.</summary>
internal sealed record LitmusResult(long Reads, long Hits, long Writes, TimeSpan Elapsed, IReadOnlyDictionary<Invariant, long> Violations)
{
    public bool IsClean => Violations.Count == 0;

    public override string ToString()
    {
        string violations = IsClean ? "no violation" : string.Join(", ", Violations.Select(pair => $"{pair.Key} × {pair.Value}"));
        return $"{Reads:N0} reads ({Hits:N0} hits), {Writes:N0} writes in {Elapsed.TotalSeconds:0.00} s: {violations}";
    }
}
