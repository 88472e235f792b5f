using System.Net;
using System.Security.Authentication;
using Grpc.Core;

namespace Grpc.Protocol;

/// <summary>Status codes where the other side sent none: of HTTP statuses (http-grpc-status-mapping) and of HTTP/2 error codes (PROTOCOL-HTTP2, Errors).</summary>
internal static class StatusMapping
{
    /// <summary>For a response without <c>grpc-status</c>.</summary>
    public static StatusCode FromHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.RequestHeaderFieldsTooLarge => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    /// <summary>For a stream or connection that ended with an error code (RFC 9113 §7).</summary>
    public static StatusCode FromHttp2(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    /// <summary>For an exception of the HTTP client.</summary>
    public static Status FromException(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol)
            {
                return new Status(FromHttp2(protocol.ErrorCode), $"The server ended the stream: {protocol.Message}", exception);
            }
        }

        // What never reached the server, or was cut off with its connection, may be tried elsewhere.
        return exception is HttpRequestException or IOException
            ? new Status(StatusCode.Unavailable, $"The server cannot be reached: {Describe(exception)}", exception)
            : new Status(StatusCode.Internal, exception.Message, exception);
    }

    /// <summary>Of a handshake that failed the outer exceptions say nothing but "see inner exception": whose certificate it was, and what is wrong with it, the innermost says.</summary>
    private static string Describe(Exception exception)
    {
        Exception cause = exception;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return exception.InnerException is AuthenticationException ? cause.Message : exception.Message;
    }
}
