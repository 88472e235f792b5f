using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MediaCore.Rtp.Srtp.Cryptography;

/// <summary>
/// The block function of SHA-1 (FIPS 180-4 §6.1.2) in our own code: the message schedule four words at a time, then the eighty rounds. The runtime has no access to
/// the SHA instructions of x86, so <see cref="Sha1PlatformBlock"/> is faster where it works (docs/adr/0017-srtp-cryptography.md). No table, no branch on data.
/// </summary>
internal static class Sha1Block
{
    /// <summary>Bytes of a block.</summary>
    public const int Bytes = 64;

    private const int ScheduleWords = 80;
    private const uint K0 = 0x5a827999;
    private const uint K1 = 0x6ed9eba1;
    private const uint K2 = 0x8f1bbcdc;
    private const uint K3 = 0xca62c1d6;

    /// <summary>Takes whole blocks into the state.</summary>
    /// <param name="state">Changed in place.</param>
    /// <param name="blocks">A multiple of <see cref="Bytes"/>.</param>
    [SkipLocalsInit]
    public static void Process(ref Sha1State state, ReadOnlySpan<byte> blocks)
    {
        Span<uint> schedule = stackalloc uint[ScheduleWords];
        ref uint w = ref MemoryMarshal.GetReference(schedule);
        for (; blocks.Length >= Bytes; blocks = blocks[Bytes..])
        {
            Schedule(ref MemoryMarshal.GetReference(blocks), ref w);
            Rounds(ref state, ref w);
        }
    }

    /// <summary>
    /// The words w[0..79], each with the constant of its round already added. From w[32] on w[t] = rotl1(w[t−3] ^ w[t−8] ^ w[t−14] ^ w[t−16]) equals
    /// rotl2(w[t−6] ^ w[t−16] ^ w[t−28] ^ w[t−32]), which has no word in it that the same four are just making.
    /// </summary>
    private static void Schedule(ref byte block, ref uint w)
    {
        Vector128<uint> a = Load(ref block, 0);
        Vector128<uint> b = Load(ref block, 1);
        Vector128<uint> c = Load(ref block, 2);
        Vector128<uint> d = Load(ref block, 3);
        Vector128<uint> k = Vector128.Create(K0);
        (a + k).StoreUnsafe(ref w);
        (b + k).StoreUnsafe(ref w, 4);
        (c + k).StoreUnsafe(ref w, 8);
        (d + k).StoreUnsafe(ref w, 12);
        Vector128<uint> e = Early(a, b, c, d);
        (e + k).StoreUnsafe(ref w, 16);
        k = Vector128.Create(K1);
        Vector128<uint> f = Early(b, c, d, e);
        (f + k).StoreUnsafe(ref w, 20);
        Vector128<uint> g = Early(c, d, e, f);
        (g + k).StoreUnsafe(ref w, 24);
        Vector128<uint> h = Early(d, e, f, g);
        (h + k).StoreUnsafe(ref w, 28);
        a = Late(a, b, e, g, h);
        (a + k).StoreUnsafe(ref w, 32);
        b = Late(b, c, f, h, a);
        (b + k).StoreUnsafe(ref w, 36);
        k = Vector128.Create(K2);
        c = Late(c, d, g, a, b);
        (c + k).StoreUnsafe(ref w, 40);
        d = Late(d, e, h, b, c);
        (d + k).StoreUnsafe(ref w, 44);
        e = Late(e, f, a, c, d);
        (e + k).StoreUnsafe(ref w, 48);
        f = Late(f, g, b, d, e);
        (f + k).StoreUnsafe(ref w, 52);
        g = Late(g, h, c, e, f);
        (g + k).StoreUnsafe(ref w, 56);
        k = Vector128.Create(K3);
        h = Late(h, a, d, f, g);
        (h + k).StoreUnsafe(ref w, 60);
        a = Late(a, b, e, g, h);
        (a + k).StoreUnsafe(ref w, 64);
        b = Late(b, c, f, h, a);
        (b + k).StoreUnsafe(ref w, 68);
        c = Late(c, d, g, a, b);
        (c + k).StoreUnsafe(ref w, 72);
        d = Late(d, e, h, b, c);
        (d + k).StoreUnsafe(ref w, 76);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Load(ref byte block, int row)
    {
        Vector128<byte> bytes = Vector128.LoadUnsafe(ref block, (nuint)row * 16);
        return Vector128.Shuffle(bytes, Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)).AsUInt32();
    }

    // a to d are w[t-16], w[t-12], w[t-8], w[t-4] and the three after each. The last of the new words needs the first of them, which is put in at the end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Early(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d)
    {
        Vector128<uint> x = a ^ c ^ Middle(a, b) ^ Vector128.Shuffle(d, Vector128.Create(1u, 2, 3, 4));
        Vector128<uint> first = Vector128.Shuffle(x, Vector128.Create(4u, 4, 4, 0));
        return ((x << 1) | (x >>> 31)) ^ ((first << 2) | (first >>> 30));
    }

    // w[t-32], w[t-28], w[t-16], w[t-8], w[t-4].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Late(Vector128<uint> a, Vector128<uint> b, Vector128<uint> e, Vector128<uint> g, Vector128<uint> h)
    {
        Vector128<uint> x = a ^ b ^ e ^ Middle(g, h);
        return (x << 2) | (x >>> 30);
    }

    // The two last words of one row and the two first of the next.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Middle(Vector128<uint> low, Vector128<uint> high) =>
        Ssse3.IsSupported
            ? Ssse3.AlignRight(high.AsByte(), low.AsByte(), 8).AsUInt32()
            : Vector128.Create(low.GetUpper(), high.GetLower());

    private static void Rounds(ref Sha1State state, ref uint w)
    {
        uint a = state[0];
        uint b = state[1];
        uint c = state[2];
        uint d = state[3];
        uint e = state[4];
        for (int t = 0; t < 20; t += 5)
        {
            ref uint k = ref Unsafe.Add(ref w, t);
            Choose(a, ref b, c, d, ref e, k);
            Choose(e, ref a, b, c, ref d, Unsafe.Add(ref k, 1));
            Choose(d, ref e, a, b, ref c, Unsafe.Add(ref k, 2));
            Choose(c, ref d, e, a, ref b, Unsafe.Add(ref k, 3));
            Choose(b, ref c, d, e, ref a, Unsafe.Add(ref k, 4));
        }

        for (int t = 20; t < 40; t += 5)
        {
            ref uint k = ref Unsafe.Add(ref w, t);
            Parity(a, ref b, c, d, ref e, k);
            Parity(e, ref a, b, c, ref d, Unsafe.Add(ref k, 1));
            Parity(d, ref e, a, b, ref c, Unsafe.Add(ref k, 2));
            Parity(c, ref d, e, a, ref b, Unsafe.Add(ref k, 3));
            Parity(b, ref c, d, e, ref a, Unsafe.Add(ref k, 4));
        }

        for (int t = 40; t < 60; t += 5)
        {
            ref uint k = ref Unsafe.Add(ref w, t);
            Majority(a, ref b, c, d, ref e, k);
            Majority(e, ref a, b, c, ref d, Unsafe.Add(ref k, 1));
            Majority(d, ref e, a, b, ref c, Unsafe.Add(ref k, 2));
            Majority(c, ref d, e, a, ref b, Unsafe.Add(ref k, 3));
            Majority(b, ref c, d, e, ref a, Unsafe.Add(ref k, 4));
        }

        for (int t = 60; t < ScheduleWords; t += 5)
        {
            ref uint k = ref Unsafe.Add(ref w, t);
            Parity(a, ref b, c, d, ref e, k);
            Parity(e, ref a, b, c, ref d, Unsafe.Add(ref k, 1));
            Parity(d, ref e, a, b, ref c, Unsafe.Add(ref k, 2));
            Parity(c, ref d, e, a, ref b, Unsafe.Add(ref k, 3));
            Parity(b, ref c, d, e, ref a, Unsafe.Add(ref k, 4));
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }

    // Sums where the parts have no common bit: two additions can run beside each other, which an OR in between would forbid.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choose(uint a, ref uint b, uint c, uint d, ref uint e, uint w)
    {
        e += w + (b & c) + (~b & d) + BitOperations.RotateLeft(a, 5);
        b = BitOperations.RotateLeft(b, 30);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Parity(uint a, ref uint b, uint c, uint d, ref uint e, uint w)
    {
        e += w + (b ^ c ^ d) + BitOperations.RotateLeft(a, 5);
        b = BitOperations.RotateLeft(b, 30);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Majority(uint a, ref uint b, uint c, uint d, ref uint e, uint w)
    {
        e += w + (b & c) + (d & (b ^ c)) + BitOperations.RotateLeft(a, 5);
        b = BitOperations.RotateLeft(b, 30);
    }
}
