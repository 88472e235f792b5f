namespace MediaCore.LoadTests.Scenarios;

/// <summary>What the sides of a call speak.</summary>
internal enum MediaKind
{
    /// <summary>Described, but nothing is sent: signalling alone.</summary>
    None,

    /// <summary>G.711 µ-law on both sides.</summary>
    Pcmu,

    /// <summary>Opus on both sides.</summary>
    Opus,

    /// <summary>G.711 µ-law; the caller's side under SRTP (AES_CM_128_HMAC_SHA1_80, RFC 4568).</summary>
    Srtp,

    /// <summary>G.711 µ-law on the caller's side, Opus on the callee's: the server has to transcode.</summary>
    Transcoded,

    /// <summary>As <see cref="Transcoded"/>, the caller's side under SRTP.</summary>
    SrtpTranscoded,
}
