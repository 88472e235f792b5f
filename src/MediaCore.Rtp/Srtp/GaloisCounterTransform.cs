using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using MediaCore.Rtp.Srtp.Cryptography;

namespace MediaCore.Rtp.Srtp;

/// <summary>AES in Galois/counter mode, RFC 7714 with SP 800-38D: the header is authenticated, the payload encrypted and authenticated.</summary>
internal sealed class GaloisCounterTransform : SrtpTransform
{
    private const int SaltBytes = 12;
    private const int RtcpHeaderBytes = 8;

    private readonly AesCounterMode _cipher;
    private readonly Ghash _hash;

    // The salt with the counter's four bytes behind it, of which the last is the first count: pinned, so that no copy of it is left behind.
    private readonly Vector128<byte>[] _salt = GC.AllocateArray<Vector128<byte>>(1, pinned: true);

    /// <summary>Takes session keys.</summary>
    internal GaloisCounterTransform(AesCounterMode cipher, ReadOnlySpan<byte> salt)
        : this(cipher, new Ghash(cipher.EncryptBlock(Vector128<byte>.Zero)), salt)
    {
    }

    /// <summary>The same with a chosen hash, for tests and measurements.</summary>
    internal GaloisCounterTransform(AesCounterMode cipher, Ghash hash, ReadOnlySpan<byte> salt)
    {
        _cipher = cipher;
        _hash = hash;
        Span<byte> padded = stackalloc byte[AesCounterMode.BlockBytes];
        padded.Clear();
        salt[..SaltBytes].CopyTo(padded);
        padded[^1] = 1;
        _salt[0] = Vector128.Create<byte>(padded);
        CryptographicOperations.ZeroMemory(padded);
    }

    /// <inheritdoc/>
    public override int TagBytes => MaxTagBytes;

    /// <inheritdoc/>
    public override bool TagFollowsText => true;

    /// <summary>Derives the session keys for RTP or RTCP.</summary>
    public static GaloisCounterTransform Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, bool rtcp)
    {
        Span<byte> keys = stackalloc byte[SrtpParameters.MaxKeyBytes + SaltBytes];
        Span<byte> key = keys[..masterKey.Length];
        Span<byte> salt = keys[^SaltBytes..];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, rtcp ? SrtpKeyLabel.RtcpEncryption : SrtpKeyLabel.RtpEncryption, key);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, rtcp ? SrtpKeyLabel.RtcpSalt : SrtpKeyLabel.RtpSalt, salt);
        GaloisCounterTransform transform = new(AesCounterMode.Create(key), salt);
        CryptographicOperations.ZeroMemory(keys);
        return transform;
    }

    /// <inheritdoc/>
    public override void ProtectRtp(Span<byte> packet, int headerBytes, uint ssrc, ulong index, Span<byte> tag)
    {
        Vector128<byte> first = RtpCounterBlock(ssrc, index);
        Span<byte> text = packet[headerBytes..];
        _cipher.Apply(text, TextCounterBlock(first));
        Tag(packet[..headerBytes], text, first).CopyTo(tag);
    }

    /// <inheritdoc/>
    public override bool VerifyRtp(ReadOnlySpan<byte> packet, int headerBytes, uint ssrc, ulong index, ReadOnlySpan<byte> tag) =>
        Equal(Tag(packet[..headerBytes], packet[headerBytes..], RtpCounterBlock(ssrc, index)), tag);

    /// <inheritdoc/>
    public override void DecryptRtp(Span<byte> packet, int headerBytes, uint ssrc, ulong index) =>
        _cipher.Apply(packet[headerBytes..], TextCounterBlock(RtpCounterBlock(ssrc, index)));

    /// <inheritdoc/>
    public override void ProtectRtcp(Span<byte> packet, uint ssrc, uint indexWord, Span<byte> tag)
    {
        Vector128<byte> first = RtcpCounterBlock(ssrc, indexWord);
        Span<byte> text = packet[RtcpHeaderBytes..];
        _cipher.Apply(text, TextCounterBlock(first));
        RtcpTag(packet, indexWord, first).CopyTo(tag);
    }

    /// <inheritdoc/>
    public override bool VerifyRtcp(ReadOnlySpan<byte> packet, uint ssrc, uint indexWord, ReadOnlySpan<byte> tag) =>
        Equal(RtcpTag(packet, indexWord, RtcpCounterBlock(ssrc, indexWord)), tag);

    /// <inheritdoc/>
    public override void DecryptRtcp(Span<byte> packet, uint ssrc, uint indexWord) =>
        _cipher.Apply(packet[RtcpHeaderBytes..], TextCounterBlock(RtcpCounterBlock(ssrc, indexWord)));

    /// <inheritdoc/>
    public override void Dispose()
    {
        _cipher.Dispose();
        _hash.Dispose();
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_salt.AsSpan()));
    }

    /// <summary>Two zero bytes, SSRC, ROC and sequence number XOR the salt, RFC 7714 §8.1; then the count 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<byte> RtpCounterBlock(uint ssrc, ulong index)
    {
        // Bytes 2 to 5 are the SSRC, 6 to 9 the ROC, 10 and 11 the sequence number: the index is the 48 bits from byte 6 on.
        ulong left = ((ulong)ssrc << 16) | (index >> 32);
        ulong right = index << 32;
        return _salt[0] ^ Vector128.Create(BinaryPrimitives.ReverseEndianness(left), BinaryPrimitives.ReverseEndianness(right)).AsByte();
    }

    /// <summary>Two zero bytes, SSRC, two zero bytes and the index of 31 bits XOR the salt, RFC 7714 §9.1; then the count 1.</summary>
    private Vector128<byte> RtcpCounterBlock(uint ssrc, uint indexWord) => RtpCounterBlock(ssrc, indexWord & ~RtcpEncryptedBit);

    /// <summary>The text begins with the count 2; 1 is for the tag.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> TextCounterBlock(Vector128<byte> first) => first ^ Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 ^ 2);

    private Vector128<byte> Tag(ReadOnlySpan<byte> additionalData, ReadOnlySpan<byte> text, Vector128<byte> first) =>
        _hash.Compute(additionalData, text) ^ _cipher.EncryptBlock(first);

    // The first eight bytes and the index word are additional data, RFC 7714 §9.2.
    [SkipLocalsInit]
    private Vector128<byte> RtcpTag(ReadOnlySpan<byte> packet, uint indexWord, Vector128<byte> first)
    {
        Span<byte> additionalData = stackalloc byte[RtcpHeaderBytes + RtcpIndexBytes];
        packet[..RtcpHeaderBytes].CopyTo(additionalData);
        BinaryPrimitives.WriteUInt32BigEndian(additionalData[RtcpHeaderBytes..], indexWord);
        return Tag(additionalData, packet[RtcpHeaderBytes..], first);
    }

    [SkipLocalsInit]
    private static bool Equal(Vector128<byte> expected, ReadOnlySpan<byte> tag)
    {
        Span<byte> bytes = stackalloc byte[MaxTagBytes];
        expected.CopyTo(bytes);
        return CryptographicOperations.FixedTimeEquals(bytes, tag);
    }
}
