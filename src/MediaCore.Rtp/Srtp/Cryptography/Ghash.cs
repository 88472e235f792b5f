using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace MediaCore.Rtp.Srtp.Cryptography;

/// <summary>
/// GHASH (SP 800-38D §6.4) under one key, in the bit order of POLYVAL (RFC 8452 §3 and appendix A): bytes are turned around instead of bits, and the product needs no shift.
/// Four blocks share one reduction. With carry-less multiplication where x86 has it, else with integer multiplication of numbers whose bits stand
/// four apart, so that no carry reaches the next (constant time, as in BearSSL's description of the trick). The powers of the key lie in pinned memory and are wiped.
/// </summary>
internal sealed class Ghash : IDisposable
{
    private const int Powers = 4;

    // H^1 to H^4 in the representation above.
    private readonly Vector128<ulong>[] _powers = GC.AllocateArray<Vector128<ulong>>(Powers, pinned: true);
    private readonly bool _hardware;

    /// <summary>Prepares the powers.</summary>
    /// <param name="hashKey">The encrypted zero block.</param>
    public Ghash(Vector128<byte> hashKey)
        : this(hashKey, Pclmulqdq.IsSupported)
    {
    }

    /// <summary>The same with a chosen multiplication, for tests and measurements.</summary>
    internal Ghash(Vector128<byte> hashKey, bool hardware)
    {
        _hardware = hardware;
        Vector128<ulong> h = Reverse(hashKey).AsUInt64();
        // Times x, RFC 8452 appendix A: what makes a POLYVAL of a GHASH.
        ulong carry = h[1] >> 63;
        ulong low = h[0] << 1;
        ulong high = (h[1] << 1) | (h[0] >> 63);
        _powers[0] = Vector128.Create(low ^ carry, high ^ (carry * 0xc200000000000000));
        for (int i = 1; i < Powers; i++)
        {
            _powers[i] = MultiplyOne(_powers[i - 1], _powers[0]);
        }
    }

    /// <summary>The hash of the additional data and the text, each padded with zeros to whole blocks, and of their lengths.</summary>
    public Vector128<byte> Compute(ReadOnlySpan<byte> additionalData, ReadOnlySpan<byte> text)
    {
        Vector128<ulong> hash = Update(Vector128<ulong>.Zero, additionalData);
        hash = Update(hash, text);
        Vector128<ulong> lengths = Vector128.Create((ulong)text.Length * 8, (ulong)additionalData.Length * 8);
        return Reverse(MultiplyOne(hash ^ lengths, _powers[0]).AsByte());
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_powers.AsSpan()));

    private Vector128<ulong> Update(Vector128<ulong> hash, ReadOnlySpan<byte> data)
    {
        ref byte position = ref MemoryMarshal.GetReference(data);
        int left = data.Length;
        if (_hardware)
        {
            for (; left >= 4 * AesCounterMode.BlockBytes; left -= 4 * AesCounterMode.BlockBytes)
            {
                hash = MultiplyFour(hash, ref position);
                position = ref Unsafe.Add(ref position, 4 * AesCounterMode.BlockBytes);
            }
        }

        for (; left >= AesCounterMode.BlockBytes; left -= AesCounterMode.BlockBytes)
        {
            hash = MultiplyOne(hash ^ Load(ref position), _powers[0]);
            position = ref Unsafe.Add(ref position, AesCounterMode.BlockBytes);
        }

        if (left > 0)
        {
            Span<byte> block = stackalloc byte[AesCounterMode.BlockBytes];
            block.Clear();
            MemoryMarshal.CreateReadOnlySpan(ref position, left).CopyTo(block);
            hash = MultiplyOne(hash ^ Load(ref MemoryMarshal.GetReference(block)), _powers[0]);
        }

        return hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<ulong> MultiplyFour(Vector128<ulong> hash, ref byte position)
    {
        ref Vector128<ulong> powers = ref MemoryMarshal.GetArrayDataReference(_powers);
        Vector128<ulong> low = Vector128<ulong>.Zero;
        Vector128<ulong> middle = Vector128<ulong>.Zero;
        Vector128<ulong> high = Vector128<ulong>.Zero;
        Accumulate(hash ^ Load(ref position), Unsafe.Add(ref powers, 3), ref low, ref middle, ref high);
        Accumulate(Load(ref Unsafe.Add(ref position, 16)), Unsafe.Add(ref powers, 2), ref low, ref middle, ref high);
        Accumulate(Load(ref Unsafe.Add(ref position, 32)), Unsafe.Add(ref powers, 1), ref low, ref middle, ref high);
        Accumulate(Load(ref Unsafe.Add(ref position, 48)), powers, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    private Vector128<ulong> MultiplyOne(Vector128<ulong> a, Vector128<ulong> b)
    {
        Vector128<ulong> low = Vector128<ulong>.Zero;
        Vector128<ulong> middle = Vector128<ulong>.Zero;
        Vector128<ulong> high = Vector128<ulong>.Zero;
        if (!_hardware)
        {
            return MultiplyPortably(a, b);
        }

        Accumulate(a, b, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(Vector128<ulong> a, Vector128<ulong> b, ref Vector128<ulong> low, ref Vector128<ulong> middle, ref Vector128<ulong> high)
    {
        low ^= Pclmulqdq.CarrylessMultiply(a, b, 0x00);
        high ^= Pclmulqdq.CarrylessMultiply(a, b, 0x11);
        middle ^= Pclmulqdq.CarrylessMultiply(a, b, 0x01) ^ Pclmulqdq.CarrylessMultiply(a, b, 0x10);
    }

    // Twice 64 bits of the low half are made zero by adding multiples of x^128 + x^127 + x^126 + x^121 + 1, whose middle word is 0xc2 << 56.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> middle, Vector128<ulong> high)
    {
        Vector128<ulong> polynomial = Vector128.Create(0xc200000000000000ul, 0);
        low ^= Sse2.ShiftLeftLogical128BitLane(middle, 8);
        high ^= Sse2.ShiftRightLogical128BitLane(middle, 8);
        low = Sse2.Shuffle(low.AsUInt32(), 0x4e).AsUInt64() ^ Pclmulqdq.CarrylessMultiply(low, polynomial, 0x00);
        low = Sse2.Shuffle(low.AsUInt32(), 0x4e).AsUInt64() ^ Pclmulqdq.CarrylessMultiply(low, polynomial, 0x00);
        return high ^ low;
    }

    private static Vector128<ulong> MultiplyPortably(Vector128<ulong> a, Vector128<ulong> b)
    {
        (ulong low0, ulong low1) = CarrylessProduct(a[0], b[0]);
        (ulong high0, ulong high1) = CarrylessProduct(a[1], b[1]);
        (ulong middle0, ulong middle1) = CarrylessProduct(a[0] ^ a[1], b[0] ^ b[1]);
        middle0 ^= low0 ^ high0;
        middle1 ^= low1 ^ high1;
        low1 ^= middle0;
        high0 ^= middle1;
        for (int i = 0; i < 2; i++)
        {
            (ulong product0, ulong product1) = CarrylessProduct(low0, 0xc200000000000000);
            (low0, low1) = (low1 ^ product0, low0 ^ product1);
        }

        return Vector128.Create(high0 ^ low0, high1 ^ low1);
    }

    /// <summary>The 127-bit product of two polynomials over GF(2), low word first.</summary>
    private static (ulong Low, ulong High) CarrylessProduct(ulong x, ulong y)
    {
        // The low word is exact; the high one is the low word of the product of both read backwards, read backwards and moved by a bit.
        return (LowProduct(x, y), ReverseBits(LowProduct(ReverseBits(x), ReverseBits(y))) >> 1);
    }

    private static ulong LowProduct(ulong x, ulong y)
    {
        const ulong Every4th = 0x1111111111111111;
        ulong x0 = x & Every4th;
        ulong x1 = x & (Every4th << 1);
        ulong x2 = x & (Every4th << 2);
        ulong x3 = x & (Every4th << 3);
        ulong y0 = y & Every4th;
        ulong y1 = y & (Every4th << 1);
        ulong y2 = y & (Every4th << 2);
        ulong y3 = y & (Every4th << 3);
        ulong z0 = (x0 * y0) ^ (x1 * y3) ^ (x2 * y2) ^ (x3 * y1);
        ulong z1 = (x0 * y1) ^ (x1 * y0) ^ (x2 * y3) ^ (x3 * y2);
        ulong z2 = (x0 * y2) ^ (x1 * y1) ^ (x2 * y0) ^ (x3 * y3);
        ulong z3 = (x0 * y3) ^ (x1 * y2) ^ (x2 * y1) ^ (x3 * y0);
        return (z0 & Every4th) | (z1 & (Every4th << 1)) | (z2 & (Every4th << 2)) | (z3 & (Every4th << 3));
    }

    private static ulong ReverseBits(ulong x)
    {
        x = ((x & 0x5555555555555555) << 1) | ((x >> 1) & 0x5555555555555555);
        x = ((x & 0x3333333333333333) << 2) | ((x >> 2) & 0x3333333333333333);
        x = ((x & 0x0f0f0f0f0f0f0f0f) << 4) | ((x >> 4) & 0x0f0f0f0f0f0f0f0f);
        return BinaryPrimitives.ReverseEndianness(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ref byte position) => Reverse(Vector128.LoadUnsafe(ref position)).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Reverse(Vector128<byte> block) =>
        Vector128.Shuffle(block, Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}
