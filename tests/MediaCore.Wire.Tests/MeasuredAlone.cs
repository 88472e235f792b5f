namespace MediaCore.Wire.Tests;

/// <summary>Tests that put load on a server, or whose figures a neighbour's work would blur: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}
