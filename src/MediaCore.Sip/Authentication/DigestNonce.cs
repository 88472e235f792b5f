using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using MediaCore.Primitives;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// Our nonces: time of issue (8 bytes), a number that no other nonce has (8), and a seal over both, the realm and the peer's address (16), in hexadecimal. A
/// nonce thus proves itself, and nothing is remembered about one until it has been used with success.
/// </summary>
/// <remarks>
/// The seal is SipHash-2-4 under two keys, 128 bits: a MAC made for short messages, at a twentieth of what an HMAC of the platform costs. Thread-safe.
/// </remarks>
internal sealed class DigestNonce
{
    public const int HexBytes = 64;
    public const int MaxPeerBytes = 16;
    private const int IdBytes = 16;
    private const int RawBytes = 32;

    private readonly byte[] _realm;
    private readonly SipHashKey _first;
    private readonly SipHashKey _second;
    private readonly SipHashKey _numbers;
    private long _issued;

    public DigestNonce(ReadOnlySpan<byte> key, byte[] realm)
    {
        _realm = realm;

        // Three keys of one, so that a key of any length will do.
        Span<byte> keys = stackalloc byte[48];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, keys, [], "digest nonce"u8);
        _first = SipHashKey.FromBytes(keys[..16]);
        _second = SipHashKey.FromBytes(keys[16..32]);
        _numbers = SipHashKey.FromBytes(keys[32..]);
    }

    public void Write(Span<byte> destination, ReadOnlySpan<byte> peer, Timestamp now)
    {
        Span<byte> raw = stackalloc byte[RawBytes];
        BinaryPrimitives.WriteInt64BigEndian(raw, now.Nanoseconds);

        // Hashed, so that nobody reads from two nonces how many were issued between them.
        BinaryPrimitives.WriteInt64BigEndian(raw[8..], Interlocked.Increment(ref _issued));
        BinaryPrimitives.WriteUInt64BigEndian(raw[8..], SipHash24.Hash(raw[..IdBytes], _numbers));
        Seal(raw[..IdBytes], peer, raw[IdBytes..]);
        Convert.TryToHexStringLower(raw, destination, out _);
    }

    /// <summary>Reads a nonce back; false when it is not ours.</summary>
    public bool TryRead(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> peer, out Timestamp issued, out UInt128 id)
    {
        issued = default;
        id = default;
        Span<byte> raw = stackalloc byte[RawBytes];
        if (nonce.Length != HexBytes
            || Convert.FromHexString(nonce, raw, out _, out int written) != OperationStatus.Done
            || written != RawBytes)
        {
            return false;
        }

        Span<byte> seal = stackalloc byte[IdBytes];
        Seal(raw[..IdBytes], peer, seal);
        if (!CryptographicOperations.FixedTimeEquals(seal, raw[IdBytes..]))
        {
            return false;
        }

        id = BinaryPrimitives.ReadUInt128BigEndian(raw);
        issued = IssuedAt(id);
        return true;
    }

    /// <summary>When the nonce with this id was issued.</summary>
    public static Timestamp IssuedAt(UInt128 id) => new((long)(ulong)(id >> 64));

    private void Seal(ReadOnlySpan<byte> id, ReadOnlySpan<byte> peer, Span<byte> seal)
    {
        Span<byte> data = stackalloc byte[IdBytes + DigestLimits.MaxNameBytes + MaxPeerBytes];
        id.CopyTo(data);
        _realm.CopyTo(data[IdBytes..]);
        peer.CopyTo(data[(IdBytes + _realm.Length)..]);
        data = data[..(IdBytes + _realm.Length + peer.Length)];
        BinaryPrimitives.WriteUInt64LittleEndian(seal, SipHash24.Hash(data, _first));
        BinaryPrimitives.WriteUInt64LittleEndian(seal[8..], SipHash24.Hash(data, _second));
    }
}
