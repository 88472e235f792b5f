namespace MediaCore.Sip.Messages;

/// <summary>What <see cref="SipFrameScanner.Scan"/> found at the start of a byte stream.</summary>
public enum FrameScanResult : byte
{
    /// <summary>No whole message yet.</summary>
    NeedMoreData,

    /// <summary>A whole message: the last <c>frameLength</c> of the <c>consumed</c> bytes.</summary>
    Frame,

    /// <summary>A double CRLF ping (RFC 5626 §4.4.1); the answer is one CRLF.</summary>
    KeepAlive,

    /// <summary>Content-Length is missing, unreadable or repeated, a line end is broken, or the message is too large: where the next message starts can't be known, so the connection must be closed.</summary>
    Invalid,
}
