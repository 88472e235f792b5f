namespace MediaCore.Sdp.Tests;

/// <summary>Tests that count memory where lists of formats are shared by the whole process: they run when no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
