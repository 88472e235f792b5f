using Grpc.Core;
using Grpc.Protocol;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// What is no gRPC request gets an HTTP status, so that no other client takes a gRPC error, which is a 200, for success. A missing <c>te: trailers</c> is let
/// pass: it tells of a proxy that would drop trailers, and a client behind one will see that by itself.
/// </summary>
internal static class RequestScreen
{
    public static bool Passes(HttpContext http, MethodCounters counters)
    {
        if (http.Request.Protocol is not "HTTP/2" and not "HTTP/3")
        {
            Refuse(http, StatusCodes.Status426UpgradeRequired, "gRPC needs HTTP/2.");
            http.Response.Headers.Upgrade = "h2c";
        }
        else if (!HttpMethods.IsPost(http.Request.Method))
        {
            Refuse(http, StatusCodes.Status405MethodNotAllowed, "The method of a gRPC request is POST.");
            http.Response.Headers.Allow = "POST";
        }
        else if (!GrpcHeaders.IsGrpc(http.Request.ContentType))
        {
            Refuse(http, StatusCodes.Status415UnsupportedMediaType, "The content type of a gRPC request is application/grpc.");
        }
        else
        {
            return true;
        }

        counters.CountRefused(StatusCode.Internal);
        return false;
    }

    private static void Refuse(HttpContext http, int status, string detail)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.GrpcStatus = StatusText.Of(StatusCode.Internal);
        http.Response.Headers.GrpcMessage = detail;
    }
}
