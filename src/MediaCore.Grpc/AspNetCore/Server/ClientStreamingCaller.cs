using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Many requests, one response.</summary>
internal sealed class ClientStreamingCaller<TRequest, TResponse>(Method<TRequest, TResponse> method, ServiceSettings settings, ClientStreamingServerMethod<TRequest, TResponse> handler)
    : MethodCaller<TRequest, TResponse>(method, settings)
    where TRequest : class
    where TResponse : class
{
    protected override async Task ServeAsync(ServerCall call)
    {
        TResponse? response = await handler(new ServerStreamReader<TRequest>(call, Method.RequestMarshaller), call);
        await call.WriteOnlyAsync(response, Method.ResponseMarshaller);
    }
}
