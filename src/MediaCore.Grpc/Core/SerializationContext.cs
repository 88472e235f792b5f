using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller writes one message: either a whole array, or a length and then a buffer writer.</summary>
public abstract class SerializationContext
{
    /// <summary>Gives the whole message as an array.</summary>
    public virtual void Complete(byte[] payload) => throw new NotSupportedException("This context takes no arrays.");

    /// <summary>The writer for the message's bytes; <see cref="Complete()"/> follows.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException("This context has no buffer writer.");

    /// <summary>Says how many bytes the message will have; before <see cref="GetBufferWriter"/>.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>Says that all bytes are written.</summary>
    public virtual void Complete() => throw new NotSupportedException("This context has no buffer writer.");
}
