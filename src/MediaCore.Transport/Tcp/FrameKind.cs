namespace MediaCore.Transport.Tcp;

/// <summary>What a frame scanner found at the start of the input.</summary>
public enum FrameKind
{
    /// <summary>No whole message yet. Bytes that were consumed all the same (leading line ends) are dropped.</summary>
    NeedMoreData = 0,

    /// <summary>A whole message.</summary>
    Frame,

    /// <summary>A keep-alive ping, CRLFCRLF, that is to be answered by CRLF (RFC 5626 §4.4.1).</summary>
    KeepAlive,

    /// <summary>No message can be found here any more: close the connection.</summary>
    Invalid,
}
