using System.Collections.Immutable;

namespace MediaCore.Server.Configuration.Changes;

/// <summary>The order of a list in which something was added or moved.</summary>
/// <param name="Names">The names, in order.</param>
/// <param name="BasedOn">The names that the file had then, in its order.</param>
internal sealed record ConfigurationOrder(ImmutableArray<string> Names, ImmutableArray<string> BasedOn)
{
    /// <summary>Whether the file has its pieces in another order than it had then; those that came or went do not matter.</summary>
    public bool IsOverridden(IReadOnlyCollection<string> written) =>
        !written.Where(BasedOn.Contains).SequenceEqual(BasedOn.Where(written.Contains), StringComparer.Ordinal);
}
