using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Configuration;

/// <summary>What of a plan or menu is in force.</summary>
/// <param name="owner">The plan or menu.</param>
/// <param name="revision">The published revision.</param>
public sealed class PublishedDocument(RevisedRow owner, RevisionRow revision)
{
    // Read by the first call that asks; two that ask at once read the same.
    private object? _parsed;

    /// <summary>The plan or menu.</summary>
    public RevisedRow Owner => owner;

    /// <summary>The published revision.</summary>
    public RevisionRow Revision => revision;

    /// <summary>What the document says, read once for all calls; always of the same type.</summary>
    /// <param name="parse">Reads it; a document that was published is well-formed, so this does not fail.</param>
    internal T Parsed<T>(Func<PublishedDocument, T> parse)
        where T : class
        => (T)(_parsed ??= parse(this));
}
