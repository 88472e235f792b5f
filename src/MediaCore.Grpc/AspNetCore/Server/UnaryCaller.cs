using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>One request, one response.</summary>
internal sealed class UnaryCaller<TRequest, TResponse>(Method<TRequest, TResponse> method, ServiceSettings settings, UnaryServerMethod<TRequest, TResponse> handler)
    : MethodCaller<TRequest, TResponse>(method, settings)
    where TRequest : class
    where TResponse : class
{
    protected override async Task ServeAsync(ServerCall call)
    {
        TRequest request = await call.ReadSingleAsync(Method.RequestMarshaller);
        TResponse? response = await handler(request, call);
        await call.WriteOnlyAsync(response, Method.ResponseMarshaller);
    }
}
