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
            await stream.WriteAsync(_buffer.WrittenMemory, both.Token);
            if (!flags.HasFlag(WriteFlags.BufferHint))
            {
                await stream.FlushAsync(both.Token);
            }
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
