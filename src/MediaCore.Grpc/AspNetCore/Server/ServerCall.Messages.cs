using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Grpc.AspNetCore.Server;

internal sealed partial class ServerCall
{
    /// <summary>Bytes that messages written with <see cref="WriteFlags.BufferHint"/> may wait with before they are sent nevertheless.</summary>
    private const int MaxUnsentBytes = 16 * 1024;

    // The call is open, somebody writes a message, or it is over.
    private const int Open = 0;
    private const int Writing = 1;
    private const int Ended = 2;

    // Error codes of RFC 9113 §7.
    private const int NoError = 0;
    private const int InternalError = 2;
    private const int Cancel = 8;

    private static readonly StringValues s_contentType = GrpcHeaders.ContentType;

    private MessageReader? _reader;
    private MessageWriter? _writer;
    private PipeWriter? _output;
    private int _phase;

    private MessageReader Reader => _reader ??= new MessageReader(_http.Request.BodyReader, _settings.MaxReceiveBytes, _requestCompression);

    private CancellationToken DeadlineToken => _deadline?.Token ?? CancellationToken.None;

    /// <summary>The one request of a method that has one.</summary>
    /// <exception cref="OperationCanceledException">The client is gone, or its time is over.</exception>
    /// <exception cref="RpcException">What it sent is not one message that can be taken.</exception>
    public async ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        try
        {
            T message = await Reader.ReadSingleAsync(marshaller.ContextualDeserializer, DeadlineToken);
            _counters.CountReceived();
            return message;
        }
        catch (IOException e)
        {
            throw Gone(e);
        }
    }

    /// <summary>The next request, or null.</summary>
    /// <inheritdoc cref="ReadSingleAsync" path="/exception"/>
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellation)
        where T : class
    {
        CancellationTokenSource? both = null;
        try
        {
            CancellationToken token = DeadlineToken;
            if (cancellation.CanBeCanceled && cancellation != token)
            {
                both = token.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, token) : null;
                token = both?.Token ?? cancellation;
            }

            T? message = await Reader.ReadAsync(marshaller.ContextualDeserializer, token);
            if (message is not null)
            {
                _counters.CountReceived();
            }

            return message;
        }
        catch (IOException e)
        {
            throw Gone(e);
        }
        finally
        {
            both?.Dispose();
        }
    }

    /// <summary>Writes the one response of a method that has one; it is sent together with the trailers. A call that failed has none.</summary>
    public async ValueTask WriteOnlyAsync<T>(T? message, Marshaller<T> marshaller)
        where T : class
    {
        if (_status.StatusCode != StatusCode.OK)
        {
            return;
        }

        if (message is null)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The handler returned no response."));
        }

        BeginWrite();
        try
        {
            await StartAsync();
            Put(message, marshaller, WriteOptionsCore);
        }
        finally
        {
            EndWrite();
        }
    }

    /// <summary>Writes a response and waits until Kestrel takes more, which is when the client does.</summary>
    public ValueTask WriteAsync<T>(T message, Marshaller<T> marshaller, WriteOptions? options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        BeginWrite();
        bool isPending = false;
        try
        {
            ValueTask started = StartAsync();
            if (!started.IsCompletedSuccessfully)
            {
                isPending = true;
                return FinishWriteAsync(started, message, marshaller, options, cancellation);
            }

            Put(message, marshaller, options);
            if (options is not null && options.Flags.HasFlag(WriteFlags.BufferHint) && _writer!.UnsentBytes < MaxUnsentBytes)
            {
                return ValueTask.CompletedTask;
            }

            _writer!.UnsentBytes = 0;
            ValueTask<FlushResult> flush = _output!.FlushAsync(GetFlushToken(cancellation));
            if (flush.IsCompletedSuccessfully)
            {
#pragma warning disable VSTHRD103, MA0042 // It is complete.
                CheckFlush(flush.Result);
#pragma warning restore VSTHRD103, MA0042
                return ValueTask.CompletedTask;
            }

            isPending = true;
            return FinishFlushAsync(flush);
        }
        finally
        {
            if (!isPending)
            {
                EndWrite();
            }
        }
    }

    /// <summary>Ends the call when its handler has returned or thrown.</summary>
    public void End()
    {
        switch (Interlocked.CompareExchange(ref _phase, Ended, Open))
        {
            case Open when _writer is { IsBroken: true }:
                Reset(InternalError);
                break;
            case Open:
                PutTrailers(FinalStatus);
                break;
            case Writing:
                GrpcServerLog.WriteNotAwaited(_settings.Logger, MethodCore);
                Reset(InternalError);
                break;
        }
    }

    /// <summary>Ends the call when its time is over and the handler goes on; the HTTP context stays in use until that returns.</summary>
    public async Task EndLateAsync()
    {
        switch (Interlocked.CompareExchange(ref _phase, Ended, Open))
        {
            case Open when _writer is { IsBroken: true }:
                Reset(InternalError);
                break;
            case Open:
                PutTrailers(FinalStatus);
                await _http.Response.CompleteAsync();
                // The client need not send the rest of its requests (PROTOCOL-HTTP2, Early Server Closure).
                Reset(NoError);
                break;
            case Writing:
                // A response is on its way, perhaps for ever; the trailers cannot overtake it.
                Reset(Cancel);
                break;
        }
    }

    /// <summary>How the call ends: after its deadline by that alone, whatever the handler came to.</summary>
    public Status FinalStatus => _deadline is { Passed.IsCompleted: true } ? new Status(StatusCode.DeadlineExceeded, "The deadline has passed.") : _status;

    /// <inheritdoc/>
    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        Core.Utils.GrpcPreconditions.CheckState(!_http.Response.HasStarted, "The response's headers are sent already.");
        BeginWrite();
        try
        {
            Append(_http.Response.Headers, responseHeaders);
            await StartAsync();
            CheckFlush(await _output!.FlushAsync(CancellationToken.None));
        }
        finally
        {
            EndWrite();
        }
    }

    private static void Append(IHeaderDictionary headers, Metadata metadata)
    {
        foreach (Metadata.Entry entry in metadata)
        {
            if (!GrpcHeaders.IsReserved(entry.Key))
            {
                headers.Append(entry.Key, MetadataHeaders.ToHeaderValue(entry));
            }
        }
    }

    private static void CheckFlush(in FlushResult result)
    {
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new OperationCanceledException("The client is gone.");
        }
    }

    /// <summary>A reset of the stream or the connection is how clients cancel; Kestrel's token may tell of it later than the read does.</summary>
    private static Exception Gone(IOException e) => e is BadHttpRequestException
        ? new RpcException(new Status(StatusCode.Internal, "The request's stream is broken.", e))
        : new OperationCanceledException("The client is gone.", e);

    /// <summary>
    /// Kestrel answers a cancelled flush with a reset of its own. The end of the call needs none: who has gone away takes no more, and a deadline resets the
    /// stream as the protocol wants it (<see cref="EndLateAsync"/>).
    /// </summary>
    private CancellationToken GetFlushToken(CancellationToken cancellation) => cancellation.CanBeCanceled && cancellation != CancellationTokenCore ? cancellation : CancellationToken.None;

    private async ValueTask FinishWriteAsync<T>(ValueTask started, T message, Marshaller<T> marshaller, WriteOptions? options, CancellationToken cancellation)
    {
        try
        {
            await started;
            Put(message, marshaller, options);
            _writer!.UnsentBytes = 0;
            CheckFlush(await _output!.FlushAsync(GetFlushToken(cancellation)));
        }
        finally
        {
            EndWrite();
        }
    }

    private async ValueTask FinishFlushAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            CheckFlush(await flush);
        }
        finally
        {
            EndWrite();
        }
    }

    private void BeginWrite()
    {
        switch (Interlocked.CompareExchange(ref _phase, Writing, Open))
        {
            case Writing:
                throw new InvalidOperationException("One response at a time: the task of the last write is not done.");
            case Ended:
                throw _deadline is { Passed.IsCompleted: true } ? new OperationCanceledException("The deadline has passed.") : new InvalidOperationException("The call is over.");
        }
    }

    /// <summary>Not when the deadline has ended the call meanwhile.</summary>
    private void EndWrite() => Interlocked.CompareExchange(ref _phase, Open, Writing);

    private void Put<T>(T message, Marshaller<T> marshaller, WriteOptions? options)
    {
        _writer!.Write(message, marshaller.ContextualSerializer, options is null || !options.Flags.HasFlag(WriteFlags.NoCompress));
        _counters.CountSent();
    }

    /// <summary>Makes the writer and has Kestrel make the response's headers, which it sends with the first flush or the end.</summary>
    private ValueTask StartAsync()
    {
        if (_writer is not null)
        {
            return ValueTask.CompletedTask;
        }

        HttpResponse response = _http.Response;
        response.Headers.ContentType = s_contentType;
        _output = response.BodyWriter;
        _writer = new MessageWriter(_output, _settings.MaxSendBytes);
        if (_settings.ResponseCompression is { } compression && TakesEncoding(compression.EncodingName))
        {
            response.Headers.GrpcEncoding = compression.EncodingName;
            _writer.Compression = compression;
            _writer.Level = _settings.ResponseLevel;
        }

        return new ValueTask(response.StartAsync(DeadlineToken));
    }

    private bool TakesEncoding(string name)
    {
        foreach (string? value in _http.Request.Headers.GrpcAcceptEncoding)
        {
            foreach (Range part in value.AsSpan().Split(','))
            {
                if (value.AsSpan(part).Trim(' ').Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Where no response has been started the trailers are the headers, in one frame that ends the stream (Trailers-Only).</summary>
    private void PutTrailers(Status status)
    {
        HttpResponse response = _http.Response;
        IHeaderDictionary headers;
        if (response.HasStarted)
        {
            headers = _http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        }
        else
        {
            headers = response.Headers;
            headers.ContentType = s_contentType;
        }

        headers.GrpcStatus = StatusText.Of(status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            headers.GrpcMessage = StatusMessage.Encode(status.Detail);
        }

        if (_trailers is { Count: > 0 })
        {
            Append(headers, _trailers);
        }
    }

    private void Reset(int errorCode)
    {
        if (_http.Features.Get<IHttpResetFeature>() is { } reset)
        {
            reset.Reset(errorCode);
        }
        else
        {
            _http.Abort();
        }
    }
}
