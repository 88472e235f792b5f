using MediaCore.Control.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Authentication;

/// <summary>Where audit lines go.</summary>
internal sealed class AuditLog(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger(AuditInterceptor.Category);

    /// <summary>A line.</summary>
    public void Write(HttpContext http, ControlIdentity identity, string method, AuditSubject subject, string outcome) =>
        AuthenticationLog.Audit(_logger, identity.Name, http.Connection.RemoteIpAddress, method, subject, outcome);
}
