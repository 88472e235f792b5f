namespace MediaCore.Engine.Calls;

/// <summary>What became of a transfer; label of mediacore_calls_transfers_total.</summary>
internal enum TransferResult : byte
{
    /// <summary>The call is with the new party.</summary>
    Completed,

    /// <summary>The new party did not answer.</summary>
    Failed,

    /// <summary>Not allowed, not understood, or not possible in the call's state.</summary>
    Refused,

    /// <summary>Passed on to the other party.</summary>
    Passed,

    /// <summary>How many results there are.</summary>
    Count,
}
