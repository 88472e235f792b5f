using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MediaCore.Rtp.Srtp.Cryptography;

/// <summary>
/// HMAC-SHA1 (RFC 2104) under one key. The two blocks that hold the key alone are hashed once, so that a packet costs its own blocks and one more. Nothing is
/// allocated per call; the states lie in pinned memory, so that <see cref="Dispose"/> wipes the only copy.
/// </summary>
internal sealed class HmacSha1 : IDisposable
{
    /// <summary>Bytes of the result.</summary>
    public const int Bytes = 20;

    private const int LengthBytes = 8;

    private readonly Sha1State[] _states = GC.AllocateArray<Sha1State>(2, pinned: true);
    private readonly bool _platform;

    /// <summary>Hashes the key's blocks.</summary>
    /// <param name="key">At most 64 bytes; SRTP's are 20.</param>
    public HmacSha1(ReadOnlySpan<byte> key)
        : this(key, Sha1PlatformBlock.IsSupported)
    {
    }

    /// <summary>The same with a chosen block function, for tests and measurements.</summary>
    internal HmacSha1(ReadOnlySpan<byte> key, bool platform)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, Sha1Block.Bytes, nameof(key));
        _platform = platform;
        Span<byte> block = stackalloc byte[Sha1Block.Bytes];
        for (int i = 0; i < _states.Length; i++)
        {
            block.Fill(i == 0 ? (byte)0x36 : (byte)0x5c);
            for (int j = 0; j < key.Length; j++)
            {
                block[j] ^= key[j];
            }

            _states[i].Start();
            Process(ref _states[i], block);
        }

        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>Whether the platform's block function is in use.</summary>
    public bool UsesPlatform => _platform;

    /// <summary>The code of the data followed by the four bytes of a word.</summary>
    /// <param name="data">What stands in the packet.</param>
    /// <param name="trailer">Hashed after the data, big-endian: the rollover counter, RFC 3711 §4.2.</param>
    /// <param name="mac">The whole code, <see cref="Bytes"/> bytes; what a tag doesn't need is cut off by the caller.</param>
    public void Compute(ReadOnlySpan<byte> data, uint trailer, Span<byte> mac) => Compute(data, trailer, sizeof(uint), mac);

    /// <summary>The code of the data.</summary>
    public void Compute(ReadOnlySpan<byte> data, Span<byte> mac) => Compute(data, 0, 0, mac);

    /// <summary>Wipes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_states.AsSpan()));

    [SkipLocalsInit]
    private void Compute(ReadOnlySpan<byte> data, uint trailer, int trailerBytes, Span<byte> mac)
    {
        Unsafe.SkipInit(out Sha1State state);
        Copy(in _states[0], ref state);
        int whole = data.Length & ~(Sha1Block.Bytes - 1);
        Process(ref state, data[..whole]);

        // What is left, the trailer, the bit that ends the text, and the length of everything in bits: one block or two.
        Span<byte> last = stackalloc byte[2 * Sha1Block.Bytes];
        int left = data.Length - whole;
        data[whole..].CopyTo(last);
        BinaryPrimitives.WriteUInt32BigEndian(last[left..], trailer);
        left += trailerBytes;
        last[left] = 0x80;
        int lastBytes = left + 1 + LengthBytes <= Sha1Block.Bytes ? Sha1Block.Bytes : 2 * Sha1Block.Bytes;
        last[(left + 1)..(lastBytes - LengthBytes)].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(last[(lastBytes - LengthBytes)..], (ulong)(Sha1Block.Bytes + data.Length + trailerBytes) * 8);
        Process(ref state, last[..lastBytes]);

        Span<byte> outer = last[..Sha1Block.Bytes];
        Write(in state, outer);
        outer[Bytes] = 0x80;
        outer[(Bytes + 1)..(Sha1Block.Bytes - LengthBytes)].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(outer[(Sha1Block.Bytes - LengthBytes)..], (Sha1Block.Bytes + Bytes) * 8);
        Copy(in _states[1], ref state);
        Process(ref state, outer);
        Write(in state, mac);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Process(ref Sha1State state, ReadOnlySpan<byte> blocks)
    {
        if (_platform)
        {
            Sha1PlatformBlock.Process(ref state, blocks);
        }
        else
        {
            Sha1Block.Process(ref state, blocks);
        }
    }

    private static void Copy(in Sha1State from, ref Sha1State to)
    {
        for (int i = 0; i < Sha1State.Words; i++)
        {
            to[i] = from[i];
        }
    }

    private static void Write(in Sha1State state, Span<byte> dest)
    {
        for (int i = 0; i < Sha1State.Words; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(dest[(i * 4)..], state[i]);
        }
    }
}
