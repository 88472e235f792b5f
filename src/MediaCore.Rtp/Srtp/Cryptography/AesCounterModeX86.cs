using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using AesRound = System.Runtime.Intrinsics.X86.Aes;

namespace MediaCore.Rtp.Srtp.Cryptography;

/// <summary>
/// <see cref="AesCounterMode"/> by the AES instructions of x86. Eight blocks are under way at a time: a round takes four cycles, and two can begin in each.
/// </summary>
internal sealed class AesCounterModeX86 : AesCounterMode
{
    private const int MaxRounds = 14;

    private readonly Vector128<byte>[] _roundKeys = GC.AllocateArray<Vector128<byte>>(MaxRounds + 1, pinned: true);
    private readonly int _rounds;

    /// <summary>Expands the key, FIPS 197 §5.2.</summary>
    public AesCounterModeX86(ReadOnlySpan<byte> key)
    {
        int keyWords = key.Length / 4;
        if (key.Length is not (16 or 24 or 32))
        {
            throw new ArgumentException("An AES key has 16, 24 or 32 bytes.", nameof(key));
        }

        _rounds = keyWords + 6;
        Span<uint> words = MemoryMarshal.Cast<Vector128<byte>, uint>(_roundKeys.AsSpan(0, _rounds + 1));
        MemoryMarshal.Cast<byte, uint>(key).CopyTo(words);
        uint roundConstant = 1;
        for (int i = keyWords; i < words.Length; i++)
        {
            uint word = words[i - 1];
            if (i % keyWords == 0)
            {
                // The words are as they lie in memory, so the rotation by a byte goes the other way, and the constant is in the lowest byte.
                word = SubstituteWord(uint.RotateRight(word, 8)) ^ roundConstant;
                roundConstant = (roundConstant << 1) ^ ((roundConstant >> 7) * 0x11b);
            }
            else if (keyWords > 6 && i % keyWords == 4)
            {
                word = SubstituteWord(word);
            }

            words[i] = words[i - keyWords] ^ word;
        }
    }

    /// <summary>Whether this machine has the instructions.</summary>
    public static bool IsSupported => AesRound.IsSupported && Ssse3.IsSupported && BitConverter.IsLittleEndian;

    /// <inheritdoc/>
    public override Vector128<byte> EncryptBlock(Vector128<byte> block)
    {
        ref Vector128<byte> keys = ref MemoryMarshal.GetArrayDataReference(_roundKeys);
        block ^= keys;
        int round = 1;
        for (; round < _rounds; round++)
        {
            block = AesRound.Encrypt(block, Unsafe.Add(ref keys, round));
        }

        return AesRound.EncryptLast(block, Unsafe.Add(ref keys, round));
    }

    /// <inheritdoc/>
    public override void Apply(Span<byte> data, Vector128<byte> counter)
    {
        // The counter is kept with its last word in the machine's order, so that adding a vector counts.
        Vector128<uint> next = Swap(counter.AsUInt32());
        ref byte position = ref MemoryMarshal.GetReference(data);
        int left = data.Length;
        while (left >= 8 * BlockBytes)
        {
            Apply8(ref position, next);
            next += Vector128.Create(0u, 0, 0, 8);
            position = ref Unsafe.Add(ref position, 8 * BlockBytes);
            left -= 8 * BlockBytes;
        }

        if (left >= 4 * BlockBytes)
        {
            Apply4(ref position, next);
            next += Vector128.Create(0u, 0, 0, 4);
            position = ref Unsafe.Add(ref position, 4 * BlockBytes);
            left -= 4 * BlockBytes;
        }

        if (left > 0)
        {
            ApplyRest(MemoryMarshal.CreateSpan(ref position, left), next);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_roundKeys.AsSpan()));

    [SkipLocalsInit]
    private void ApplyRest(Span<byte> rest, Vector128<uint> next)
    {
        Span<byte> padded = stackalloc byte[4 * BlockBytes];
        rest.CopyTo(padded);
        Apply4(ref MemoryMarshal.GetReference(padded), next);
        padded[..rest.Length].CopyTo(rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Apply8(ref byte data, Vector128<uint> next)
    {
        ref Vector128<byte> keys = ref MemoryMarshal.GetArrayDataReference(_roundKeys);
        Vector128<byte> key = keys;
        Vector128<byte> b0 = Block(next, 0) ^ key;
        Vector128<byte> b1 = Block(next, 1) ^ key;
        Vector128<byte> b2 = Block(next, 2) ^ key;
        Vector128<byte> b3 = Block(next, 3) ^ key;
        Vector128<byte> b4 = Block(next, 4) ^ key;
        Vector128<byte> b5 = Block(next, 5) ^ key;
        Vector128<byte> b6 = Block(next, 6) ^ key;
        Vector128<byte> b7 = Block(next, 7) ^ key;
        int round = 1;
        for (; round < _rounds; round++)
        {
            key = Unsafe.Add(ref keys, round);
            b0 = AesRound.Encrypt(b0, key);
            b1 = AesRound.Encrypt(b1, key);
            b2 = AesRound.Encrypt(b2, key);
            b3 = AesRound.Encrypt(b3, key);
            b4 = AesRound.Encrypt(b4, key);
            b5 = AesRound.Encrypt(b5, key);
            b6 = AesRound.Encrypt(b6, key);
            b7 = AesRound.Encrypt(b7, key);
        }

        key = Unsafe.Add(ref keys, round);
        Xor(ref data, 0, AesRound.EncryptLast(b0, key));
        Xor(ref data, 1, AesRound.EncryptLast(b1, key));
        Xor(ref data, 2, AesRound.EncryptLast(b2, key));
        Xor(ref data, 3, AesRound.EncryptLast(b3, key));
        Xor(ref data, 4, AesRound.EncryptLast(b4, key));
        Xor(ref data, 5, AesRound.EncryptLast(b5, key));
        Xor(ref data, 6, AesRound.EncryptLast(b6, key));
        Xor(ref data, 7, AesRound.EncryptLast(b7, key));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Apply4(ref byte data, Vector128<uint> next)
    {
        ref Vector128<byte> keys = ref MemoryMarshal.GetArrayDataReference(_roundKeys);
        Vector128<byte> key = keys;
        Vector128<byte> b0 = Block(next, 0) ^ key;
        Vector128<byte> b1 = Block(next, 1) ^ key;
        Vector128<byte> b2 = Block(next, 2) ^ key;
        Vector128<byte> b3 = Block(next, 3) ^ key;
        int round = 1;
        for (; round < _rounds; round++)
        {
            key = Unsafe.Add(ref keys, round);
            b0 = AesRound.Encrypt(b0, key);
            b1 = AesRound.Encrypt(b1, key);
            b2 = AesRound.Encrypt(b2, key);
            b3 = AesRound.Encrypt(b3, key);
        }

        key = Unsafe.Add(ref keys, round);
        Xor(ref data, 0, AesRound.EncryptLast(b0, key));
        Xor(ref data, 1, AesRound.EncryptLast(b1, key));
        Xor(ref data, 2, AesRound.EncryptLast(b2, key));
        Xor(ref data, 3, AesRound.EncryptLast(b3, key));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Xor(ref byte data, int block, Vector128<byte> keystream)
    {
        ref byte position = ref Unsafe.Add(ref data, block * BlockBytes);
        (Vector128.LoadUnsafe(ref position) ^ keystream).StoreUnsafe(ref position);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Block(Vector128<uint> next, uint index) => Swap(next + Vector128.Create(0u, 0, 0, index)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Swap(Vector128<uint> block) =>
        Ssse3.Shuffle(block.AsByte(), Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 14, 13, 12)).AsUInt32();

    // In a block of four equal columns the shifting of rows changes nothing, so the last round without a key is the S-box alone, without a table in memory.
    private static uint SubstituteWord(uint word) => AesRound.EncryptLast(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();
}
