using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Configuration;

/// <summary>What of a plan or menu is in force.</summary>
/// <param name="Owner">The plan or menu.</param>
/// <param name="Revision">The published revision.</param>
public sealed record PublishedDocument(RevisedRow Owner, RevisionRow Revision);
