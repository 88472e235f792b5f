using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller finds one message's bytes. They are valid until it returns.</summary>
public abstract class DeserializationContext
{
    /// <summary>Length of the message in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>A copy of the message's bytes.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotSupportedException("This context makes no copies.");

    /// <summary>The message's bytes in place.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotSupportedException("This context has no sequence.");
}
