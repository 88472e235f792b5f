using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Routing;

/// <summary>What calls to a number lead to. Numbers of one tenant that lead to the same thing share one of these. Immutable.</summary>
/// <param name="TenantId">Whose number it is.</param>
/// <param name="Target">Kind of target; null for a number that leads nowhere (yet).</param>
/// <param name="TargetId">The plan, menu, queue or box.</param>
/// <param name="RevisionId">The revision of the plan or menu in force, which the call keeps; null while none was published, and for what has no revisions.</param>
/// <param name="Suspended">Whether the tenant is suspended: then the call is refused.</param>
public sealed record NumberRoute(Guid TenantId, AssignmentTarget? Target, Guid TargetId, Guid? RevisionId, bool Suspended)
{
    /// <summary>Whether every call to the number is recorded.</summary>
    public bool RecordsCalls { get; init; }
}
