namespace MediaCore.Sdp;

/// <summary>The attributes that the reader itself acts on; told apart once, while the lines are indexed.</summary>
internal enum SdpAttribute : byte
{
    /// <summary>Not an attribute line at all.</summary>
    None,

    /// <summary>Kept, and left to who asks for it.</summary>
    Other,

    /// <summary>RFC 8866 §6.6.</summary>
    RtpMap,

    /// <summary>RFC 8866 §6.15.</summary>
    Fmtp,

    /// <summary>RFC 8866 §6.4.</summary>
    Ptime,

    /// <summary>RFC 8866 §6.5.</summary>
    MaxPtime,

    /// <summary>RFC 3605.</summary>
    Rtcp,

    /// <summary>RFC 5761.</summary>
    RtcpMux,

    /// <summary>RFC 8866 §6.7.4.</summary>
    Inactive,

    /// <summary>RFC 8866 §6.7.3.</summary>
    SendOnly,

    /// <summary>RFC 8866 §6.7.1.</summary>
    RecvOnly,

    /// <summary>RFC 8866 §6.7.2.</summary>
    SendRecv,
}
