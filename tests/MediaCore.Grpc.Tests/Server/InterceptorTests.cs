using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace MediaCore.Grpc.Tests.Server;

public sealed class InterceptorTests
{
    [Fact]
    public async Task ServerInterceptors_StandAroundEachKindOfCall_InOrder()
    {
        Trace trace = new();
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            static options =>
            {
                options.Interceptors.Add<TracingInterceptor>("outer");
                options.Interceptors.Add(typeof(TracingInterceptor), "inner");
            },
            services => services.AddSingleton(trace));
        await server.Client.UnaryCallAsync(new SimpleRequest());
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> client = server.Client.StreamingInputCall();
        await client.RequestStream.CompleteAsync();
        await client;
        using AsyncServerStreamingCall<StreamingOutputCallResponse> responses = server.Client.StreamingOutputCall(new StreamingOutputCallRequest());
        Assert.False(await responses.ResponseStream.MoveNext());
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> duplex = server.Client.FullDuplexCall();
        Assert.False(await duplex.ResponseStream.MoveNext());

        // Instances made for a call are released after it.
        string[] expected = [.. new[] { "unary", "client streaming", "server streaming", "duplex" }.SelectMany(static kind => new[] { $"outer {kind}", $"inner {kind}", "inner released", "outer released" })];
        Assert.Equal(expected, trace.Entries);
    }

    [Fact]
    public async Task ServerInterceptor_MayRefuse_AndMayWrapTheContext()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(static options => options.Interceptors.Add<GuardInterceptor>());
        server.Service.Unary = static (_, context) => Task.FromResult(new SimpleResponse { Payload = ScriptedServer.PayloadOf(context.UserState.Count) });
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest()));
        Assert.Equal((StatusCode.Unauthenticated, "who are you?"), (thrown.StatusCode, thrown.Status.Detail));
        SimpleResponse response = await server.Client.UnaryCallAsync(new SimpleRequest(), new Metadata { { "authorization", "Bearer x" } });
        Assert.Equal(2, response.Payload.Body.Length);
    }

    [Fact]
    public async Task ClientInterceptors_StandAroundEachKindOfCall_InOrder()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        ConcurrentQueue<string> seen = new();
        server.Service.Unary = (_, context) =>
        {
            seen.Enqueue(context.RequestHeaders.GetValue("added") ?? "nothing");
            return Task.FromResult(new SimpleResponse());
        };
        using global::Grpc.Net.Client.GrpcChannel channel = server.Server.Connect();
        Trace trace = new();
        CallInvoker invoker = channel
            .Intercept(static metadata =>
            {
                metadata.Add("added", "yes");
                return metadata;
            })
            .Intercept(new TracingInterceptor("outer", trace), new TracingInterceptor("inner", trace));
        TestService.TestServiceClient client = new(invoker);
        await client.UnaryCallAsync(new SimpleRequest());
        await Task.Run(() => client.UnaryCall(new SimpleRequest()));
        using AsyncServerStreamingCall<StreamingOutputCallResponse> responses = client.StreamingOutputCall(new StreamingOutputCallRequest());
        Assert.False(await responses.ResponseStream.MoveNext());
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> requests = client.StreamingInputCall();
        await requests.RequestStream.CompleteAsync();
        await requests;
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> duplex = client.FullDuplexCall();
        Assert.False(await duplex.ResponseStream.MoveNext());
        Assert.Equal(["yes", "yes"], seen);
        Assert.Equal(
            ["outer call", "inner call", "outer blocking call", "inner blocking call", "outer call", "inner call", "outer call", "inner call", "outer call", "inner call"],
            trace.Entries);
    }

    internal sealed class Trace
    {
        public ConcurrentQueue<string> Entries { get; } = new();
    }

    internal sealed class TracingInterceptor(string name, Trace trace) : Interceptor, IDisposable
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            trace.Entries.Enqueue($"{name} unary");
            return base.UnaryServerHandler(request, context, continuation);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Entries.Enqueue($"{name} client streaming");
            return base.ClientStreamingServerHandler(requestStream, context, continuation);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Entries.Enqueue($"{name} server streaming");
            return base.ServerStreamingServerHandler(request, responseStream, context, continuation);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            trace.Entries.Enqueue($"{name} duplex");
            return base.DuplexStreamingServerHandler(requestStream, responseStream, context, continuation);
        }

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            trace.Entries.Enqueue($"{name} blocking call");
            return base.BlockingUnaryCall(request, context, continuation);
        }

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            trace.Entries.Enqueue($"{name} call");
            return base.AsyncUnaryCall(request, context, continuation);
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            trace.Entries.Enqueue($"{name} call");
            return base.AsyncServerStreamingCall(request, context, continuation);
        }

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            trace.Entries.Enqueue($"{name} call");
            return base.AsyncClientStreamingCall(context, continuation);
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            trace.Entries.Enqueue($"{name} call");
            return base.AsyncDuplexStreamingCall(context, continuation);
        }

        public void Dispose() => trace.Entries.Enqueue($"{name} released");
    }

    internal sealed class GuardInterceptor : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            if (context.RequestHeaders.GetValue("authorization") is null)
            {
                throw new RpcException(new Status(StatusCode.Unauthenticated, "who are you?"));
            }

            context.UserState["user"] = "x";
            return continuation(request, context);
        }
    }
}
