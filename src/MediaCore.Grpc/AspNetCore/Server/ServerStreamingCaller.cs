using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>One request, many responses.</summary>
internal sealed class ServerStreamingCaller<TRequest, TResponse>(Method<TRequest, TResponse> method, ServiceSettings settings, ServerStreamingServerMethod<TRequest, TResponse> handler)
    : MethodCaller<TRequest, TResponse>(method, settings)
    where TRequest : class
    where TResponse : class
{
    protected override async Task ServeAsync(ServerCall call)
    {
        TRequest request = await call.ReadSingleAsync(Method.RequestMarshaller);
        await handler(request, new ServerStreamWriter<TResponse>(call, Method.ResponseMarshaller), call);
    }
}
