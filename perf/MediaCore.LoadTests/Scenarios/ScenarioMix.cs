namespace MediaCore.LoadTests.Scenarios;

/// <summary>Scenarios with their weights: which one a call follows is drawn by a generator with a seed.</summary>
internal sealed class ScenarioMix
{
    private readonly double[] _ends;

    public ScenarioMix(IReadOnlyList<(Scenario Scenario, double Weight)> parts)
    {
        Scenarios = parts.Select(static p => p.Scenario).ToArray();
        double total = parts.Sum(static p => p.Weight);
        double sum = 0;
        _ends = [.. parts.Select(p => (sum += p.Weight) / total)];
    }

    public IReadOnlyList<Scenario> Scenarios { get; }

    /// <summary>How long any of them takes at most.</summary>
    public TimeSpan Longest => Scenarios.Max(static s => s.Longest);

    /// <summary>The place of a scenario among them.</summary>
    public int IndexOf(Scenario scenario) => Array.IndexOf((Scenario[])Scenarios, scenario);

    /// <summary>The scenario of a number from 0 to below 1.</summary>
    public Scenario Pick(double drawn)
    {
        for (int i = 0; i < _ends.Length; i++)
        {
            if (drawn < _ends[i])
            {
                return Scenarios[i];
            }
        }

        return Scenarios[^1];
    }
}
