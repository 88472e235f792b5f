namespace MediaCore.Rtp.Srtp;

/// <summary>The labels of RFC 3711 §4.3.1 and §4.3.2, table 1.</summary>
internal enum SrtpKeyLabel : byte
{
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}
