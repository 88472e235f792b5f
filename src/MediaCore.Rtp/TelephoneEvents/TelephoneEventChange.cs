namespace MediaCore.Rtp.TelephoneEvents;

/// <summary>What a packet told about events; several can be true of one packet, in this order.</summary>
[Flags]
public enum TelephoneEventChange : byte
{
    /// <summary>Nothing new.</summary>
    None = 0,

    /// <summary>The event before is over although its end never came.</summary>
    PreviousEnded = 1,

    /// <summary>An event has begun.</summary>
    Started = 2,

    /// <summary>It is over.</summary>
    Ended = 4,
}
