using Grpc.Core;
using Grpc.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Grpc.AspNetCore.Server;

/// <summary>Answers calls of what is not mapped with UNIMPLEMENTED. Requests that are none of gRPC are left to others.</summary>
internal sealed class UnknownMethod(MappedServices services, bool ignoreUnknownServices) : IRouteConstraint
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        RoutePattern pattern = RoutePatternFactory.Parse("/{**path}", defaults: null, parameterPolicies: new { path = this });
        endpoints.Map(pattern, AnswerAsync).WithDisplayName("gRPC - unknown").Add(static builder => ((RouteEndpointBuilder)builder).Order = int.MaxValue);
    }

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        httpContext is not null
        && HttpMethods.IsPost(httpContext.Request.Method)
        && GrpcHeaders.IsGrpc(httpContext.Request.ContentType)
        && (!ignoreUnknownServices || IsKnown(httpContext.Request.Path));

    private Task AnswerAsync(HttpContext http)
    {
        if (RequestScreen.Passes(http, GrpcServerMetrics.Unknown))
        {
            http.Response.ContentType = GrpcHeaders.ContentType;
            http.Response.Headers.GrpcStatus = StatusText.Of(StatusCode.Unimplemented);
            http.Response.Headers.GrpcMessage = IsKnown(http.Request.Path) ? "The service has no such method." : "There is no such service.";
            GrpcServerMetrics.Unknown.CountRefused(StatusCode.Unimplemented);
        }

        return Task.CompletedTask;
    }

    private bool IsKnown(PathString path)
    {
        string text = path.Value ?? "";
        int slash = text.IndexOf('/', Math.Min(1, text.Length));
        return slash > 1 && services.Has(text[1..slash]);
    }
}
