using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Protocol;

namespace Grpc.Net.Client;

/// <summary>A way to a server over HTTP/2, of which a client makes many calls at once. Thread-safe; connects with the first call, and again when it must.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private static readonly TimeSpan s_pingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pingTimeout = TimeSpan.FromSeconds(20);

    private readonly HttpMessageInvoker _http;
    private readonly bool _ownsHttp;
    private readonly Uri _address;
    private readonly ConcurrentDictionary<string, Uri> _uris = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _shutdown = new();

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        if (options.HttpClient is not null && options.HttpHandler is not null)
        {
            throw new ArgumentException("A channel uses either a client or a handler.", nameof(options));
        }

        _address = address;
        MaxReceiveBytes = options.MaxReceiveMessageSize ?? Array.MaxLength;
        MaxSendBytes = options.MaxSendMessageSize ?? Array.MaxLength;
        ThrowsCancellation = options.ThrowOperationCanceledOnCancellation;
        Compression = [.. options.CompressionProviders ?? [new GzipCompressionProvider(System.IO.Compression.CompressionLevel.Fastest)]];
        AcceptEncoding = string.Join(',', Compression.Select(static p => p.EncodingName).Prepend(GrpcHeaders.Identity));
        bool isSecure = address.Scheme == Uri.UriSchemeHttps;
        ChannelSecurity security = ChannelSecurity.Of(options.Credentials);
        if (security.IsSecure is { } wanted && wanted != isSecure)
        {
            throw new InvalidOperationException($"The channel's credentials are {(wanted ? "" : "not ")}for TLS, its address {address.Scheme}: is {(isSecure ? "" : "not ")}.");
        }

        // A password must not be sent where everybody can read it, unless somebody says so.
        CallCredentials = isSecure || options.UnsafeUseInsecureChannelCallCredentials ? security.CallCredentials : [];
        MaySendCredentials = isSecure || options.UnsafeUseInsecureChannelCallCredentials;
        _ownsHttp = options.DisposeHttpClient || (options.HttpClient is null && options.HttpHandler is null);
        _http = options.HttpClient ?? new HttpMessageInvoker(options.HttpHandler ?? CreateHandler(), disposeHandler: _ownsHttp);
    }

    internal int MaxReceiveBytes { get; }

    internal int MaxSendBytes { get; }

    internal bool ThrowsCancellation { get; }

    internal IReadOnlyList<ICompressionProvider> Compression { get; }

    internal string AcceptEncoding { get; }

    internal IReadOnlyList<AsyncAuthInterceptor> CallCredentials { get; }

    internal bool MaySendCredentials { get; }

    internal CancellationToken Shutdown => _shutdown.Token;

    /// <summary>A channel to an address, as <c>http://127.0.0.1:50051</c> (HTTP/2 with prior knowledge) or <c>https://…</c>.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>The same with options.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    /// <summary>A channel to an address.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>The same with options.</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps
            ? new GrpcChannel(address, channelOptions)
            : throw new ArgumentException("The address of a channel begins with http:// or https://.", nameof(address));
    }

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker() => new HttpCallInvoker(this);

    /// <summary>Ends the channel; calls that go on are cancelled.</summary>
    public void Dispose()
    {
        if (_shutdown.IsCancellationRequested)
        {
            return;
        }

        _shutdown.Cancel();
        if (_ownsHttp)
        {
            _http.Dispose();
        }
    }

    /// <summary>The full URI of a method, made once.</summary>
    internal Uri GetUri(IMethod method) => _uris.GetOrAdd(method.FullName, static (path, address) => new Uri(address, path), _address);

    internal string GetServiceUrl(IMethod method) => $"{_address.Scheme}://{_address.Authority}/{method.ServiceName}";

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_shutdown.IsCancellationRequested, this);
        return _http is HttpClient client ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation) : _http.SendAsync(request, cancellation);
    }

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }

    private static SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        EnableMultipleHttp2Connections = true,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        // Finds a dead server within 50 s while calls go on.
        KeepAlivePingDelay = s_pingDelay,
        KeepAlivePingTimeout = s_pingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };
}
