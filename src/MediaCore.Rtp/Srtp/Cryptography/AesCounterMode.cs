using System.Runtime.Intrinsics;

namespace MediaCore.Rtp.Srtp.Cryptography;

/// <summary>
/// AES in counter mode under one key: the keystream of RFC 3711 §4.1.1 and of GCM (SP 800-38D). In both the last 32 bits of the block count, big-endian:
/// RFC 3711 leaves the last 16 of them zero, and no datagram has the 65,536 blocks that would carry. No run takes longer for one key or text than for
/// another. Nothing is allocated per call; the key schedule lies in pinned memory, so that <see cref="Dispose"/> wipes the only copy.
/// </summary>
internal abstract class AesCounterMode : IDisposable
{
    /// <summary>Bytes of an AES block.</summary>
    public const int BlockBytes = 16;

    /// <summary>The fastest implementation that this machine has.</summary>
    /// <param name="key">16, 24 or 32 bytes.</param>
    public static AesCounterMode Create(ReadOnlySpan<byte> key) =>
        AesCounterModeX86.IsSupported ? new AesCounterModeX86(key) : new AesCounterModePlatform(key);

    /// <summary>Encrypts one block.</summary>
    public abstract Vector128<byte> EncryptBlock(Vector128<byte> block);

    /// <summary>XORs the keystream that begins at a counter block over the data.</summary>
    /// <param name="data">Of any length below 2^20 bytes.</param>
    /// <param name="counter">The first counter block.</param>
    public abstract void Apply(Span<byte> data, Vector128<byte> counter);

    /// <summary>Wipes the key.</summary>
    public abstract void Dispose();
}
