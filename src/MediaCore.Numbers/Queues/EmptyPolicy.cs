namespace MediaCore.Numbers.Queues;

/// <summary>When a queue counts as empty of agents; callers are then not let in, or led out.</summary>
public enum EmptyPolicy
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>When no agent is signed in.</summary>
    NobodySignedIn,

    /// <summary>When no agent is ready or talking: all are signed out, not ready, or have no phone registered.</summary>
    NobodyStaffed,
}
