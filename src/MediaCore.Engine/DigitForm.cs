namespace MediaCore.Engine;

/// <summary>In which form a peer sends and wants DTMF digits.</summary>
public enum DigitForm : byte
{
    /// <summary>
    /// As telephone events (RFC 4733) where it negotiates them with the other side, else as sound: both pass as they are, and nothing is decoded for it. INFO passes as
    /// well. Where the other side has a form of its own, digits are converted to it and from it.
    /// </summary>
    Auto,

    /// <summary>As telephone events, whether the other side has them or not.</summary>
    Rtp,

    /// <summary>As INFO with <c>application/dtmf-relay</c>; telephone events are not offered to it.</summary>
    Info,

    /// <summary>As sound; telephone events are not offered to it.</summary>
    InBand,
}
