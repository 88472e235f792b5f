using System.IO.Pipelines;
using System.Net;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Protocol;

namespace Grpc.Net.Client;

/// <summary>
/// One call over a channel: the request goes out, the response's headers are looked at, messages are read, the status is found. It ends once, with a status,
/// whatever comes first: the trailers, an error, its deadline, its caller.
/// </summary>
internal sealed class ClientCall<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly string? _host;
    private readonly CallOptions _options;
    private readonly DateTime _deadline;
    private readonly ICompressionProvider? _compression;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly List<CancellationTokenRegistration> _registrations = [];
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private StreamingContent? _streaming;
    private HttpResponseMessage? _response;
    private MessageReader? _reader;
    private Task _started = Task.CompletedTask;
    private bool _deadlinePassed;
    private RpcException? _failure;
    private Metadata? _trailers;
    private Status? _status;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _host = host;
        _options = options;
        _deadline = ReadDeadline(options);
        _compression = FindRequestCompression();
    }

    public static Func<object, Task<Metadata>> Headers { get; } = static state => ((ClientCall<TRequest, TResponse>)state)._headers.Task;

    public static Func<object, Status> Status { get; } = static state => ((ClientCall<TRequest, TResponse>)state).GetStatus();

    public static Func<object, Metadata> Trailers { get; } = static state => ((ClientCall<TRequest, TResponse>)state).GetTrailers();

    public static Action<object> End { get; } = static state => ((ClientCall<TRequest, TResponse>)state).Finish(new Status(StatusCode.Cancelled, "The call was disposed."), null);

    public CancellationToken Token => _cancellation.Token;

    public WriteOptions? WriteOptions => _options.WriteOptions;

    public ICompressionProvider? Compression => _compression;

    public int MaxSendBytes => _channel.MaxSendBytes;

    public Action<TRequest, SerializationContext> Serializer => _method.RequestMarshaller.ContextualSerializer;

    /// <summary>Begins a call with one request.</summary>
    public void Start(TRequest request)
    {
        _started = SendAsync(() =>
        {
            MessageContent content = new();
            new MessageWriter(content.Buffer, _channel.MaxSendBytes) { Compression = _compression }
                .Write(request, Serializer, _options.WriteOptions is null || !_options.WriteOptions.Flags.HasFlag(WriteFlags.NoCompress));
            return content;
        });
    }

    /// <summary>Begins a call with many.</summary>
    public ClientStreamWriter<TRequest, TResponse> Start()
    {
        _streaming = new StreamingContent();
        _started = SendAsync(() => _streaming);
        return new ClientStreamWriter<TRequest, TResponse>(this, _streaming);
    }

    /// <summary>The one response of a method that has one.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        TResponse? response = await ReadAsync(CancellationToken.None);
        if (response is null)
        {
            throw Finish(new Status(StatusCode.Internal, "The server ended the call with OK and without a response."), null, force: true)!;
        }

        if (await ReadAsync(CancellationToken.None) is not null)
        {
            throw Finish(new Status(StatusCode.Internal, "The server sent more than one response."), null)!;
        }

        return response;
    }

    /// <summary>The next response; null when the call ended with OK.</summary>
    /// <exception cref="RpcException">It ended otherwise.</exception>
    public async Task<TResponse?> ReadAsync(CancellationToken cancellation)
    {
        await _started;
        if (_status is null)
        {
            try
            {
                // A read that is given up ends the call: what it has read half of cannot be read again.
                await using CancellationTokenRegistration registration = cancellation.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _cancellation);
                TResponse? message = await _reader!.ReadAsync(_method.ResponseMarshaller.ContextualDeserializer, _cancellation.Token);
                if (message is not null)
                {
                    return message;
                }

                ReadStatus(_response!.TrailingHeaders);
            }
            catch (Exception e)
            {
                Finish(StatusOf(e), null);
            }
        }

        return _failure is null ? null : throw Failure();
    }

    /// <summary>What a writer throws when it cannot write.</summary>
    public Exception FailWrite(Exception cause)
    {
        if (cause is OperationCanceledException or IOException or ObjectDisposedException && _status is null && !_cancellation.IsCancellationRequested)
        {
            // A server that ends a call takes no more of it: why is said by its trailers, which the reader comes to, as to a connection that is lost.
            return new RpcException(new Status(StatusCode.Cancelled, "The server takes no more messages of the call; its status comes with the responses.", cause));
        }

        Finish(StatusOf(cause), null);
        return _failure is null ? new InvalidOperationException("The call is over.") : Failure();
    }

    private static DateTime ReadDeadline(CallOptions options)
    {
        DateTime deadline = options.Deadline ?? DateTime.MaxValue;
        if (deadline.Kind != DateTimeKind.Utc && deadline != DateTime.MaxValue && deadline != DateTime.MinValue)
        {
            throw new InvalidOperationException("The deadline of a call is UTC.");
        }

        return options.PropagationToken is { } token && token.Deadline < deadline ? token.Deadline : deadline;
    }

    private ICompressionProvider? FindRequestCompression()
    {
        string? wanted = _options.Headers?.GetValue(GrpcHeaders.EncodingRequest);
        return wanted is null or GrpcHeaders.Identity
            ? null
            : _channel.Compression.FirstOrDefault(p => p.EncodingName == wanted) ?? throw new InvalidOperationException($"The channel cannot compress with {wanted}: add it to CompressionProviders.");
    }

    private Status GetStatus() => _status ?? throw new InvalidOperationException("The call has not ended yet.");

    private Metadata GetTrailers() => _trailers ?? (_status is null ? throw new InvalidOperationException("The call has not ended yet.") : Metadata.Empty);

    private async Task SendAsync(Func<HttpContent> makeContent)
    {
        try
        {
            TimeSpan? timeout = StartTimer();
            Register(_options.CancellationToken);
            Register(_options.PropagationToken?.CancellationToken ?? CancellationToken.None);
            Register(_channel.Shutdown);
            _cancellation.Token.ThrowIfCancellationRequested();
            HttpContent content = makeContent();
            Metadata credentials = await GetCredentialsAsync();
            HttpResponseMessage response = await ConnectAsync(content, credentials, timeout);
            lock (_gate)
            {
                _response = response;
                if (_status is not null)
                {
                    response.Dispose();
                    return;
                }
            }

            await TakeResponseAsync(response);
        }
        catch (Exception e)
        {
            Finish(StatusOf(e), null);
        }
    }

    private TimeSpan? StartTimer()
    {
        if (_deadline == DateTime.MaxValue)
        {
            return null;
        }

        TimeSpan left = _deadline - DateTime.UtcNow;
        if (left <= TimeSpan.Zero)
        {
            PassDeadline();
        }
        else if (left <= GrpcLimits.MaxTimer)
        {
            _timer = TimeProvider.System.CreateTimer(static state => ((ClientCall<TRequest, TResponse>)state!).PassDeadline(), this, left, Timeout.InfiniteTimeSpan);
        }

        return left;
    }

    private void PassDeadline()
    {
        _deadlinePassed = true;
        _cancellation.Cancel();
    }

    private void Register(CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            CancellationTokenRegistration registration = token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _cancellation);
            lock (_gate)
            {
                _registrations.Add(registration);
            }
        }
    }

    private async Task<Metadata> GetCredentialsAsync()
    {
        if (_options.Credentials is null && _channel.CallCredentials.Count == 0)
        {
            return Metadata.Empty;
        }

        Metadata credentials = [];
        AuthInterceptorContext context = new(_channel.GetServiceUrl(_method), _method.Name, _cancellation.Token);
        IEnumerable<AsyncAuthInterceptor> ofCall = _options.Credentials is null || !_channel.MaySendCredentials ? [] : ChannelSecurity.InterceptorsOf(_options.Credentials);
        foreach (AsyncAuthInterceptor interceptor in _channel.CallCredentials.Concat(ofCall))
        {
            await interceptor(context, credentials);
        }

        return credentials;
    }

    /// <summary>Sends the request; a call that waits for its server tries again while there is none.</summary>
    private async Task<HttpResponseMessage> ConnectAsync(HttpContent content, Metadata credentials, TimeSpan? timeout)
    {
        TimeSpan pause = GrpcClientLimits.FirstRetryDelay;
        while (true)
        {
            HttpRequestMessage request = ClientRequest.Create(_channel.GetUri(_method), content, timeout, _channel.AcceptEncoding, _compression?.EncodingName);
            if (_host is not null)
            {
                request.Headers.Host = _host;
            }

            ClientRequest.Append(request, _options.Headers);
            ClientRequest.Append(request, credentials);
            try
            {
                return await _channel.SendAsync(request, _cancellation.Token);
            }
            catch (HttpRequestException e) when (_options.IsWaitForReady && e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
            {
                await Task.Delay(pause, _cancellation.Token);
                pause = pause * 2 < GrpcClientLimits.MaxRetryDelay ? pause * 2 : GrpcClientLimits.MaxRetryDelay;
                timeout = _deadline == DateTime.MaxValue ? null : _deadline - DateTime.UtcNow;
            }
        }
    }

    private async Task TakeResponseAsync(HttpResponseMessage response)
    {
        Metadata headers = ClientRequest.ReadMetadata(response.Headers);
        if (response.Headers.Contains(GrpcHeaders.Status))
        {
            // Trailers-Only: the headers are the trailers.
            _headers.TrySetResult(headers);
            ReadStatus(response.Headers);
            return;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            Finish(new Status(StatusMapping.FromHttp(response.StatusCode), $"The server answered with HTTP status {(int)response.StatusCode}."), null);
            return;
        }

        string? contentType = response.Content.Headers.ContentType?.MediaType;
        if (!GrpcHeaders.IsGrpc(contentType))
        {
            Finish(new Status(StatusCode.Unknown, $"The content type of the response is {contentType ?? "missing"}."), null);
            return;
        }

        string? encoding = ClientRequest.Find(response.Headers, GrpcHeaders.Encoding);
        ICompressionProvider? compression = null;
        if (encoding is not null and not GrpcHeaders.Identity)
        {
            compression = _channel.Compression.FirstOrDefault(p => p.EncodingName == encoding);
            if (compression is null)
            {
                Finish(new Status(StatusCode.Internal, $"The server compresses with {encoding}; known here are {_channel.AcceptEncoding}."), null);
                return;
            }
        }

        Stream stream = await response.Content.ReadAsStreamAsync(_cancellation.Token);
        _reader = new MessageReader(PipeReader.Create(stream, new StreamPipeReaderOptions(useZeroByteReads: true)), _channel.MaxReceiveBytes, compression);
        _headers.TrySetResult(headers);
    }

    private void ReadStatus(System.Net.Http.Headers.HttpHeaders headers)
    {
        string? text = ClientRequest.Find(headers, GrpcHeaders.Status);
        if (text is null || !StatusText.TryParse(text, out StatusCode code))
        {
            Finish(new Status(StatusCode.Unknown, "The server sent no grpc-status."), ClientRequest.ReadMetadata(headers));
            return;
        }

        string detail = StatusMessage.Decode(ClientRequest.Find(headers, GrpcHeaders.Message) ?? "");
        Finish(new Status(code, detail), ClientRequest.ReadMetadata(headers));
    }

    private Status StatusOf(Exception exception)
    {
        if (_deadlinePassed)
        {
            return new Status(StatusCode.DeadlineExceeded, "The deadline has passed.", exception);
        }

        return exception switch
        {
            RpcException rpc => rpc.Status,
            _ when _cancellation.IsCancellationRequested => new Status(StatusCode.Cancelled, "The call was cancelled.", exception),
            OperationCanceledException => new Status(StatusCode.Cancelled, "The call was cancelled.", exception),
            _ => StatusMapping.FromException(exception),
        };
    }

    private RpcException? Finish(Status status, Metadata? trailers, bool force = false)
    {
        lock (_gate)
        {
            if (_status is not null && !(force && _failure is null))
            {
                return _failure;
            }

            // A server or a proxy may have noticed the deadline first.
            if (status.StatusCode == StatusCode.Cancelled && _deadline <= DateTime.UtcNow)
            {
                status = new Status(StatusCode.DeadlineExceeded, "The deadline has passed.", status.DebugException);
                trailers = null;
            }

            _status = status;
            _trailers = trailers;
            _failure = status.StatusCode == StatusCode.OK ? null : new RpcException(status, trailers ?? Metadata.Empty);
        }

        _timer?.Dispose();
        foreach (CancellationTokenRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        if (_failure is null)
        {
            _headers.TrySetResult(Metadata.Empty);
        }
        else if (_headers.TrySetException(Failure()))
        {
            // Whoever does not ask for the headers must not be told of them as an unobserved exception.
            _ = _headers.Task.Exception;
        }

        _streaming?.End(_failure ?? new RpcException(status));
        if (status.StatusCode != StatusCode.OK && trailers is null)
        {
            // The stream is in the middle of something: end it for the server too.
            _cancellation.Cancel();
        }

        _response?.Dispose();
        return _failure;
    }

    private Exception Failure() => _channel.ThrowsCancellation && _failure!.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded && _cancellation.IsCancellationRequested
        ? new OperationCanceledException(_failure!.Message, _failure)
        : _failure!;
}
