using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MediaCore.Sip.Authentication;

/// <summary>
/// MD5 (RFC 1321), which RFC 3261 §22.4 demands of digests. The platform's costs ten times as much for the hundred bytes of a response, since it sets up
/// and takes down an OpenSSL context each time. Good for nothing but digests: it is broken as a hash.
/// </summary>
internal static class Md5
{
    /// <summary>Bytes of the output.</summary>
    public const int HashBytes = 16;

    private const int BlockBytes = 64;

    /// <summary>RFC 1321 §3.4: T[i] is the whole part of 2^32 × |sin i|, i from 1.</summary>
    private static readonly uint[] s_sines = [.. Enumerable.Range(1, 64).Select(static i => (uint)(Math.Abs(Math.Sin(i)) * 4294967296.0))];

    /// <summary>The hash of <paramref name="data"/> in the first 16 bytes of <paramref name="destination"/>.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
        ReadOnlySpan<byte> rest = data;
        for (; rest.Length >= BlockBytes; rest = rest[BlockBytes..])
        {
            Compress(state, rest);
        }

        // §3.1, §3.2: a one bit, zeros, the length in bits; a second block where they don't fit the first.
        Span<byte> tail = stackalloc byte[2 * BlockBytes];
        tail.Clear();
        rest.CopyTo(tail);
        tail[rest.Length] = 0x80;
        int end = rest.Length < BlockBytes - 8 ? BlockBytes : 2 * BlockBytes;
        BinaryPrimitives.WriteUInt64LittleEndian(tail[(end - 8)..], (ulong)data.Length << 3);
        for (int offset = 0; offset < end; offset += BlockBytes)
        {
            Compress(state, tail[offset..]);
        }

        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(4 * i)..], state[i]);
        }
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> x = stackalloc uint[16];
        for (int i = 0; i < 16; i++)
        {
            x[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        }

        ReadOnlySpan<uint> t = s_sines;
        uint a = state[0], b = state[1], c = state[2], d = state[3];

        // §3.4, four rounds; four steps a turn, so that the roles of a to d come round.
        for (int i = 0; i < 16; i += 4)
        {
            Step(ref a, b, (b & c) | (~b & d), x[i] + t[i], 7);
            Step(ref d, a, (a & b) | (~a & c), x[i + 1] + t[i + 1], 12);
            Step(ref c, d, (d & a) | (~d & b), x[i + 2] + t[i + 2], 17);
            Step(ref b, c, (c & d) | (~c & a), x[i + 3] + t[i + 3], 22);
        }

        for (int i = 16; i < 32; i += 4)
        {
            Step(ref a, b, (b & d) | (c & ~d), x[((5 * i) + 1) & 15] + t[i], 5);
            Step(ref d, a, (a & c) | (b & ~c), x[((5 * i) + 6) & 15] + t[i + 1], 9);
            Step(ref c, d, (d & b) | (a & ~b), x[((5 * i) + 11) & 15] + t[i + 2], 14);
            Step(ref b, c, (c & a) | (d & ~a), x[(5 * i) & 15] + t[i + 3], 20);
        }

        for (int i = 32; i < 48; i += 4)
        {
            Step(ref a, b, b ^ c ^ d, x[((3 * i) + 5) & 15] + t[i], 4);
            Step(ref d, a, a ^ b ^ c, x[((3 * i) + 8) & 15] + t[i + 1], 11);
            Step(ref c, d, d ^ a ^ b, x[((3 * i) + 11) & 15] + t[i + 2], 16);
            Step(ref b, c, c ^ d ^ a, x[((3 * i) + 14) & 15] + t[i + 3], 23);
        }

        for (int i = 48; i < 64; i += 4)
        {
            Step(ref a, b, c ^ (b | ~d), x[(7 * i) & 15] + t[i], 6);
            Step(ref d, a, b ^ (a | ~c), x[((7 * i) + 7) & 15] + t[i + 1], 10);
            Step(ref c, d, a ^ (d | ~b), x[((7 * i) + 14) & 15] + t[i + 2], 15);
            Step(ref b, c, d ^ (c | ~a), x[((7 * i) + 21) & 15] + t[i + 3], 21);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(ref uint a, uint b, uint mixed, uint addend, int shift) => a = b + BitOperations.RotateLeft(a + mixed + addend, shift);
}
