using Microsoft.Extensions.Logging;

namespace MediaCore.Server.Http;

/// <summary>What the HTTP side says.</summary>
internal static partial class ServerHttpLog
{
    [LoggerMessage(7111, LogLevel.Error, "{Method} over REST failed by a defect; the caller was told 500", EventName = "RestFault")]
    public static partial void RestFault(ILogger logger, string method, Exception exception);
}
