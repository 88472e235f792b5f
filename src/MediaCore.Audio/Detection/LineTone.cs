namespace MediaCore.Audio.Detection;

/// <summary>What a network or a machine says without words.</summary>
public enum LineTone : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Dial tone (ITU-T E.180).</summary>
    Dial,

    /// <summary>The far end rings.</summary>
    Ringback,

    /// <summary>The far end is busy.</summary>
    Busy,

    /// <summary>No way through (fast busy, reorder).</summary>
    Congestion,

    /// <summary>The three rising tones before an announcement that a call cannot be completed (E.180 §5.6).</summary>
    SpecialInformation,

    /// <summary>A fax machine calls: CNG, 1100 Hz for half a second every 3.5 s (ITU-T T.30 §4.3.3.3).</summary>
    FaxCalling,

    /// <summary>A fax machine or modem answers: CED or ANSam, 2100 Hz (T.30 §4.3.3.2, V.25, V.8).</summary>
    FaxAnswer,

    /// <summary>A single tone after which an answering machine records.</summary>
    Beep,
}
