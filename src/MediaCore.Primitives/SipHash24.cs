using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MediaCore.Primitives;

/// <summary>
/// SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit hash. Tables over text that a peer chooses (Call-IDs, tags, branches)
/// use it with a secret key, so that a peer cannot choose texts that all land in one place. It allocates nothing.
/// </summary>
/// <remarks>As a value it takes its input in pieces (<see cref="Append(ReadOnlySpan{byte})"/>, then <see cref="Finish"/> once), 48 bytes on the stack.</remarks>
public struct SipHash24
{
    private ulong _v0;
    private ulong _v1;
    private ulong _v2;
    private ulong _v3;

    // Bytes that do not yet fill a word, in the low end; _length counts all bytes and tells how many of them wait here.
    private ulong _pending;
    private uint _length;

    /// <summary>Starts a hash in pieces.</summary>
    public SipHash24(SipHashKey key)
        : this(key.K0, key.K1)
    {
    }

    private SipHash24(ulong k0, ulong k1)
    {
        _v0 = k0 ^ 0x736f6d6570736575;
        _v1 = k1 ^ 0x646f72616e646f6d;
        _v2 = k0 ^ 0x6c7967656e657261;
        _v3 = k1 ^ 0x7465646279746573;
        _pending = 0;
        _length = 0;
    }

    /// <summary>The hash of one piece of text under the key (<paramref name="k0"/>, <paramref name="k1"/>).</summary>
    public static ulong Hash(ReadOnlySpan<byte> data, ulong k0, ulong k1)
    {
        SipHash24 state = new(k0, k1);
        state.Append(data);
        return state.Finish();
    }

    /// <summary>The hash of one piece of text under <paramref name="key"/>.</summary>
    public static ulong Hash(ReadOnlySpan<byte> data, SipHashKey key) => Hash(data, key.K0, key.K1);

    /// <summary>Adds bytes; the result depends on their order and not on how they were cut into pieces.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        int waiting = (int)(_length & 7);
        _length += (uint)data.Length;
        if (waiting != 0)
        {
            int i = 0;
            while (waiting < 8 && i < data.Length)
            {
                _pending |= (ulong)data[i++] << (8 * waiting++);
            }

            if (waiting < 8)
            {
                return;
            }

            Compress(_pending);
            _pending = 0;
            data = data[i..];
        }

        while (data.Length >= 8)
        {
            Compress(BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        for (int i = 0; i < data.Length; i++)
        {
            _pending |= (ulong)data[i] << (8 * i);
        }
    }

    /// <summary>Adds a number as four bytes, little-endian.</summary>
    public void Append(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Append(bytes);
    }

    /// <summary>The hash of everything appended. Call it once.</summary>
    public ulong Finish()
    {
        Compress(_pending | ((ulong)_length << 56));
        _v2 ^= 0xff;
        Round();
        Round();
        Round();
        Round();
        return _v0 ^ _v1 ^ _v2 ^ _v3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Compress(ulong word)
    {
        _v3 ^= word;
        Round();
        Round();
        _v0 ^= word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Round()
    {
        _v0 += _v1;
        _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
        _v0 = BitOperations.RotateLeft(_v0, 32);
        _v2 += _v3;
        _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
        _v0 += _v3;
        _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
        _v2 += _v1;
        _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
        _v2 = BitOperations.RotateLeft(_v2, 32);
    }
}
