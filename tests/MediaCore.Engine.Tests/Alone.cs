namespace MediaCore.Engine.Tests;

/// <summary>Tests that measure the memory of the whole process: they run when no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
