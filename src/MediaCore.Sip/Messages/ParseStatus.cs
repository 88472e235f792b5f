namespace MediaCore.Sip.Messages;

/// <summary>What came of reading wire bytes. Input never makes a parser throw.</summary>
public enum ParseStatus : byte
{
    /// <summary>A whole message was read.</summary>
    Complete,

    /// <summary>There is no message yet: nothing, or nothing but the line ends that RFC 3261 §7.5 lets precede a start line.</summary>
    NeedMoreData,

    /// <summary>The bytes are no message; an error enumeration and an offset say why and where.</summary>
    Malformed,
}
