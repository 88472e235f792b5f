using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MediaCore.Primitives;

/// <summary>
/// The 128-bit secret of <see cref="SipHash24"/>. Whoever knows it can choose identifiers that collide, so it is random per process,
/// never configured, never written out: <see cref="ToString"/> keeps it to itself.
/// </summary>
/// <param name="K0">The first eight bytes of the key, little-endian.</param>
/// <param name="K1">The last eight bytes of the key, little-endian.</param>
public readonly record struct SipHashKey(ulong K0, ulong K1)
{
    /// <summary>A fresh key from the operating system's generator.</summary>
    public static SipHashKey Random()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return FromBytes(bytes);
    }

    /// <summary>From the 16 bytes in the order in which the published vectors give them.</summary>
    public static SipHashKey FromBytes(ReadOnlySpan<byte> key) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));

    /// <summary>Says what it is and nothing about its value.</summary>
    public override string ToString() => nameof(SipHashKey);
}
