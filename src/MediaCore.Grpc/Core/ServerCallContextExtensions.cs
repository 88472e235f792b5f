using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>What a call has because it is served by ASP.NET Core.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request behind a call.</summary>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        if (serverCallContext is ServerCall call)
        {
            return call.Http;
        }

        // An interceptor may have put a context of its own around ours; it passes the state on.
        return serverCallContext.UserState.TryGetValue(ServerCall.HttpContextKey, out object? http) && http is HttpContext found
            ? found
            : throw new InvalidOperationException("This call is not served by ASP.NET Core.");
    }
}
