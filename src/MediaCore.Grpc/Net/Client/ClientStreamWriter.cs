using System.Buffers;
using Grpc.Core;
using Grpc.Protocol;

namespace Grpc.Net.Client;

/// <summary>The requests of a call with many. Waits until HTTP/2's flow control lets each one out.</summary>
internal sealed class ClientStreamWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, StreamingContent content) : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    // Grows to the largest request of the call and goes with it.
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private int _writing;
    private bool _isComplete;

    public WriteOptions? WriteOptions { get; set; } = call.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        Enter();
        try
        {
            WriteFlags flags = WriteOptions?.Flags ?? default;
            Stream stream = await content.Stream;
            new MessageWriter(_buffer, call.MaxSendBytes) { Compression = call.Compression }.Write(message, call.Serializer, !flags.HasFlag(WriteFlags.NoCompress));
            using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(call.Token, cancellationToken);
            await SendAsync(stream, !flags.HasFlag(WriteFlags.BufferHint), both.Token);
        }
        catch (Exception e)
        {
            throw call.FailWrite(e);
        }
        finally
        {
            _buffer.ResetWrittenCount();
            _writing = 0;
        }
    }

    public Task CompleteAsync()
    {
        Enter();
        _isComplete = true;
        _writing = 0;
        content.Complete();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Hands the request to the HTTP client. What that throws is a stream that takes no more, whatever the type of it: one that the server resets while it is written to ends in a NullReferenceException of
    /// Http2Stream.SendDataAsync now and then (.NET 10.0.12), and the server's status would be lost by it.
    /// </summary>
    private async Task SendAsync(Stream stream, bool flushes, CancellationToken cancellation)
    {
        try
        {
            await stream.WriteAsync(_buffer.WrittenMemory, cancellation);
            if (flushes)
            {
                await stream.FlushAsync(cancellation);
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or IOException))
        {
            throw new IOException("The stream takes no more requests.", e);
        }
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _writing, 1) != 0)
        {
            throw new InvalidOperationException("One request at a time: the task of the last write is not done.");
        }

        if (_isComplete)
        {
            _writing = 0;
            throw new InvalidOperationException("There are no more requests in this call: it was completed.");
        }
    }
}
