using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using MediaCore.Control.NumberServices;
using MediaCore.Control.Services;
using MediaCore.Numbers.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
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

    /// <summary>Keys of the number service, when it is there; they open its calls alone.</summary>
    public ApiKeys? Keys { get; init; }

    /// <summary>The middleware.</summary>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(next);
        if (await AuthenticateAsync(http, http.Request.Path.Value ?? "", mayBeAnonymous: true) is { } refusal)
        {
            // A response that is nothing but trailers, as gRPC has it for errors before the first message.
            HttpResponse response = http.Response;
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = "application/grpc";
            response.Headers.GrpcStatus = ((int)refusal.Status).ToString(CultureInfo.InvariantCulture);
            response.Headers.GrpcMessage = Uri.EscapeDataString(refusal.Problem);
            return;
        }

        await next(http);
    }

    /// <summary>Finds out who calls, and leaves it with the request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="path">The method that is called: <c>/mediacore.v1.Admin/GetNode</c>.</param>
    /// <param name="mayBeAnonymous">Whether the request looks like one of this host, so that over loopback nothing need be shown.</param>
    /// <returns>Why not; null for who may.</returns>
    public async ValueTask<ControlRefusal?> AuthenticateAsync(HttpContext http, string path, bool mayBeAnonymous)
    {
        ArgumentNullException.ThrowIfNull(http);
        ControlScope needed = MethodScopes.Get(path);
        string authorization = http.Request.Headers.Authorization.ToString();
        ControlScope scope;
        ControlIdentity identity;
        if (authorization.Length > 0)
        {
            string secret = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : "";
            if (Keys is { } keys && secret.StartsWith(ApiKeys.Mark, StringComparison.Ordinal))
            {
                return await AuthenticateKeyAsync(http, path, keys, secret);
            }

            ControlToken? token = secret.Length > 0 ? _tokens.Find(secret) : null;
            if (token is null)
            {
                return Refuse(http, path, StatusCode.Unauthenticated, "wrong", "the token is not known, or has ended; `mcctl token create` makes one");
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
        else if (mayBeAnonymous && _allowsAnonymous && IsLoopback(http.Connection))
        {
            scope = ControlScope.Admin;
            identity = ControlIdentity.Local;
        }
        else if (needed == ControlScope.None)
        {
            return null;
        }
        else
        {
            return Refuse(http, path, StatusCode.Unauthenticated, "missing", "a token is needed: metadata authorization: Bearer TOKEN (`mcctl token create` makes one)");
        }

        if (scope < needed)
        {
            if (MethodScopes.IsChanging(path) && MethodScopes.IsKnown(path))
            {
                _audit.Write(http, identity, path, AuditSubject.None, nameof(StatusCode.PermissionDenied));
            }

            return Refuse(http, path, StatusCode.PermissionDenied, "scope", $"{identity.Name} has the scope {ScopeName.Of(scope)}, and this needs {ScopeName.Of(needed)}");
        }

        http.Features.Set(identity);
        return null;
    }

    /// <summary>An API key: what it may do within the number service is <see cref="ApiInterceptor"/>'s to say.</summary>
    private async ValueTask<ControlRefusal?> AuthenticateKeyAsync(HttpContext http, string path, ApiKeys keys, string secret)
    {
        ApiKeyIdentity? key;
        try
        {
            key = await keys.VerifyAsync(secret, http.Connection.RemoteIpAddress, http.RequestAborted);
        }
        catch (Exception e) when (e is DbException or DbUpdateException)
        {
            return new ControlRefusal(StatusCode.Unavailable, "the database cannot be used at the moment, so keys cannot be checked; try again");
        }

        if (key is null)
        {
            return Refuse(http, path, StatusCode.Unauthenticated, "wrong", "the key is not known, has ended, or may not be used from this address");
        }

        if (ApiMethods.Find(path) is null)
        {
            return Refuse(http, path, StatusCode.PermissionDenied, "scope", "an API key opens the number service alone; this needs a control token (`mcctl token create`)");
        }

        http.Features.Set(key);
        http.Features.Set(new ControlIdentity(key.Actor, Controller: null, IsOperator: false));
        return null;
    }

    private static bool IsLoopback(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) && connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local);

    private ControlRefusal Refuse(HttpContext http, string path, StatusCode status, string reason, string problem)
    {
        IPAddress? source = http.Connection.RemoteIpAddress;
        if (_failures.TryCount(source))
        {
            // Only names that are known: what a stranger asks for does not get into the log.
            AuthenticationLog.Refused(_logger, MethodScopes.IsKnown(path) ? path : "an unknown method", source, problem);
        }
        else
        {
            (status, reason, problem) = (StatusCode.ResourceExhausted, "rate", "too many refused calls from this address; wait a minute");
        }

        AuthenticationMetrics.CountRefused(reason);
        return new ControlRefusal(status, problem);
    }
}

/// <summary>Why somebody may not.</summary>
/// <param name="Status">The status.</param>
/// <param name="Problem">A sentence.</param>
public sealed record ControlRefusal(StatusCode Status, string Problem);
