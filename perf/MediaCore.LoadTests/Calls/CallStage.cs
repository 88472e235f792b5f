namespace MediaCore.LoadTests.Calls;

/// <summary>Where a call is.</summary>
internal enum CallStage
{
    /// <summary>INVITE sent.</summary>
    Inviting,

    /// <summary>Answered; both sides send.</summary>
    Talking,

    /// <summary>Neither side sends any more; what is under way may still come.</summary>
    Quiet,

    /// <summary>BYE sent.</summary>
    Ending,

    /// <summary>BYE answered.</summary>
    Ended,

    /// <summary>It did not go as it should.</summary>
    Failed,
}
