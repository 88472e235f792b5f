using System.Buffers;
using System.Net;

namespace Grpc.Net.Client;

/// <summary>The one request of a call. It may be sent again, so its bytes are kept.</summary>
internal sealed class MessageContent : HttpContent
{
    public ArrayBufferWriter<byte> Buffer { get; } = new();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => stream.WriteAsync(Buffer.WrittenMemory, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = Buffer.WrittenCount;
        return true;
    }
}
