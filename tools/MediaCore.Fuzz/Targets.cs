namespace MediaCore.Fuzz;

/// <summary>Everything that is fuzzed.</summary>
public static class Targets
{
    /// <summary>A fresh instance of each.</summary>
    public static IReadOnlyList<IFuzzTarget> All => [new MessageTarget(), new StreamTarget(), new SdpTarget()];
}
