namespace MediaCore.LoadTests.Calls;

/// <summary>Where a callee is.</summary>
internal enum CalleeStage
{
    Idle,

    /// <summary>Rings; its answer is written.</summary>
    Ringing,

    /// <summary>Has sent its final response, which has no ACK yet.</summary>
    Answered,

    /// <summary>The ACK came.</summary>
    Confirmed,

    /// <summary>Has sent BYE itself.</summary>
    Ending,

    /// <summary>Got BYE, or an answer to its own.</summary>
    Ended,
}
