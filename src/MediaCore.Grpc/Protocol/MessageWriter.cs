using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Protocol;

/// <summary>
/// Writes length-prefixed messages to a buffer writer. A message that says its length first, as generated code does, is written in place; one that does
/// not, or is compressed, goes through a rented buffer. One message at a time.
/// </summary>
/// <param name="output">Where the bytes go.</param>
/// <param name="maxBytes">Largest message, before it is compressed.</param>
internal sealed class MessageWriter(IBufferWriter<byte> output, int maxBytes) : SerializationContext
{
    private PooledBuffer? _buffer;
    private int _announced = -1;
    private bool _isCompressed;
    private bool _isComplete;
    private bool _isDirect;

    /// <summary>Compresses messages when it is set, unless they are written without; set before the first one.</summary>
    public ICompressionProvider? Compression { get; set; }

    /// <summary>How hard it tries.</summary>
    public CompressionLevel? Level { get; set; }

    /// <summary>Bytes written since whoever flushes set it to 0.</summary>
    public int UnsentBytes { get; set; }

    /// <summary>Whether a message broke off after its prefix was written: nothing sensible can follow it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Writes a message.</summary>
    /// <exception cref="RpcException">It is too large, or cannot be written.</exception>
    public void Write<T>(T message, Action<T, SerializationContext> serializer, bool mayCompress)
    {
        _announced = -1;
        _isComplete = false;
        _isCompressed = mayCompress && Compression is not null;
        try
        {
            serializer(message, this);
            if (!_isComplete)
            {
                throw new RpcException(new Status(StatusCode.Internal, "The marshaller has not completed its message."));
            }
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, "A message can't be written.", e));
        }
        finally
        {
            IsBroken |= _isDirect && !_isComplete;
            _isDirect = false;
            _buffer?.Dispose();
            _buffer = null;
        }
    }

    /// <inheritdoc/>
    public override void SetPayloadLength(int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        CheckLength(payloadLength);
        _announced = payloadLength;
    }

    /// <inheritdoc/>
    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_announced < 0 || _isCompressed)
        {
            return _buffer ??= new PooledBuffer();
        }

        if (!_isDirect)
        {
            _isDirect = true;
            WritePrefix(isCompressed: false, _announced);
        }

        return output;
    }

    /// <inheritdoc/>
    public override void Complete()
    {
        _isComplete = true;
        if (_buffer is not null)
        {
            WriteWhole(_buffer.Written.Span);
        }
    }

    /// <inheritdoc/>
    public override void Complete(byte[] payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        _isComplete = true;
        WriteWhole(payload);
    }

    private void WriteWhole(ReadOnlySpan<byte> payload)
    {
        CheckLength(payload.Length);
        if (!_isCompressed || payload.IsEmpty)
        {
            // Nothing can't be made smaller, and the framework's gzip makes no proper stream of it.
            WritePrefix(isCompressed: false, payload.Length);
            output.Write(payload);
            return;
        }

        using PooledBuffer compressed = new();
        using (BufferWriterStream target = new(compressed))
        using (Stream compressor = Compression!.CreateCompressionStream(target, Level))
        {
            compressor.Write(payload);
        }

        WritePrefix(isCompressed: true, compressed.Length);
        output.Write(compressed.Written.Span);
    }

    private void CheckLength(int length)
    {
        if (length > maxBytes)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"A message of {length} bytes is larger than the {maxBytes} that are sent."));
        }
    }

    private void WritePrefix(bool isCompressed, int length)
    {
        Span<byte> prefix = output.GetSpan(GrpcLimits.MessagePrefixBytes);
        prefix[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        output.Advance(GrpcLimits.MessagePrefixBytes);
        UnsentBytes += GrpcLimits.MessagePrefixBytes + length;
    }
}
