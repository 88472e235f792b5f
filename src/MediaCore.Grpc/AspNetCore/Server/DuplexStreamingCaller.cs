using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Many both ways.</summary>
internal sealed class DuplexStreamingCaller<TRequest, TResponse>(Method<TRequest, TResponse> method, ServiceSettings settings, DuplexStreamingServerMethod<TRequest, TResponse> handler)
    : MethodCaller<TRequest, TResponse>(method, settings)
    where TRequest : class
    where TResponse : class
{
    protected override Task ServeAsync(ServerCall call) =>
        handler(new ServerStreamReader<TRequest>(call, Method.RequestMarshaller), new ServerStreamWriter<TResponse>(call, Method.ResponseMarshaller), call);
}
