using System.Net;

namespace Grpc.Net.Client;

/// <summary>The requests of a call with many: lends the stream out to the writer until there are no more, or the call is over.</summary>
internal sealed class StreamingContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The stream, as soon as there is one.</summary>
    public Task<Stream> Stream => _stream.Task;

    /// <summary>No more requests.</summary>
    public void Complete() => _end.TrySetResult();

    /// <summary>The call is over: nothing more can be written.</summary>
    public void End(Exception reason)
    {
        if (_stream.TrySetException(reason))
        {
            _ = _stream.Task.Exception;
        }

        _end.TrySetResult();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The headers go out with the first flush; the server must see the call before there is a message.
        await stream.FlushAsync(cancellationToken);
        _stream.TrySetResult(stream);
        await _end.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
