namespace MediaCore.Litmus;

/// <summary>What must hold in every interleaving.</summary>
internal enum Invariant
{
    /// <summary>A read never yields a handle that was never stored under that key.</summary>
    HandleBelongsToKey,

    /// <summary>A read never yields a handle whose removal had ended before the read began, nor one whose addition had not begun when it ended.</summary>
    HandleIsCurrent,

    /// <summary>A key that is there throughout a read is found.</summary>
    PresentKeyIsFound,

    /// <summary>Of several threads that add one key, one succeeds until it is removed.</summary>
    OneAdderWins,

    /// <summary>What a thread added and nobody else may remove, it can remove.</summary>
    OwnerCanRemove,

    /// <summary>A handle never leads to another session than the one it was made for, whatever became of its slot.</summary>
    SlotYieldsItsSession,

    /// <summary>Where anybody removes what anybody added, every addition is removed once, and what is left is found.</summary>
    AdditionsAndRemovalsBalance,

    /// <summary>When all is removed, the table is empty.</summary>
    EmptyAtTheEnd,
}
