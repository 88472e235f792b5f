using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace MediaCore.Rtp.Srtp.Cryptography;

/// <summary>
/// <see cref="AesCounterMode"/> by <see cref="System.Security.Cryptography"/>, for a machine whose AES instructions the runtime doesn't offer us: counter blocks are laid
/// out and encrypted together. The platform's own implementation looks after the key and after constant time.
/// </summary>
internal sealed class AesCounterModePlatform : AesCounterMode
{
    private const int BlocksPerRun = 16;

    private readonly Aes _aes = Aes.Create();
    private readonly ICryptoTransform _encryptor;
    private readonly byte[] _blocks = GC.AllocateArray<byte>(BlocksPerRun * BlockBytes, pinned: true);

    /// <summary>Hands the key to the platform.</summary>
    public AesCounterModePlatform(ReadOnlySpan<byte> key)
    {
        _aes.Mode = CipherMode.ECB;
        _aes.Padding = PaddingMode.None;
        _aes.SetKey(key);
        _encryptor = _aes.CreateEncryptor();
    }

    /// <inheritdoc/>
    public override Vector128<byte> EncryptBlock(Vector128<byte> block)
    {
        block.CopyTo(_blocks);
        _encryptor.TransformBlock(_blocks, 0, BlockBytes, _blocks, 0);
        return Vector128.Create(_blocks);
    }

    /// <inheritdoc/>
    public override void Apply(Span<byte> data, Vector128<byte> counter)
    {
        uint count = BinaryPrimitives.ReverseEndianness(counter.AsUInt32()[3]);
        while (!data.IsEmpty)
        {
            int blocks = Math.Min(BlocksPerRun, (data.Length + BlockBytes - 1) / BlockBytes);
            for (int i = 0; i < blocks; i++)
            {
                counter.CopyTo(_blocks.AsSpan(i * BlockBytes));
                BinaryPrimitives.WriteUInt32BigEndian(_blocks.AsSpan((i * BlockBytes) + 12), count++);
            }

            _encryptor.TransformBlock(_blocks, 0, blocks * BlockBytes, _blocks, 0);
            int bytes = Math.Min(data.Length, blocks * BlockBytes);
            for (int i = 0; i < bytes; i++)
            {
                data[i] ^= _blocks[i];
            }

            data = data[bytes..];
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _encryptor.Dispose();
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_blocks);
    }
}
