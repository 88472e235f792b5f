using System.Globalization;
using System.Net;
using System.Text.Json;
using Grpc.Core;
using MediaCore.Control.Authentication;
using MediaCore.Control.Mapping;
using MediaCore.Control.NumberServices;
using MediaCore.Control.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Http;

/// <summary>
/// The number service's API as REST and JSON: the same services behind the same authentication, permissions and idempotency keys as over gRPC. Without TLS it is served to this host alone, and to
/// proxies that are trusted: what comes from elsewhere, or through a proxy, needs a key or token.
/// </summary>
internal sealed class RestApi
{
    /// <summary>Where the description is.</summary>
    public const string OpenApiPath = "/v1/openapi.json";

    private readonly ControlAuthentication _authentication;
    private readonly Dictionary<string, RestMethod> _methods;
    private readonly ILogger _logger;
    private readonly IReadOnlyList<IPNetwork> _proxies;

    public RestApi(NumberApi api, ControlAuthentication authentication, ILoggerFactory loggers, IReadOnlyList<IPNetwork>? proxies = null)
    {
        _proxies = proxies ?? [];
        _authentication = authentication;
        _logger = loggers.CreateLogger("MediaCore.Server");
        RestMethod.Binder binder = new(new AuditInterceptor(loggers), api.Interceptor);
        api.Bind(binder);
        _methods = binder.Methods;
    }

    /// <summary>Serves a request for a method.</summary>
    public async Task HandleAsync(HttpContext http, ApiMethod method)
    {
        try
        {
            bool isProxy = IsTrustedProxy(http.Connection);
            if (!http.Request.IsHttps && !isProxy && !IsLocal(http.Connection))
            {
                throw new RpcException(new Status(StatusCode.PermissionDenied, "Keys do not go over the network in the clear: listen with TLS (http.listen https://, http.certificate), or name the proxy with TLS in http.trustedProxies."));
            }

            bool mayBeAnonymous = !isProxy && MayBeAnonymous(http.Request);
            if (isProxy && ReadForwarded(http.Request) is { } client)
            {
                // Whom keys, the audit and the gate of failures mean is who has asked the proxy; never somebody without a key, whatever address it says.
                http.Connection.RemoteIpAddress = client;
            }

            if (await _authentication.AuthenticateAsync(http, method.FullName, mayBeAnonymous) is { } refusal)
            {
                throw new RpcException(new Status(refusal.Status, refusal.Problem));
            }

            await _methods[method.FullName].InvokeAsync(http, new RestCallContext(http, method.FullName));
        }
        catch (RpcException e) when (!http.Response.HasStarted)
        {
            await WriteProblemAsync(http, e);
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            string problem = e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? $"The body is larger than the {RestMethod.MaxBodyBytes >> 20} MiB that are taken: split it into several requests, as an import into several jobs (numbers that are there already stay as they are)."
                : e.Message;
            await WriteProblemAsync(http, e.StatusCode, "", problem, new ErrorDetails("", [], null));
        }
        catch (Exception e) when (e is not OperationCanceledException && !http.Response.HasStarted)
        {
            ServerHttpLog.RestFault(_logger, method.FullName, e);
            await WriteProblemAsync(http, StatusCodes.Status500InternalServerError, nameof(StatusCode.Internal), "The server has a defect; its log says more.", new ErrorDetails("", [], null));
        }
    }

    /// <summary>Says that there is no such path, or that the server is not ready yet.</summary>
    public static Task WriteProblemAsync(HttpContext http, int status, string detail) => WriteProblemAsync(http, status, "", detail, new ErrorDetails("", [], null));

    /// <summary>
    /// A request that a page in somebody's browser, or somebody behind a proxy, may have caused is not one of this host: it needs a key. A page's own requests bear an Origin or a Sec-Fetch-Site, and one that has
    /// its own name resolved to this host cannot help showing that name.
    /// </summary>
    internal static bool MayBeAnonymous(HttpRequest request)
    {
        IHeaderDictionary headers = request.Headers;
        return !headers.ContainsKey("Origin") && !headers.ContainsKey("Forwarded") && !headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("X-Real-IP") && !headers.ContainsKey("Via")
            && headers["Sec-Fetch-Site"].ToString() is "" or "none"
            && (request.Host.Host is "localhost" || (IPAddress.TryParse(request.Host.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address)));
    }

    /// <summary>The last address of X-Forwarded-For: the one that the trusted proxy itself has written; those before it are anybody's.</summary>
    private static IPAddress? ReadForwarded(HttpRequest request)
        => request.Headers["X-Forwarded-For"].ToString() is { Length: > 0 } forwarded && IPAddress.TryParse(forwarded[(forwarded.LastIndexOf(',') + 1)..].Trim(), out IPAddress? client) ? client : null;

    private bool IsTrustedProxy(ConnectionInfo connection)
    {
        if (_proxies.Count == 0 || connection.RemoteIpAddress is not { } remote)
        {
            return false;
        }

        IPAddress address = remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote;
        return _proxies.Any(network => network.Contains(address));
    }

    private static bool IsLocal(ConnectionInfo connection) => connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);

    private static async Task WriteProblemAsync(HttpContext http, RpcException refusal)
    {
        ErrorDetails details = ErrorDetails.Of(refusal);
        if (details.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (refusal.StatusCode == StatusCode.Unauthenticated)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        int status = refusal.StatusCode switch
        {
            StatusCode.InvalidArgument or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
            StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
            StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
            StatusCode.NotFound => StatusCodes.Status404NotFound,
            StatusCode.Aborted when details.Reason == "ETAG_MISMATCH" => StatusCodes.Status412PreconditionFailed,
            StatusCode.AlreadyExists or StatusCode.FailedPrecondition or StatusCode.Aborted => StatusCodes.Status409Conflict,
            StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
            StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
            StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
            _ => StatusCodes.Status500InternalServerError,
        };
        await WriteProblemAsync(http, status, refusal.StatusCode.ToString(), refusal.Status.Detail, details);
    }

    /// <summary>RFC 9457: a problem, with members of ours.</summary>
    private static async Task WriteProblemAsync(HttpContext http, int status, string code, string detail, ErrorDetails details)
    {
        using MemoryStream buffer = new();
        await using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteString("title", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
            json.WriteString("code", code);
            json.WriteString("reason", details.Reason);
            json.WriteStartArray("problems");
            foreach (ConfigurationProblem problem in details.Problems)
            {
                json.WriteStartObject();
                json.WriteString("path", problem.Path);
                json.WriteString("message", problem.Message);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), http.RequestAborted);
    }
}
