namespace MediaCore.Sdp;

/// <summary>The transport protocol of an <c>m=</c> line (RFC 8866 §5.14).</summary>
public enum SdpProtocol : byte
{
    /// <summary>A token that is none of the others; <see cref="SdpMedia.ProtocolToken"/> has it.</summary>
    Unknown,

    /// <summary><c>RTP/AVP</c> (RFC 3551).</summary>
    RtpAvp,

    /// <summary><c>RTP/AVPF</c> (RFC 4585).</summary>
    RtpAvpf,

    /// <summary><c>RTP/SAVP</c> (RFC 3711).</summary>
    RtpSavp,

    /// <summary><c>RTP/SAVPF</c> (RFC 5124).</summary>
    RtpSavpf,

    /// <summary><c>UDP/TLS/RTP/SAVP</c> (RFC 5764).</summary>
    UdpTlsRtpSavp,

    /// <summary><c>UDP/TLS/RTP/SAVPF</c> (RFC 5764).</summary>
    UdpTlsRtpSavpf,

    /// <summary><c>udptl</c> (T.38 over UDP).</summary>
    Udptl,
}
