using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// One call on Kestrel: what a handler sees of it (<see cref="ServerCallContext"/>), its messages, its end. The trailers are written once, by whoever comes
/// first: the handler's return or the deadline.
/// </summary>
internal sealed partial class ServerCall : ServerCallContext
{
    /// <summary>The key under which interceptors that wrap the context still find the HTTP context; the official packages use the same.</summary>
    public const string HttpContextKey = "__HttpContext";

    private readonly HttpContext _http;
    private readonly ServiceSettings _settings;
    private readonly IMethod _method;
    private readonly MethodCounters _counters;
    private CallDeadline? _deadline;
    private ICompressionProvider? _requestCompression;
    private Metadata? _requestHeaders;
    private Metadata? _trailers;
    private AuthContext? _authContext;
    private Dictionary<object, object>? _userState;
    private Status _status = Status.DefaultSuccess;

    public ServerCall(HttpContext http, IMethod method, ServiceSettings settings, MethodCounters counters)
    {
        _http = http;
        _method = method;
        _settings = settings;
        _counters = counters;
    }

    public HttpContext Http => _http;

    /// <summary>The client's time, when it gave one.</summary>
    public CallDeadline? Timed => _deadline;

    /// <inheritdoc/>
    protected override string MethodCore => _method.FullName;

    /// <inheritdoc/>
    protected override string HostCore => _http.Request.Host.Value ?? "";

    /// <inheritdoc/>
    protected override string PeerCore => _http.Connection.RemoteIpAddress switch
    {
        null => "unix:",
        { AddressFamily: AddressFamily.InterNetwork } address => $"ipv4:{address}:{_http.Connection.RemotePort}",
        { IsIPv4MappedToIPv6: true } address => $"ipv4:{address.MapToIPv4()}:{_http.Connection.RemotePort}",
        IPAddress address => $"ipv6:[{address}]:{_http.Connection.RemotePort}",
    };

    /// <inheritdoc/>
    protected override DateTime DeadlineCore => _deadline?.At ?? DateTime.MaxValue;

    /// <inheritdoc/>
    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    /// <inheritdoc/>
    protected override CancellationToken CancellationTokenCore => _deadline?.Token ?? _http.RequestAborted;

    /// <inheritdoc/>
    protected override Metadata ResponseTrailersCore => _trailers ??= [];

    /// <inheritdoc/>
    protected override Status StatusCore
    {
        get => _status;
        set => _status = value;
    }

    /// <inheritdoc/>
    protected override WriteOptions? WriteOptionsCore { get; set; }

    /// <inheritdoc/>
    protected override AuthContext AuthContextCore => _authContext ??= PeerCertificate.ToAuthContext(_http.Connection.ClientCertificate);

    /// <inheritdoc/>
    protected override IDictionary<object, object> UserStateCore => _userState ??= new Dictionary<object, object> { [HttpContextKey] = _http };

    /// <summary>Looks at what the client asks of the protocol. False: the status says why not.</summary>
    public bool TryBegin()
    {
        IHeaderDictionary headers = _http.Request.Headers;
        string? encoding = headers.GrpcEncoding;
        if (!string.IsNullOrEmpty(encoding) && !encoding.Equals(GrpcHeaders.Identity, StringComparison.OrdinalIgnoreCase))
        {
            _http.Response.Headers.GrpcAcceptEncoding = _settings.AcceptEncoding;
            _requestCompression = _settings.FindCompression(encoding);
            if (_requestCompression is null)
            {
                return Refuse(StatusCode.Unimplemented, $"The encoding of the requests is not known here; taken are {_settings.AcceptEncoding}.");
            }
        }

        string? timeout = headers.GrpcTimeout;
        if (!string.IsNullOrEmpty(timeout))
        {
            if (!GrpcTimeout.TryParse(timeout, out TimeSpan time))
            {
                return Refuse(StatusCode.Internal, "grpc-timeout has up to eight digits and one of H, M, S, m, u and n.");
            }

            if (time <= TimeSpan.Zero)
            {
                return Refuse(StatusCode.DeadlineExceeded, "The deadline has passed.");
            }

            _deadline = new CallDeadline(time, _settings.Time, _http.RequestAborted, _settings.Logger, MethodCore);
        }

        if (_method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming || _settings.MaxReceiveBytes > GrpcLimits.DefaultMaxReceiveMessageBytes)
        {
            LetRequestsFlow();
        }

        return true;
    }

    /// <summary>Ends the call with what the handler threw.</summary>
    public void Fail(Exception exception)
    {
        if (exception is RpcException rpc)
        {
            _status = rpc.Status;
            foreach (Metadata.Entry entry in rpc.Trailers)
            {
                ResponseTrailersCore.Add(entry);
            }

            return;
        }

        if (exception is OperationCanceledException || _http.RequestAborted.IsCancellationRequested)
        {
            // Whatever a handler throws once its client is gone is no defect of its own.
            _status = new Status(StatusCode.Cancelled, "The call was cancelled.");
            return;
        }

        GrpcServerLog.HandlerThrew(_settings.Logger, MethodCore, exception);
        _status = new Status(StatusCode.Unknown, _settings.DetailedErrors ? $"The handler threw {exception.GetType().Name}: {exception.Message}" : "The handler threw an exception.");
    }

    /// <inheritdoc/>
    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => new(DeadlineCore, CancellationTokenCore, options);

    private bool Refuse(StatusCode code, string detail)
    {
        GrpcServerLog.CallRefused(_settings.Logger, MethodCore, detail);
        _status = new Status(code, detail);
        return false;
    }

    /// <summary>A stream of requests may be as long and as slow as the two sides like; messages have a bound each.</summary>
    private void LetRequestsFlow()
    {
        IHttpMaxRequestBodySizeFeature? size = _http.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (size is { IsReadOnly: false })
        {
            size.MaxRequestBodySize = null;
        }

        Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature? rate =
            _http.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>();
        if (rate is not null)
        {
            rate.MinDataRate = null;
        }
    }

    private Metadata ReadRequestHeaders()
    {
        Metadata metadata = [];
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in _http.Request.Headers)
        {
            foreach (string? value in values)
            {
                MetadataHeaders.Add(metadata, name, value);
            }
        }

        return metadata;
    }
}
