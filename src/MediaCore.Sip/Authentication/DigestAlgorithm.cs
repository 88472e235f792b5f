namespace MediaCore.Sip.Authentication;

/// <summary>The hash algorithms of digest access authentication that we take part in (RFC 7616 §6.1, RFC 8760 §2.1).</summary>
public enum DigestAlgorithm : byte
{
    /// <summary>MD5: what RFC 3261 §22.4 demands and every phone has; also meant where no algorithm is named.</summary>
    Md5,

    /// <summary>SHA-256.</summary>
    Sha256,

    /// <summary>SHA-512/256, the strongest of RFC 8760.</summary>
    Sha512256,
}
