namespace MediaCore.Rtp.TelephoneEvents;

/// <summary>What is known of events after a packet.</summary>
/// <param name="Change">What is new.</param>
/// <param name="Code">The event that started or ended.</param>
/// <param name="Volume">Its level as dBm0 without sign.</param>
/// <param name="DurationUnits">How long it has lasted in units of the RTP clock, all segments together.</param>
/// <param name="PreviousCode">The event before, where it ended.</param>
/// <param name="PreviousDurationUnits">Its length as far as it was told.</param>
public readonly record struct TelephoneEventReport(
    TelephoneEventChange Change, byte Code, byte Volume, uint DurationUnits, byte PreviousCode = 0, uint PreviousDurationUnits = 0)
{
    /// <summary>Whether an event has begun.</summary>
    public bool HasStarted => (Change & TelephoneEventChange.Started) != TelephoneEventChange.None;

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => (Change & TelephoneEventChange.Ended) != TelephoneEventChange.None;

    /// <summary>Whether the event before is over.</summary>
    public bool HasPreviousEnded => (Change & TelephoneEventChange.PreviousEnded) != TelephoneEventChange.None;
}
