using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace MediaCore.Server.Http;

/// <summary>A REST request as the services see their calls.</summary>
internal sealed class RestCallContext(HttpContext http, string method) : ServerCallContext
{
    private readonly Metadata _headers = Read(http.Request.Headers);

    protected override string MethodCore => method;

    protected override string HostCore => http.Request.Host.Value ?? "";

    protected override string PeerCore => http.Connection.RemoteIpAddress?.ToString() ?? "";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _headers;

    protected override CancellationToken CancellationTokenCore => http.RequestAborted;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new(peerIdentityPropertyName: null, []);

    // What GetHttpContext looks for.
    protected override IDictionary<object, object> UserStateCore { get; } = new Dictionary<object, object> { ["__HttpContext"] = http };

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException("There is no call to go on with.");

    // The two that the API knows; header names of HTTP are not all names of metadata.
    private static Metadata Read(IHeaderDictionary headers)
    {
        Metadata metadata = [];
        foreach (string name in (ReadOnlySpan<string>)[Control.NumberServices.ApiInterceptor.TenantHeader, Control.NumberServices.ApiInterceptor.IdempotencyHeader])
        {
            if (headers.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) && values.ToString() is { Length: > 0 } value && !value.Any(static c => c is < ' ' or > '~'))
            {
                metadata.Add(name, value);
            }
        }

        return metadata;
    }
}
