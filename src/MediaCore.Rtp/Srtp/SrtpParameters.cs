namespace MediaCore.Rtp.Srtp;

/// <summary>The lengths that belong to an <see cref="SrtpProfile"/>.</summary>
/// <param name="KeyBytes">Master key and session key.</param>
/// <param name="SaltBytes">Master salt and session salt: 14 (RFC 3711 §8.2), with GCM 12 (RFC 7714).</param>
/// <param name="RtpTagBytes">What authentication adds to an RTP packet.</param>
/// <param name="RtcpTagBytes">What it adds to an RTCP packet, beside the four bytes of the index.</param>
/// <param name="IsAead">Whether one algorithm encrypts and authenticates.</param>
public readonly record struct SrtpParameters(int KeyBytes, int SaltBytes, int RtpTagBytes, int RtcpTagBytes, bool IsAead)
{
    /// <summary>Bytes of the longest master key.</summary>
    public const int MaxKeyBytes = 32;

    /// <summary>Bytes of the longest master salt.</summary>
    public const int MaxSaltBytes = 14;

    /// <summary>The lengths of a profile.</summary>
    public static SrtpParameters Of(SrtpProfile profile) => profile switch
    {
        SrtpProfile.AesCm128HmacSha1Tag80 => new(16, 14, 10, 10, IsAead: false),
        SrtpProfile.AesCm128HmacSha1Tag32 => new(16, 14, 4, 10, IsAead: false),
        SrtpProfile.AesCm192HmacSha1Tag80 => new(24, 14, 10, 10, IsAead: false),
        SrtpProfile.AesCm192HmacSha1Tag32 => new(24, 14, 4, 10, IsAead: false),
        SrtpProfile.AesCm256HmacSha1Tag80 => new(32, 14, 10, 10, IsAead: false),
        SrtpProfile.AesCm256HmacSha1Tag32 => new(32, 14, 4, 10, IsAead: false),
        SrtpProfile.AeadAes128Gcm => new(16, 12, 16, 16, IsAead: true),
        SrtpProfile.AeadAes256Gcm => new(32, 12, 16, 16, IsAead: true),
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };
}
