namespace MediaCore.Sdp;

/// <summary>
/// What a peer's session description may cost us. Parsing stops at the first bound that is passed, with the error named there; nothing is cut
/// short silently except where it says so.
/// </summary>
public static class SdpLimits
{
    /// <summary>
    /// Longest description in bytes; beyond it <see cref="SdpParseError.TooLarge"/>. Kamailio's sanity module ends a whole message at 16,384
    /// bytes and a body at 8,192; browsers' offers with video and candidates stay below 8 kB. Offsets fit 16 bits because of it.
    /// </summary>
    public const int MaxSdpBytes = 16_384;

    /// <summary>
    /// Most lines; beyond it <see cref="SdpParseError.TooManyLines"/>. The longest browser offers we know have about 300. Attributes and
    /// candidates are lines too, so this is their bound.
    /// </summary>
    public const int MaxLineCount = 1_024;

    /// <summary>
    /// Most <c>m=</c> lines; beyond it <see cref="SdpParseError.TooManyMedia"/>. An answer repeats every line of its offer (RFC 3264 §6), and
    /// a telephone call has one to three.
    /// </summary>
    public const int MaxMediaCount = 16;

    /// <summary>Most formats in one <c>m=</c> line; beyond it <see cref="SdpParseError.TooManyFormats"/>. RTP has 128 payload types (RFC 3550 §5.1).</summary>
    public const int MaxFormatsPerMedia = 128;

    /// <summary>Longest media, protocol or format token in an <c>m=</c> line; beyond it <see cref="SdpParseError.MalformedMedia"/>. The longest registered one has 25.</summary>
    public const int MaxTokenBytes = 64;

    /// <summary>Longest encoding name of a format that is relayed; formats with longer ones are left out. The longest registered audio name has 20.</summary>
    public const int MaxEncodingNameBytes = 32;

    /// <summary>Longest <c>a=fmtp</c> value of a format that is relayed; formats with longer ones are left out. AMR and EVS with every parameter need about 200.</summary>
    public const int MaxFormatParameterBytes = 255;

    /// <summary>Names and parameters that one <see cref="AudioFormatList"/> can hold; a format whose text no longer fits is left out.</summary>
    public const int MaxFormatTextBytes = 512;

    /// <summary>
    /// Contents of format lists that are remembered in the process, to be shared by the calls that have the same: a power of two. A hundred kinds of phones and trunks have some ten lists each with
    /// the beginnings that lead to them; at most 800 bytes each. What comes beyond that takes the place of others, which costs an object at their next use.
    /// </summary>
    public const int KnownFormatLists = 1_024;

    /// <summary>Text that one <see cref="MediaLayout"/> can hold for media lines of kinds it has no code for; beyond it the description is unusable.</summary>
    public const int MaxLayoutTextBytes = 256;

    /// <summary>Media lines beside the audio that are relayed in one call; further ones are declined. A video call has one or two, a fax one; each takes a port pair of each side.</summary>
    public const int MaxOtherStreams = 4;

    /// <summary>Text of one such line that is passed on; a longer one is declined. A browser's video with ten codecs has about 2 kB.</summary>
    public const int MaxOtherStreamBytes = 3_072;

    /// <summary>Longest <c>a=mid</c> that is repeated; a stream with a longer one is not bundled. Browsers number theirs, phones write <c>audio</c>.</summary>
    public const int MaxMediaIdBytes = 32;

    /// <summary>Longest packet time that is believed, in milliseconds; others count as not given. RFC 3551 §4.2: receivers should accept 0–200 ms.</summary>
    public const int MaxPacketTimeMilliseconds = 200;

    /// <summary>Usable <c>a=crypto</c> lines that are kept per stream, most wanted first; further ones are passed over. Phones offer two to four suites.</summary>
    public const int MaxCryptoLines = 4;

    /// <summary>Digits of the tag of <c>a=crypto</c>, RFC 4568 §9.1.</summary>
    public const int MaxCryptoTagDigits = 9;

    /// <summary>The greatest tag.</summary>
    public const int MaxCryptoTag = 999_999_999;

    /// <summary>Base64 of the longest master key and salt, 46 bytes.</summary>
    public const int MaxCryptoKeyTextBytes = 64;

    /// <summary>Packets under one master key, RFC 3711 §9.2: at most 2 to this.</summary>
    public const int MaxCryptoLifetimeExponent = 48;

    /// <summary>Bytes of a key identifier, RFC 4568 §6.1.</summary>
    public const int MaxCryptoMkiBytes = 128;

    /// <summary>The largest replay window that is believed: half of the sequence numbers.</summary>
    public const int MaxCryptoWindowPackets = 32_768;

    /// <summary>
    /// A buffer of this size always holds what <see cref="SdpComposer"/> writes without <see cref="OtherStreams"/>: 350 bytes of session and stream, 16 formats of at most 48 bytes beside
    /// their <see cref="MaxFormatTextBytes"/>, 15 declined lines of at most 40 bytes beside their <see cref="MaxLayoutTextBytes"/>,
    /// <see cref="MaxCryptoLines"/> of at most 180 bytes.
    /// </summary>
    public const int MaxComposedBytes = 4_096;
}
