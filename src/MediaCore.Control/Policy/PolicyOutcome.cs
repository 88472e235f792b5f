namespace MediaCore.Control.Policy;

/// <summary>What became of a question; the names are those of the metric.</summary>
internal enum PolicyOutcome
{
    /// <summary>An answer that can be used.</summary>
    Answered,

    /// <summary>None within the deadline.</summary>
    Timeout,

    /// <summary>The control plane could not be reached (UNAVAILABLE), also when asked again.</summary>
    Unavailable,

    /// <summary>Another status than OK.</summary>
    Failed,

    /// <summary>An answer that means nothing.</summary>
    Invalid,

    /// <summary>Not asked: the breaker is open.</summary>
    Open,

    /// <summary>Not asked: too many wait.</summary>
    Overloaded,

    /// <summary>Nobody waits any more.</summary>
    Abandoned,

    /// <summary>Number of outcomes.</summary>
    Count,
}
