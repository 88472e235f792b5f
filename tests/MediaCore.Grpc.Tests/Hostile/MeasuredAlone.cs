namespace MediaCore.Grpc.Tests.Hostile;

/// <summary>Tests that look at the memory of the process: no other test runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}
