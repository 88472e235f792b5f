using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using MediaCore.Control.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Authentication;

/// <summary>
/// Stands before all control services: who calls, and may they? A bearer token, a client certificate (its common name is the controller that it is), or, over loopback and where
/// that is allowed, nothing. The answer is a <see cref="ControlIdentity"/> in the features of the request, or a gRPC status.
/// </summary>
public sealed class ControlAuthentication
{
    private const string Bearer = "Bearer ";
    private readonly TokenStore _tokens;
    private readonly bool _allowsAnonymous;
    private readonly ILogger _logger;
    private readonly AuditLog _audit;
    private readonly FailureGate _failures;

    /// <summary>Makes it.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="allowsAnonymous">Whether who comes over loopback needs no token.</param>
    /// <param name="time">Time.</param>
    /// <param name="loggers">Where refusals are told, and in the audit those of commands of somebody who is known.</param>
    public ControlAuthentication(TokenStore tokens, bool allowsAnonymous, TimeProvider time, ILoggerFactory loggers)
    {
        _tokens = tokens;
        _allowsAnonymous = allowsAnonymous;
        _logger = loggers.CreateLogger("MediaCore.Control");
        _audit = new AuditLog(loggers);
        _failures = new FailureGate(time);
        AuthenticationMetrics.Publish();
    }

    /// <summary>The middleware.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(next);
        string path = http.Request.Path.Value ?? "";
        ControlScope needed = MethodScopes.Get(path);
        string authorization = http.Request.Headers.Authorization.ToString();
        ControlScope scope;
        ControlIdentity identity;
        if (authorization.Length > 0)
        {
            ControlToken? token = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? _tokens.Find(authorization[Bearer.Length..].Trim()) : null;
            if (token is null)
            {
                return RefuseAsync(http, StatusCode.Unauthenticated, "wrong", "the token is not known, or has ended; `mcctl token create` makes one");
            }

            scope = token.Scope;
            identity = new ControlIdentity(token.Name, token.Controller, IsOperator: scope == ControlScope.Admin);
            http.Features.Set(token);
        }
        else if (http.Connection.ClientCertificate is { } certificate && certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name)
        {
            scope = ControlScope.Control;
            identity = new ControlIdentity(name, name, IsOperator: false);
        }
        else if (_allowsAnonymous && IsLoopback(http.Connection))
        {
            scope = ControlScope.Admin;
            identity = ControlIdentity.Local;
        }
        else if (needed == ControlScope.None)
        {
            return next(http);
        }
        else
        {
            return RefuseAsync(http, StatusCode.Unauthenticated, "missing", "a token is needed: metadata authorization: Bearer TOKEN (`mcctl token create` makes one)");
        }

        if (scope < needed)
        {
            if (MethodScopes.IsChanging(path) && MethodScopes.IsKnown(path))
            {
                _audit.Write(http, identity, path, AuditSubject.None, nameof(StatusCode.PermissionDenied));
            }

            return RefuseAsync(http, StatusCode.PermissionDenied, "scope", $"{identity.Name} has the scope {ScopeName.Of(scope)}, and this needs {ScopeName.Of(needed)}");
        }

        http.Features.Set(identity);
        return next(http);
    }

    private static bool IsLoopback(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) && connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local);

    private Task RefuseAsync(HttpContext http, StatusCode status, string reason, string problem)
    {
        IPAddress? source = http.Connection.RemoteIpAddress;
        if (_failures.TryCount(source))
        {
            // Only names that are known: what a stranger asks for does not get into the log.
            string path = http.Request.Path.Value ?? "";
            AuthenticationLog.Refused(_logger, MethodScopes.IsKnown(path) ? path : "an unknown method", source, problem);
        }
        else
        {
            (status, reason, problem) = (StatusCode.ResourceExhausted, "rate", "too many refused calls from this address; wait a minute");
        }

        AuthenticationMetrics.CountRefused(reason);

        // A response that is nothing but trailers, as gRPC has it for errors before the first message.
        HttpResponse response = http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers.GrpcStatus = ((int)status).ToString(CultureInfo.InvariantCulture);
        response.Headers.GrpcMessage = Uri.EscapeDataString(problem);
        return Task.CompletedTask;
    }
}
