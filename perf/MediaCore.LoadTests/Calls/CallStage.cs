namespace MediaCore.LoadTests.Calls;

/// <summary>What a caller waits for.</summary>
internal enum CallStage
{
    /// <summary>Nothing: the place is free.</summary>
    Free,

    /// <summary>The answer to its request, or that it rings.</summary>
    Asking,

    /// <summary>The end of a time.</summary>
    Talking,

    /// <summary>Neither side sends any more; what is under way may still come.</summary>
    Quiet,

    /// <summary>Keys are being pressed.</summary>
    Pressing,

    /// <summary>The NOTIFY that says what became of its REFER.</summary>
    Transferring,

    /// <summary>The 487 of an INVITE whose CANCEL was answered.</summary>
    Cancelling,

    /// <summary>Its own side is over: that its callees know, and after a transfer the end of the call that they have.</summary>
    Leaving,
}
