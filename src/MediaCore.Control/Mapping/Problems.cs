namespace MediaCore.Control.Mapping;

/// <summary>What is wrong with a request; the first one counts. Reading a request never throws: what cannot be used gets a value that is never carried out.</summary>
internal sealed class Problems
{
    /// <summary>The first problem; null for none.</summary>
    public string? First { get; private set; }

    /// <summary>Something is wrong.</summary>
    public void Add(string problem) => First ??= problem;
}
