namespace MediaCore.Engine.MediaSessions.Digits;

/// <summary>How a digit came.</summary>
public enum DigitOrigin : byte
{
    /// <summary>As telephone event, RFC 4733.</summary>
    Rtp,

    /// <summary>In an INFO.</summary>
    Info,

    /// <summary>As sound.</summary>
    InBand,
}
