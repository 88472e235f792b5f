using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Grpc.Protocol;

/// <summary>
/// Reads length-prefixed messages (PROTOCOL-HTTP2, Length-Prefixed-Message) from a pipe and parses them in place. A message that is too large is refused by
/// its length, before its bytes are waited for; a compressed one also as soon as it has grown too large. One read at a time.
/// </summary>
/// <param name="input">The bytes of the stream.</param>
/// <param name="maxBytes">Largest message, inflated.</param>
/// <param name="compression">How compressed messages are compressed; null when they must not be.</param>
internal sealed class MessageReader(PipeReader input, int maxBytes, ICompressionProvider? compression) : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;
    private bool _atEnd;

    /// <inheritdoc/>
    public override int PayloadLength => (int)_payload.Length;

    /// <inheritdoc/>
    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    /// <inheritdoc/>
    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>The next message; null when there is none any more.</summary>
    /// <exception cref="RpcException">The bytes are no message that can be taken.</exception>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellation)
        where T : class
    {
        while (!_atEnd)
        {
            ReadResult result = await input.ReadAsync(cancellation);
            if (TryTake(result, deserializer, out T? message))
            {
                return message;
            }
        }

        return null;
    }

    /// <summary>The one message of a call that has one.</summary>
    /// <exception cref="RpcException">There is none, there are more, or it cannot be taken.</exception>
    public async ValueTask<T> ReadSingleAsync<T>(Func<DeserializationContext, T> deserializer, CancellationToken cancellation)
        where T : class
    {
        T message = await ReadAsync(deserializer, cancellation) ?? throw Malformed("The stream ended without a message.");
        if (!_atEnd && await ReadAsync(deserializer, cancellation) is not null)
        {
            throw Malformed("There is more than one message in a stream that has one.");
        }

        return message;
    }

    private static RpcException Malformed(string detail) => new(new Status(StatusCode.Internal, detail));

    private bool TryTake<T>(in ReadResult result, Func<DeserializationContext, T> deserializer, out T? message)
        where T : class
    {
        if (result.IsCanceled)
        {
            throw new OperationCanceledException();
        }

        ReadOnlySequence<byte> buffer = result.Buffer;
        message = null;
        if (!TryReadPrefix(buffer, out bool isCompressed, out int length))
        {
            if (!result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start, buffer.End);
                return false;
            }

            bool isEmpty = buffer.IsEmpty;
            input.AdvanceTo(buffer.End);
            _atEnd = true;
            return isEmpty ? true : throw Malformed("The stream ended within a message.");
        }

        if (buffer.Length - GrpcLimits.MessagePrefixBytes < length)
        {
            input.AdvanceTo(buffer.Start, buffer.End);
            return result.IsCompleted ? throw Malformed("The stream ended within a message.") : false;
        }

        ReadOnlySequence<byte> payload = buffer.Slice(GrpcLimits.MessagePrefixBytes, length);
        message = isCompressed ? Inflate(payload, deserializer) : Parse(payload, deserializer);
        _atEnd = result.IsCompleted && buffer.Length == GrpcLimits.MessagePrefixBytes + length;
        input.AdvanceTo(payload.End);
        return true;
    }

    private bool TryReadPrefix(in ReadOnlySequence<byte> buffer, out bool isCompressed, out int length)
    {
        isCompressed = false;
        length = 0;
        if (buffer.Length < GrpcLimits.MessagePrefixBytes)
        {
            return false;
        }

        ReadOnlySpan<byte> prefix = buffer.FirstSpan;
        if (prefix.Length < GrpcLimits.MessagePrefixBytes)
        {
            prefix = Gather(buffer);
        }

        if (prefix[0] > 1)
        {
            throw Malformed($"The compressed flag of a message is 0 or 1, not {prefix[0]}.");
        }

        isCompressed = prefix[0] == 1;
        if (isCompressed && compression is null)
        {
            throw Malformed("A message is compressed, but grpc-encoding names no compression.");
        }

        uint announced = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (announced > (uint)maxBytes)
        {
            throw TooLarge($"A message of {announced} bytes is larger than the {maxBytes} that are taken: give it in several smaller ones.");
        }

        length = (int)announced;
        return true;
    }

    private static byte[] Gather(in ReadOnlySequence<byte> buffer) => buffer.Slice(0, GrpcLimits.MessagePrefixBytes).ToArray();

    private static RpcException TooLarge(string detail) => new(new Status(StatusCode.ResourceExhausted, detail));

    private T Parse<T>(in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
        where T : class
    {
        _payload = payload;
        try
        {
            return deserializer(this);
        }
        catch (Exception e) when (e is not RpcException)
        {
            // Whatever a marshaller throws at wrong bytes: the status codes' page gives INTERNAL to what cannot be parsed.
            throw new RpcException(new Status(StatusCode.Internal, "A message can't be read.", e));
        }
        finally
        {
            _payload = default;
        }
    }

    private T Inflate<T>(in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
        where T : class
    {
        using PooledBuffer inflated = new();
        try
        {
            using SequenceStream source = new(payload);
            using Stream inflater = compression!.CreateDecompressionStream(source);
            Span<byte> probe = stackalloc byte[1];
            while (true)
            {
                // At the bound one byte more is asked for, which tells a message of just that size from a larger one.
                int room = maxBytes - inflated.Length;
                Span<byte> target = room == 0 ? probe : inflated.GetSpan(Math.Min(GrpcLimits.FirstInflateBytes, room));
                int read = inflater.Read(target[..Math.Min(target.Length, Math.Max(room, 1))]);
                if (read == 0)
                {
                    break;
                }

                if (room == 0)
                {
                    throw TooLarge($"A compressed message is larger than the {maxBytes} bytes that are taken.");
                }

                inflated.Advance(read);
            }
        }
        catch (InvalidDataException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, "A compressed message can't be inflated.", e));
        }

        return Parse(new ReadOnlySequence<byte>(inflated.Written), deserializer);
    }
}
