namespace MediaCore.Numbers.Queues.Matching;

/// <summary>What the calls make of an agent.</summary>
public enum SeatState
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>Rings.</summary>
    Offered,

    /// <summary>Talks with a caller.</summary>
    Talking,

    /// <summary>Has time to finish after a call.</summary>
    WrapUp,

    /// <summary>Is left alone for a while after an offer that came to nothing.</summary>
    Resting,
}
