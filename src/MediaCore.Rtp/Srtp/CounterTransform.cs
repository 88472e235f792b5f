using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using MediaCore.Rtp.Srtp.Cryptography;

namespace MediaCore.Rtp.Srtp;

/// <summary>AES in counter mode with HMAC-SHA1, RFC 3711 §4.1.1 and §4.2.1, RFC 6188 for longer keys.</summary>
internal sealed class CounterTransform : SrtpTransform
{
    private const int AuthenticationKeyBytes = 20;
    private const int RtcpHeaderBytes = 8;

    private readonly AesCounterMode _cipher;
    private readonly HmacSha1 _authentication;

    // The salt times 2^16, as it goes into every counter block: pinned, so that no copy of it is left behind.
    private readonly Vector128<byte>[] _salt = GC.AllocateArray<Vector128<byte>>(1, pinned: true);
    private readonly int _tagBytes;

    /// <summary>Takes session keys.</summary>
    internal CounterTransform(AesCounterMode cipher, HmacSha1 authentication, ReadOnlySpan<byte> salt, int tagBytes)
    {
        _cipher = cipher;
        _authentication = authentication;
        _tagBytes = tagBytes;
        Span<byte> padded = stackalloc byte[AesCounterMode.BlockBytes];
        padded.Clear();
        salt.CopyTo(padded);
        _salt[0] = Vector128.Create<byte>(padded);
        CryptographicOperations.ZeroMemory(padded);
    }

    /// <inheritdoc/>
    public override int TagBytes => _tagBytes;

    /// <inheritdoc/>
    public override bool TagFollowsText => false;

    /// <summary>Derives the session keys for RTP or RTCP.</summary>
    public static CounterTransform Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, bool rtcp, int tagBytes)
    {
        Span<byte> keys = stackalloc byte[SrtpParameters.MaxKeyBytes + AuthenticationKeyBytes + SrtpParameters.MaxSaltBytes];
        Span<byte> key = keys[..masterKey.Length];
        Span<byte> authentication = keys.Slice(SrtpParameters.MaxKeyBytes, AuthenticationKeyBytes);
        Span<byte> salt = keys[^SrtpParameters.MaxSaltBytes..];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, rtcp ? SrtpKeyLabel.RtcpEncryption : SrtpKeyLabel.RtpEncryption, key);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, rtcp ? SrtpKeyLabel.RtcpAuthentication : SrtpKeyLabel.RtpAuthentication, authentication);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, rtcp ? SrtpKeyLabel.RtcpSalt : SrtpKeyLabel.RtpSalt, salt);
        CounterTransform transform = new(AesCounterMode.Create(key), new HmacSha1(authentication), salt, tagBytes);
        CryptographicOperations.ZeroMemory(keys);
        return transform;
    }

    /// <inheritdoc/>
    public override void ProtectRtp(Span<byte> packet, int headerBytes, uint ssrc, ulong index, Span<byte> tag)
    {
        _cipher.Apply(packet[headerBytes..], CounterBlock(ssrc, index));
        WriteTag(packet, (uint)(index >> 16), tag);
    }

    /// <inheritdoc/>
    public override bool VerifyRtp(ReadOnlySpan<byte> packet, int headerBytes, uint ssrc, ulong index, ReadOnlySpan<byte> tag) =>
        Verify(packet, (uint)(index >> 16), tag);

    /// <inheritdoc/>
    public override void DecryptRtp(Span<byte> packet, int headerBytes, uint ssrc, ulong index) =>
        _cipher.Apply(packet[headerBytes..], CounterBlock(ssrc, index));

    /// <inheritdoc/>
    public override void ProtectRtcp(Span<byte> packet, uint ssrc, uint indexWord, Span<byte> tag)
    {
        _cipher.Apply(packet[RtcpHeaderBytes..], CounterBlock(ssrc, indexWord & ~RtcpEncryptedBit));
        WriteTag(packet, indexWord, tag);
    }

    /// <inheritdoc/>
    public override bool VerifyRtcp(ReadOnlySpan<byte> packet, uint ssrc, uint indexWord, ReadOnlySpan<byte> tag) => Verify(packet, indexWord, tag);

    /// <inheritdoc/>
    public override void DecryptRtcp(Span<byte> packet, uint ssrc, uint indexWord) =>
        _cipher.Apply(packet[RtcpHeaderBytes..], CounterBlock(ssrc, indexWord & ~RtcpEncryptedBit));

    /// <inheritdoc/>
    public override void Dispose()
    {
        _cipher.Dispose();
        _authentication.Dispose();
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_salt.AsSpan()));
    }

    /// <summary>
    /// (salt × 2^16) XOR (SSRC × 2^64) XOR (index × 2^16), RFC 3711 §4.1.1. With the block's bytes numbered from the left the SSRC falls on 4 to 7 and the index on 8 to 13.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<byte> CounterBlock(uint ssrc, ulong index)
    {
        ulong left = BinaryPrimitives.ReverseEndianness((ulong)ssrc);
        ulong right = BinaryPrimitives.ReverseEndianness(index << 16);
        return _salt[0] ^ Vector128.Create(left, right).AsByte();
    }

    [SkipLocalsInit]
    private void WriteTag(ReadOnlySpan<byte> packet, uint trailer, Span<byte> tag)
    {
        Span<byte> mac = stackalloc byte[HmacSha1.Bytes];
        _authentication.Compute(packet, trailer, mac);
        mac[.._tagBytes].CopyTo(tag);
    }

    [SkipLocalsInit]
    private bool Verify(ReadOnlySpan<byte> packet, uint trailer, ReadOnlySpan<byte> tag)
    {
        Span<byte> mac = stackalloc byte[HmacSha1.Bytes];
        _authentication.Compute(packet, trailer, mac);
        return CryptographicOperations.FixedTimeEquals(mac[.._tagBytes], tag);
    }
}
