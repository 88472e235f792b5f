namespace MediaCore.Numbers.Documents;

/// <summary>Something that is wrong with a document.</summary>
/// <param name="Path">Where, as a JSON path: <c>$.nodes.main.options.1</c>.</param>
/// <param name="Message">What, and what to do about it.</param>
public readonly record struct DocumentError(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}
