namespace MediaCore.Engine.Control;

/// <summary>What became of a call that came to an application.</summary>
internal enum OfferResult
{
    /// <summary>A controller has claimed it.</summary>
    Claimed,

    /// <summary>Nobody has within its time.</summary>
    Expired,

    /// <summary>The caller hung up first.</summary>
    Abandoned,

    /// <summary>Nobody wants events, so there was nobody to offer it to.</summary>
    Unheard,

    /// <summary>Number of results.</summary>
    Count,
}
