using System.Buffers.Binary;
using System.Security.Cryptography;
using MediaCore.Primitives;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// Our nonces: time of issue (8 bytes), random (8), and the first 16 bytes of HMAC-SHA256 over both, the realm and the peer's address, in hexadecimal. A nonce
/// thus proves itself, and nothing is remembered about one until it has been used with success.
/// </summary>
internal static class DigestNonce
{
    public const int HexBytes = 64;
    public const int MaxPeerBytes = 16;
    private const int IdBytes = 16;
    private const int RawBytes = 32;

    public static void Write(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> peer, Timestamp now)
    {
        Span<byte> raw = stackalloc byte[RawBytes];
        BinaryPrimitives.WriteInt64BigEndian(raw, now.Nanoseconds);
        RandomNumberGenerator.Fill(raw[8..IdBytes]);
        Seal(raw[..IdBytes], key, realm, peer, raw[IdBytes..]);
        Convert.TryToHexStringLower(raw, destination, out _);
    }

    /// <summary>Reads a nonce back; false when it is not ours.</summary>
    public static bool TryRead(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> peer, out Timestamp issued, out UInt128 id)
    {
        issued = default;
        id = default;
        Span<byte> raw = stackalloc byte[RawBytes];
        if (nonce.Length != HexBytes
            || Convert.FromHexString(nonce, raw, out _, out int written) != System.Buffers.OperationStatus.Done
            || written != RawBytes)
        {
            return false;
        }

        Span<byte> seal = stackalloc byte[IdBytes];
        Seal(raw[..IdBytes], key, realm, peer, seal);
        if (!CryptographicOperations.FixedTimeEquals(seal, raw[IdBytes..]))
        {
            return false;
        }

        issued = new Timestamp(BinaryPrimitives.ReadInt64BigEndian(raw));
        id = BinaryPrimitives.ReadUInt128BigEndian(raw);
        return true;
    }

    private static void Seal(ReadOnlySpan<byte> id, ReadOnlySpan<byte> key, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> peer, Span<byte> seal)
    {
        Span<byte> data = stackalloc byte[IdBytes + DigestLimits.MaxNameBytes + MaxPeerBytes];
        id.CopyTo(data);
        realm.CopyTo(data[IdBytes..]);
        peer.CopyTo(data[(IdBytes + realm.Length)..]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, data[..(IdBytes + realm.Length + peer.Length)], mac);
        mac[..IdBytes].CopyTo(seal);
    }
}
