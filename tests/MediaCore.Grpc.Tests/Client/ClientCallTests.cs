using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;
using MediaCore.Grpc.Tests.Server;
using MediaCore.Wire.Tests;

namespace MediaCore.Grpc.Tests.Client;

public sealed class ClientCallTests
{
    [Fact]
    public async Task DeadlineInThePast_IsNotEvenSent()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        bool called = false;
        server.Service.Unary = (_, _) =>
        {
            called = true;
            return Task.FromResult(new SimpleResponse());
        };
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest(), deadline: DateTime.UtcNow.AddSeconds(-1)));
        Assert.Equal(StatusCode.DeadlineExceeded, thrown.StatusCode);
        Assert.False(called);
    }

    [Fact]
    public async Task Deadline_HoldsByTheClientsOwnClock()
    {
        // The server's clock stands still.
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource cancelled = new();
        server.Service.Unary = async (_, context) =>
        {
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
            return new SimpleResponse();
        };
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest(), deadline: DateTime.UtcNow.AddMilliseconds(200)));
        Assert.Equal(StatusCode.DeadlineExceeded, thrown.StatusCode);
    }

    [Fact]
    public void Deadline_OfLocalTime_IsRefused()
    {
        using GrpcChannel channel = GrpcChannel.ForAddress("http://127.0.0.1:1");
        TestService.TestServiceClient client = new(channel);
        Assert.Throws<InvalidOperationException>(() => client.UnaryCallAsync(new SimpleRequest(), deadline: new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Local)));
    }

    [Fact]
    public async Task ServerThatIsNotThere_IsUnavailable()
    {
        using GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{FreePort()}");
        TestService.TestServiceClient client = new(channel);
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await client.EmptyCallAsync(new Empty()));
        Assert.Equal(StatusCode.Unavailable, thrown.StatusCode);
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> duplex = client.FullDuplexCall();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => duplex.ResponseStream.MoveNext())).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => duplex.RequestStream.WriteAsync(new StreamingOutputCallRequest()))).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => duplex.ResponseHeadersAsync)).StatusCode);
        Assert.Equal(StatusCode.Unavailable, duplex.GetStatus().StatusCode);
    }

    [Fact]
    public async Task CallThatWaitsForItsServer_FindsItWhenItComes()
    {
        int attempts = 0;
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        using SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (context, cancellation) =>
            {
                if (Interlocked.Increment(ref attempts) < 3)
                {
                    throw new SocketException((int)SocketError.ConnectionRefused);
                }

                Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using GrpcChannel channel = server.Server.Connect(new GrpcChannelOptions { HttpHandler = handler });
        TestService.TestServiceClient client = new(channel);
        await client.UnaryCallAsync(new SimpleRequest(), new CallOptions().WithWaitForReady());
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task TooLargeResponse_IsRefused_AndTheCallEnds()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.Unary = static (_, _) => Task.FromResult(new SimpleResponse { Payload = ScriptedServer.PayloadOf(2000) });
        using GrpcChannel channel = server.Server.Connect(new GrpcChannelOptions { MaxReceiveMessageSize = 1000, MaxSendMessageSize = 1000 });
        TestService.TestServiceClient client = new(channel);
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
        thrown = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(new SimpleRequest { Payload = ScriptedServer.PayloadOf(2000) }));
        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CancelledCall_ThrowsAsTheChannelSays(bool asCancellation)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.Unary = static async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new SimpleResponse();
        };
        using GrpcChannel channel = server.Server.Connect(new GrpcChannelOptions { ThrowOperationCanceledOnCancellation = asCancellation });
        using CancellationTokenSource cancellation = new();
        AsyncUnaryCall<SimpleResponse> call = new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest(), cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(async () => await call);
        Assert.Equal(asCancellation, thrown is OperationCanceledException);
        Assert.Equal(!asCancellation, thrown is RpcException { StatusCode: StatusCode.Cancelled });
    }

    [Fact]
    public async Task DisposedChannel_EndsItsCalls_AndTakesNoMore()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource cancelled = new();
        TaskCompletionSource running = new();
        server.Service.Duplex = async (requests, _, context) =>
        {
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(cancelled.SetResult);
            running.SetResult();
            await requests.MoveNext(context.CancellationToken);
        };
        GrpcChannel channel = server.Server.Connect();
        TestService.TestServiceClient client = new(channel);
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall();
        await running.Task.WaitAsync(Eventually.Patience);
        await channel.ShutdownAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext())).StatusCode);
        await cancelled.Task.WaitAsync(Eventually.Patience);
        await Assert.ThrowsAsync<RpcException>(async () => await client.EmptyCallAsync(new Empty()));
    }

    [Fact]
    public async Task DisposedCall_IsCancelledAtTheServer()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource cancelled = new();
        TaskCompletionSource running = new();
        server.Service.ServerStreaming = async (_, responses, context) =>
        {
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(cancelled.SetResult);
            await responses.WriteAsync(new StreamingOutputCallResponse(), context.CancellationToken);
            running.SetResult();
            await cancelled.Task;
        };
        AsyncServerStreamingCall<StreamingOutputCallResponse> call = server.Client.StreamingOutputCall(new StreamingOutputCallRequest());
        Assert.True(await call.ResponseStream.MoveNext());
        await running.Task.WaitAsync(Eventually.Patience);
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await cancelled.Task.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task PropagationToken_CarriesDeadlineAndCancellation()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource<DateTime> inner = new();
        server.Service.Unary = (_, context) =>
        {
            inner.SetResult(context.Deadline);
            return Task.FromResult(new SimpleResponse());
        };
        server.Service.ServerStreaming = async (_, _, context) =>
            await server.Client.UnaryCallAsync(new SimpleRequest(), new CallOptions(propagationToken: context.CreatePropagationToken(), cancellationToken: context.CancellationToken));
        DateTime deadline = DateTime.UtcNow.AddHours(1);
        using AsyncServerStreamingCall<StreamingOutputCallResponse> call = server.Client.StreamingOutputCall(new StreamingOutputCallRequest(), deadline: deadline);

        // The server's clock stands in the past, so the inner call's time is over before it begins or carries on; either way it is bounded by the outer one.
        Exception? ended = await Record.ExceptionAsync(() => call.ResponseStream.MoveNext());
        Assert.True(inner.Task.IsCompleted ? (await inner.Task) < DateTime.MaxValue : ended is RpcException);
    }

    [Fact]
    public async Task Credentials_GoOnlyOverWhatIsSecure_UnlessAllowed()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        string? seen = null;
        server.Service.Unary = (_, context) =>
        {
            seen = context.RequestHeaders.GetValue("authorization");
            return Task.FromResult(new SimpleResponse());
        };
        CallCredentials credentials = CallCredentials.FromInterceptor(static (_, metadata) =>
        {
            metadata.Add("authorization", "Bearer t");
            return Task.CompletedTask;
        });
        await server.Client.UnaryCallAsync(new SimpleRequest(), new CallOptions(credentials: credentials));
        Assert.Null(seen);
        using GrpcChannel channel = server.Server.Connect(new GrpcChannelOptions { Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, credentials), UnsafeUseInsecureChannelCallCredentials = true });
        await new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest());
        Assert.Equal("Bearer t", seen);
    }

    [Fact]
    public void ChannelOfAnotherScheme_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => GrpcChannel.ForAddress("ftp://x"));
        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress("http://x", new GrpcChannelOptions { Credentials = ChannelCredentials.SecureSsl }));
    }

    [Fact]
    public async Task ClientWithoutAChannel_MakesNoCalls()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        Assert.Throws<NotSupportedException>(() => new SubstituteClient().EmptyCallAsync(new Empty()));
        string? host = null;
        server.Service.Unary = (_, context) =>
        {
            host = context.Host;
            return Task.FromResult(new SimpleResponse());
        };
        await server.Client.WithHost("other.example").UnaryCallAsync(new SimpleRequest());
        Assert.Equal("other.example", host);
    }

    [Theory]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(200, StatusCode.Unknown)]
    public async Task ResponseThatIsNoGrpc_HasTheStatusOfItsHttpStatus(int http, StatusCode status)
    {
        using HttpMessageHandler handler = new FixedHandler(() => new HttpResponseMessage((HttpStatusCode)http) { Content = new StringContent("<html>") });
        using GrpcChannel channel = GrpcChannel.ForAddress("http://proxy.example", new GrpcChannelOptions { HttpHandler = handler });
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await new TestService.TestServiceClient(channel).EmptyCallAsync(new Empty()));
        Assert.Equal(status, thrown.StatusCode);
    }

    private static int FreePort()
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private sealed class SubstituteClient : TestService.TestServiceClient;

    /// <summary>The HTTP client itself throws that now and then, when the server resets a stream in the moment in which it is written to.</summary>
    [Fact]
    public async Task WriteThatFailsWithinTheHttpClient_DoesNotHideTheServersStatus()
    {
        using ResettingHandler handler = new();
        using GrpcChannel channel = GrpcChannel.ForAddress("http://127.0.0.1:1", new GrpcChannelOptions { HttpHandler = handler });
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = new TestService.TestServiceClient(channel).FullDuplexCall();
        await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new StreamingOutputCallRequest()));
        handler.Respond();
        RpcException ended = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.ResourceExhausted, "too large"), (ended.StatusCode, ended.Status.Detail));
    }

    /// <summary>A server that takes nothing, and says why when it is told to.</summary>
    private sealed class ResettingHandler : HttpMessageHandler
    {
        private readonly TaskCompletionSource _responds = new();

        public void Respond() => _responds.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _ = request.Content!.CopyToAsync(new BrokenStream(), cancellationToken);
            await _responds.Task;
            HttpResponseMessage response = new(HttpStatusCode.OK) { Version = HttpVersion.Version20, RequestMessage = request, Content = new ByteArrayContent([]) };
            response.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
            response.TrailingHeaders.Add("grpc-status", "8");
            response.TrailingHeaders.Add("grpc-message", "too large");
            return response;
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromException(new InvalidCastException("A defect of somebody else's."));
    }

    private sealed class FixedHandler(Func<HttpResponseMessage> respond) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(respond());
    }
}
