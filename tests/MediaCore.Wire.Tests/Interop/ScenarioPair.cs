namespace MediaCore.Wire.Tests.Interop;

/// <summary>SIPp scenarios of others, one that calls and those that are called, with what the server is told for them. All of them must end with code 0.</summary>
/// <param name="Caller">Path below the folder of scenarios, without its ending.</param>
/// <param name="Callees">Likewise; with more than one the call goes from trunk to trunk. Without any, nobody listens there.</param>
internal sealed record ScenarioPair(string Caller, params string[] Callees)
{
    /// <summary>Further members of the trunk that the call comes from.</summary>
    public string CallerTrunk { get; init; } = "";

    /// <summary>Further members of the trunks that it goes to.</summary>
    public string CalleeTrunk { get; init; } = "";

    /// <summary>Parameters of the targets' URIs.</summary>
    public string TargetParameters { get; init; } = "";

    /// <summary>The status that the route refuses with, instead of a trunk.</summary>
    public int Reject { get; init; }

    /// <summary>What the caller's scenario is told beside the number, as <c>-key</c>.</summary>
    public string[] CallerArguments { get; init; } = [];

    /// <summary>Texts of the caller's scenario to be replaced: waiting times, or a mistake in it.</summary>
    public (string Old, string New)[] CallerEdits { get; init; } = [];

    /// <summary>The same for the callees'; <c>{server}</c> is the server's port.</summary>
    public (string Old, string New)[] CalleeEdits { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Caller} -> {(Callees.Length == 0 ? "nobody" : string.Join(", ", Callees))}";
}
