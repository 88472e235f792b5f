namespace MediaCore.Sdp;

/// <summary>Why an <c>a=crypto</c> line, or an answer with one, cannot be used. A line that cannot be used is passed over; another one may do.</summary>
public enum CryptoError : byte
{
    /// <summary>It can.</summary>
    None,

    /// <summary>Not the grammar of RFC 4568 §9.1: the tag, the parts, the lifetime, the key identifier or the Base64.</summary>
    Malformed,

    /// <summary>A suite that we don't have.</summary>
    UnknownSuite,

    /// <summary>Key and salt are not as long as the suite wants them.</summary>
    WrongKeyLength,

    /// <summary>
    /// A session parameter that we don't do (RFC 4568 §6.3): a key derivation rate, FEC, packets without encryption or authentication, or an unknown one that is not optional; or
    /// several master keys in one line.
    /// </summary>
    Unsupported,

    /// <summary>The description has no line that can be used.</summary>
    NoLine,

    /// <summary>An answer with more than one line, or with a tag or suite that was not offered (RFC 4568 §7.1.3).</summary>
    NotOffered,
}
