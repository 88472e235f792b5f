using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// Unguessable identifiers of one shard: tags, branches, Call-IDs (RFC 3261 §19.3 wants 32 bits of cryptographic randomness in a tag; we
/// give 64). Draws from the system's generator in blocks. Owned by its shard.
/// </summary>
internal sealed class IdentifierSource(int shard)
{
    private readonly byte[] _block = new byte[1024];
    private int _used = 1024;

    /// <summary>Hex digits of <see cref="WriteTag(Span{byte})"/>: the shard's number and 64 random bits.</summary>
    public const int TagBytes = 18;

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

    /// <summary>Writes a new tag of ours.</summary>
    public void WriteTag(Span<byte> destination) => WriteTag(Next(), destination);

    /// <summary>Writes a tag of ours with a given value.</summary>
    public void WriteTag(ulong value, Span<byte> destination)
    {
        WriteHex((ulong)shard, destination[..2]);
        WriteHex(value, destination[2..TagBytes]);
    }

    /// <summary>The shard that made a tag, or -1 when it is none of ours. Anybody may write such a tag: it says where to look, not what is found.</summary>
    public static int ReadShard(ReadOnlySpan<byte> tag) =>
        tag.Length == TagBytes && Utf8Parser.TryParse(tag[..2], out byte shard, out int used, 'x') && used == 2 ? shard : -1;

    /// <summary>Writes <paramref name="value"/> in as many hex digits as <paramref name="destination"/> has bytes.</summary>
    public static void WriteHex(ulong value, Span<byte> destination) =>
        Utf8Formatter.TryFormat(value, destination, out _, new System.Buffers.StandardFormat('x', (byte)destination.Length));
}
