using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Makes calls over a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using AsyncUnaryCall<TResponse> call = AsyncUnaryCall(method, host, options, request);
#pragma warning disable VSTHRD002 // To block is what was asked for.
        return call.ResponseAsync.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        ClientCall<TRequest, TResponse> call = new(channel, method, host, options);
        call.Start(request);
        return new AsyncUnaryCall<TResponse>(call.ReadSingleAsync(), ClientCall<TRequest, TResponse>.Headers, ClientCall<TRequest, TResponse>.Status, ClientCall<TRequest, TResponse>.Trailers, ClientCall<TRequest, TResponse>.End, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        ClientCall<TRequest, TResponse> call = new(channel, method, host, options);
        call.Start(request);
        return new AsyncServerStreamingCall<TResponse>(
            new ClientStreamReader<TRequest, TResponse>(call), ClientCall<TRequest, TResponse>.Headers, ClientCall<TRequest, TResponse>.Status, ClientCall<TRequest, TResponse>.Trailers, ClientCall<TRequest, TResponse>.End, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        ClientCall<TRequest, TResponse> call = new(channel, method, host, options);
        ClientStreamWriter<TRequest, TResponse> writer = call.Start();
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            writer, call.ReadSingleAsync(), ClientCall<TRequest, TResponse>.Headers, ClientCall<TRequest, TResponse>.Status, ClientCall<TRequest, TResponse>.Trailers, ClientCall<TRequest, TResponse>.End, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        ClientCall<TRequest, TResponse> call = new(channel, method, host, options);
        ClientStreamWriter<TRequest, TResponse> writer = call.Start();
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            writer, new ClientStreamReader<TRequest, TResponse>(call), ClientCall<TRequest, TResponse>.Headers, ClientCall<TRequest, TResponse>.Status, ClientCall<TRequest, TResponse>.Trailers, ClientCall<TRequest, TResponse>.End, call);
    }
}
