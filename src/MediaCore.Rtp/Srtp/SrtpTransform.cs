namespace MediaCore.Rtp.Srtp;

/// <summary>
/// Encryption and authentication of one kind of packet (RTP or RTCP) under the session keys of one master key. It knows neither sequence numbers nor
/// replay: the index is given. Owned by its shard; nothing is allocated per packet; <see cref="Dispose"/> wipes the keys.
/// </summary>
internal abstract class SrtpTransform : IDisposable
{
    /// <summary>Bytes of the longest tag.</summary>
    public const int MaxTagBytes = 16;

    /// <summary>Bytes of the word with the E bit and the index behind the text of an RTCP packet, RFC 3711 §3.4.</summary>
    public const int RtcpIndexBytes = 4;

    /// <summary>The E bit: this RTCP packet is encrypted.</summary>
    public const uint RtcpEncryptedBit = 0x8000_0000;

    /// <summary>Bytes of the tag.</summary>
    public abstract int TagBytes { get; }

    /// <summary>
    /// Whether the tag follows the text directly (GCM: text, tag, RTCP index, key identifier; RFC 7714) rather than standing at the very end (text, RTCP index, key identifier,
    /// tag; RFC 3711 §3.1).
    /// </summary>
    public abstract bool TagFollowsText { get; }

    /// <summary>Derives the keys of a master key and makes the transform of its profile.</summary>
    public static SrtpTransform Create(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, bool rtcp)
    {
        SrtpParameters parameters = SrtpParameters.Of(profile);
        if (masterKey.Length != parameters.KeyBytes || masterSalt.Length != parameters.SaltBytes)
        {
            throw new ArgumentException($"{profile} has a key of {parameters.KeyBytes} bytes and a salt of {parameters.SaltBytes} bytes.", nameof(masterKey));
        }

        return parameters.IsAead
            ? GaloisCounterTransform.Derive(masterKey, masterSalt, rtcp)
            : CounterTransform.Derive(masterKey, masterSalt, rtcp, rtcp ? parameters.RtcpTagBytes : parameters.RtpTagBytes);
    }

    /// <summary>Encrypts the payload in place and writes the tag.</summary>
    /// <param name="packet">Header and payload.</param>
    /// <param name="headerBytes">Bytes that stay readable.</param>
    /// <param name="ssrc">The packet's source.</param>
    /// <param name="index">ROC × 2^16 + sequence number.</param>
    /// <param name="tag"><see cref="TagBytes"/> bytes.</param>
    public abstract void ProtectRtp(Span<byte> packet, int headerBytes, uint ssrc, ulong index, Span<byte> tag);

    /// <summary>Whether the tag is that of the packet. Nothing is changed.</summary>
    public abstract bool VerifyRtp(ReadOnlySpan<byte> packet, int headerBytes, uint ssrc, ulong index, ReadOnlySpan<byte> tag);

    /// <summary>Decrypts the payload of a packet in place, after <see cref="VerifyRtp"/>.</summary>
    public abstract void DecryptRtp(Span<byte> packet, int headerBytes, uint ssrc, ulong index);

    /// <summary>Encrypts everything behind the first eight bytes in place and writes the tag.</summary>
    /// <param name="packet">The compound packet.</param>
    /// <param name="ssrc">The source in its first eight bytes.</param>
    /// <param name="indexWord">The word that goes with the packet: E bit and index.</param>
    /// <param name="tag"><see cref="TagBytes"/> bytes.</param>
    public abstract void ProtectRtcp(Span<byte> packet, uint ssrc, uint indexWord, Span<byte> tag);

    /// <summary>Whether the tag is that of the compound packet and its index. Nothing is changed.</summary>
    public abstract bool VerifyRtcp(ReadOnlySpan<byte> packet, uint ssrc, uint indexWord, ReadOnlySpan<byte> tag);

    /// <summary>Decrypts a compound packet in place, after <see cref="VerifyRtcp"/>.</summary>
    public abstract void DecryptRtcp(Span<byte> packet, uint ssrc, uint indexWord);

    /// <summary>Wipes the keys.</summary>
    public abstract void Dispose();
}
