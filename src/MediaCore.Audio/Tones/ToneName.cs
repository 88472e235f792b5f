namespace MediaCore.Audio.Tones;

/// <summary>Which tone, ITU-T E.180 §2.</summary>
public enum ToneName
{
    /// <summary>The network is ready for digits.</summary>
    Dial,

    /// <summary>The far end rings.</summary>
    Ringback,

    /// <summary>The far end is busy.</summary>
    Busy,

    /// <summary>The network has no way through (fast busy, reorder).</summary>
    Congestion,
}
