using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// Unguessable identifiers of one shard: tags, branches, Call-IDs (RFC 3261 §19.3 wants 32 bits of cryptographic randomness in a tag; we
/// give 64). Draws from the system's generator in blocks. Owned by its shard.
/// </summary>
internal sealed class IdentifierSource
{
    private readonly byte[] _block = new byte[1024];
    private int _used = 1024;

    /// <summary>Hex digits of <see cref="WriteTag"/>.</summary>
    public const int TagBytes = 16;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        if (_used + 8 > _block.Length)
        {
            RandomNumberGenerator.Fill(_block);
            _used = 0;
        }

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(_block.AsSpan(_used));
        _used += 8;
        return value;
    }

    /// <summary>Writes 16 random hex digits.</summary>
    public void WriteTag(Span<byte> destination) => WriteHex(Next(), destination[..TagBytes]);

    /// <summary>Writes <paramref name="value"/> in as many hex digits as <paramref name="destination"/> has bytes.</summary>
    public static void WriteHex(ulong value, Span<byte> destination) =>
        Utf8Formatter.TryFormat(value, destination, out _, new System.Buffers.StandardFormat('x', (byte)destination.Length));
}
