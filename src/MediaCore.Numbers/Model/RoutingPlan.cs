namespace MediaCore.Numbers.Model;

/// <summary>State of a revision.</summary>
public enum RevisionState : byte
{
    /// <summary>Being edited; there is one at most.</summary>
    Draft,

    /// <summary>In force; there is one at most, and it never changes.</summary>
    Published,

    /// <summary>Was in force; never changes, and may be in force again.</summary>
    Archived,
}

/// <summary>Something that is published in revisions.</summary>
public abstract class RevisedRow : TenantRow
{
    /// <summary>Name, unique within the tenant.</summary>
    public string Name { get; set; } = "";

    /// <summary>The revision in force; null while none is.</summary>
    public Guid? PublishedId { get; set; }
}

/// <summary>One revision: a JSON document that never changes once it was published. Calls keep the revision they began with.</summary>
public abstract class RevisionRow : TenantRow
{
    /// <summary>What it is a revision of.</summary>
    public Guid OwnerId { get; set; }

    /// <summary>1, 2, 3 … within the owner.</summary>
    public int Number { get; set; }

    /// <summary>Draft, in force, or was in force.</summary>
    public RevisionState State { get; set; }

    /// <summary>The JSON document.</summary>
    public string Document { get; set; } = "{}";

    /// <summary>When it last came into force; null for a draft.</summary>
    public long? PublishedAtMs { get; set; }
}

/// <summary>Rules that decide what happens to a call.</summary>
public sealed class RoutingPlan : RevisedRow;

/// <summary>A revision of a routing plan.</summary>
public sealed class RoutingPlanRevision : RevisionRow;

/// <summary>A flow of prompts and digits.</summary>
public sealed class Menu : RevisedRow;

/// <summary>A revision of a menu.</summary>
public sealed class MenuRevision : RevisionRow;
