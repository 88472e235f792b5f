using Grpc.Core;
using Grpc.Testing;
using MediaCore.Grpc.Tests.Hostile;
using MediaCore.Wire.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace MediaCore.Grpc.Tests.Server;

public sealed class ServerCallTests
{
    [Theory]
    [InlineData(false, "The handler threw an exception.")]
    [InlineData(true, "The handler threw InvalidOperationException: secret")]
    public async Task HandlerThatThrows_IsUnknown_AndTellsWhyOnlyWhenAllowed(bool detailed, string detail)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(options => options.EnableDetailedErrors = detailed);
        server.Service.Unary = static (_, _) => throw new InvalidOperationException("secret");
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest()));
        Assert.Equal((StatusCode.Unknown, detail), (thrown.StatusCode, thrown.Status.Detail));
        Assert.Contains("GrpcHandlerThrew", server.Server.Logs.Events);
    }

    [Fact]
    public async Task HandlerThatThrowsAStatus_EndsWithIt_AndItsTrailers()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.Unary = static (_, context) =>
        {
            context.ResponseTrailers.Add("first", "1");
            throw new RpcException(new Status(StatusCode.AlreadyExists, "there is one"), new Metadata { { "second-bin", new byte[] { 0, 255 } }, { "grpc-status-details-bin", new byte[] { 8, 6 } } });
        };
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest()));
        Assert.Equal((StatusCode.AlreadyExists, "there is one"), (thrown.StatusCode, thrown.Status.Detail));
        Assert.Equal("1", thrown.Trailers.GetValue("first"));
        Assert.Equal([0, 255], thrown.Trailers.GetValueBytes("second-bin"));
        Assert.Equal([8, 6], thrown.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Empty(server.Server.Logs.Errors);
    }

    /// <summary>The official server sends that status as it is, so a stream ends well, and a unary call has OK and no response, which clients take for INTERNAL.</summary>
    [Fact]
    public async Task HandlerThatThrowsOk_EndsWithOk_AndWithoutAResponse()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.Unary = static (_, _) => throw new RpcException(new Status(StatusCode.OK, "as you like"));
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(StatusCode.Internal, thrown.StatusCode);
        await using Http2Peer peer = await server.ConnectPeerAsync();
        StreamResult result = await peer.CallAsync(Http2Peer.CallHeaders(ScriptedServer.UnaryPath), ScriptedServer.EmptyMessage);
        Assert.Equal(("grpc 0", 1, "as you like"), (result.Outcome, result.HeaderFrames, result.Headers["grpc-message"]));
        Assert.Empty(server.Server.Logs.Errors);
    }

    [Fact]
    public async Task StatusThatTheHandlerSets_IsTheEnd_WithoutAResponse()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.Unary = static (_, context) =>
        {
            context.Status = new Status(StatusCode.DataLoss, "lost");
            return Task.FromResult(new SimpleResponse());
        };
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(StatusCode.DataLoss, thrown.StatusCode);
    }

    [Fact]
    public async Task FailureWithoutAResponse_IsOneFrame()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.Unary = static (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "none"));
        await using Http2Peer peer = await server.ConnectPeerAsync();
        StreamResult result = await peer.CallAsync(Http2Peer.CallHeaders(ScriptedServer.UnaryPath), ScriptedServer.EmptyMessage);
        Assert.Equal(("grpc 5", 1, "application/grpc", "none"), (result.Outcome, result.HeaderFrames, result.Headers["content-type"], result.Headers["grpc-message"]));
    }

    [Fact]
    public async Task NoResponse_IsInternal()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.Unary = static (_, _) => Task.FromResult<SimpleResponse>(null!);
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(StatusCode.Internal, thrown.StatusCode);
    }

    [Fact]
    public async Task ClientThatCancels_CancelsTheToken()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource running = new();
        TaskCompletionSource cancelled = new();
        server.Service.Unary = async (_, context) =>
        {
            running.SetResult();
            await using CancellationTokenRegistration registration = context.CancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
            throw new InvalidOperationException("whatever follows from it");
        };
        using CancellationTokenSource cancellation = new();
        AsyncUnaryCall<SimpleResponse> call = server.Client.UnaryCallAsync(new SimpleRequest(), cancellationToken: cancellation.Token);
        await running.Task.WaitAsync(Eventually.Patience);
        await cancellation.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        await cancelled.Task.WaitAsync(Eventually.Patience);
        Assert.Empty(server.Server.Logs.Errors);
    }

    [Fact]
    public async Task ConnectionThatBreaks_CancelsItsCalls()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource running = new();
        TaskCompletionSource<Exception?> ended = new();
        server.Service.Duplex = async (requests, _, _) =>
        {
            running.SetResult();
            ended.SetResult(await Record.ExceptionAsync(() => requests.MoveNext(CancellationToken.None)));
        };
        await using (Http2Peer peer = await server.ConnectPeerAsync())
        {
            await peer.SendAsync(Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, peer.TakeStream(), HeaderBlock.Write(Http2Peer.CallHeaders(ScriptedServer.DuplexPath))));
            await running.Task.WaitAsync(Eventually.Patience);
        }

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task.WaitAsync(Eventually.Patience));
        Assert.Empty(server.Server.Logs.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientThatDoesNotRead_StopsTheHandler_WithinABound(bool hint)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource<int> waiting = new();
        const int MessageBytes = 1000;
        server.Service.ServerStreaming = async (_, responses, _) =>
        {
            responses.WriteOptions = hint ? new WriteOptions(WriteFlags.BufferHint) : null;
            for (int i = 0; ; i++)
            {
                Task written = responses.WriteAsync(new StreamingOutputCallResponse { Payload = ScriptedServer.PayloadOf(MessageBytes) });
                if (!written.IsCompleted)
                {
                    // It may be on its way to the socket still: what counts is where it stays.
                    waiting.TrySetResult(i);
                }

                await written;
            }
        };
        await using Http2Peer peer = await Http2Peer.ConnectAsync(server.Server.Port, windowBytes: 20_000);
        Task<StreamResult> call = peer.CallAsync(Http2Peer.CallHeaders(ScriptedServer.ServerStreamingPath), ScriptedServer.EmptyMessage);
        int messages = await waiting.Task.WaitAsync(Eventually.Patience);
        Assert.InRange(messages * MessageBytes, 0, 256 * 1024);
        Assert.False(call.IsCompleted);
    }

    [Fact]
    public async Task SecondWriteAtOnce_IsAMistakeOfTheHandler()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource<Exception?> second = new();
        server.Service.ServerStreaming = async (_, responses, context) =>
        {
            Task written;
            do
            {
                written = responses.WriteAsync(new StreamingOutputCallResponse { Payload = ScriptedServer.PayloadOf(50_000) }, context.CancellationToken);
            }
            while (written.IsCompleted);
            second.SetResult(await Record.ExceptionAsync(() => responses.WriteAsync(new StreamingOutputCallResponse())));
            await written;
        };
        await using Http2Peer peer = await Http2Peer.ConnectAsync(server.Server.Port, windowBytes: 1000);
        Task<StreamResult> call = peer.CallAsync(Http2Peer.CallHeaders(ScriptedServer.ServerStreamingPath), ScriptedServer.EmptyMessage);
        Assert.IsType<InvalidOperationException>(await second.Task.WaitAsync(Eventually.Patience));
        Assert.False(call.IsCompleted);
    }

    [Fact]
    public async Task HandlerThatDoesNotAwaitItsWrite_ResetsTheStream_AndIsTold()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.ServerStreaming = static (_, responses, _) =>
        {
            while (responses.WriteAsync(new StreamingOutputCallResponse { Payload = ScriptedServer.PayloadOf(50_000) }).IsCompletedSuccessfully)
            {
            }

            return Task.CompletedTask;
        };
        await using Http2Peer peer = await Http2Peer.ConnectAsync(server.Server.Port, windowBytes: 1000);
        StreamResult result = await peer.CallAsync(Http2Peer.CallHeaders(ScriptedServer.ServerStreamingPath), ScriptedServer.EmptyMessage);
        Assert.Equal("reset 2", result.Headers.ContainsKey("grpc-status") ? result.Outcome : $"reset {result.ResetCode}");
        Assert.Contains("GrpcWriteNotAwaited", server.Server.Logs.Events);
    }

    [Theory]
    [InlineData(1000, null, 1001, StatusCode.ResourceExhausted)]
    [InlineData(1000, 2000, 1001, StatusCode.OK)]
    [InlineData(2000, 1000, 1001, StatusCode.ResourceExhausted)]
    public async Task LargestRequest_IsThatOfTheService_ElseThatOfAll(int all, int? one, int size, StatusCode status)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            options => options.MaxReceiveMessageSize = all,
            services =>
            {
                if (one is not null)
                {
                    services.AddGrpc().AddServiceOptions<ScriptedService>(options => options.MaxReceiveMessageSize = one);
                }
            });
        AsyncUnaryCall<SimpleResponse> call = server.Client.UnaryCallAsync(new SimpleRequest { Payload = ScriptedServer.PayloadOf(size) });
        Exception? thrown = await Record.ExceptionAsync(async () => await call);
        Assert.Equal(status, (thrown as RpcException)?.StatusCode ?? StatusCode.OK);
    }

    [Fact]
    public async Task TooLargeResponse_EndsItsCall()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(static options => options.MaxSendMessageSize = 1000);
        server.Service.Unary = static (_, _) => Task.FromResult(new SimpleResponse { Payload = ScriptedServer.PayloadOf(1001) });
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryCallAsync(new SimpleRequest()));
        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
    }

    [Fact]
    public async Task Context_TellsOfTheCall()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        Dictionary<string, object?> seen = [];
        server.Service.Unary = (_, context) =>
        {
            seen["method"] = context.Method;
            seen["host"] = context.Host;
            seen["peer"] = context.Peer[..15];
            seen["deadline"] = context.Deadline;
            seen["headers"] = string.Join(',', context.RequestHeaders.Where(static h => h.Key != "user-agent").Select(static h => h.ToString()));
            seen["http"] = context.GetHttpContext().Request.Protocol;
            seen["state"] = context.UserState.Count;
            seen["authenticated"] = context.AuthContext.IsPeerAuthenticated;
            seen["writeOptions"] = context.WriteOptions;
            return Task.FromResult(new SimpleResponse());
        };
        await server.Client.UnaryCallAsync(new SimpleRequest(), new Metadata { { "a", "1" }, { "a", "2" }, { "b-bin", new byte[] { 7 } } });
        Assert.Equal(ScriptedServer.UnaryPath, seen["method"]);
        Assert.Equal(server.Server.Address.Authority, seen["host"]);
        Assert.Equal("ipv4:127.0.0.1:", seen["peer"]);
        Assert.Equal(DateTime.MaxValue, seen["deadline"]);
        Assert.Equal("[Entry: key=a, value=1, 2],[Entry: key=b-bin, valueBytes=1]", seen["headers"]);
        // The HTTP client of .NET joins the values of one name, which the protocol allows.
        Assert.Equal("HTTP/2", seen["http"]);
        Assert.Equal(1, seen["state"]);
        Assert.Equal(false, seen["authenticated"]);
        Assert.Null(seen["writeOptions"]);
    }

    [Fact]
    public async Task ResponseHeaders_AreSentAtOnce_AndOnce()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource goOn = new();
        TaskCompletionSource<Exception?> second = new();
        server.Service.Unary = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "early", "yes" } });
            second.SetResult(await Record.ExceptionAsync(() => context.WriteResponseHeadersAsync([])));
            await goOn.Task;
            return new SimpleResponse();
        };
        AsyncUnaryCall<SimpleResponse> call = server.Client.UnaryCallAsync(new SimpleRequest());
        Assert.Equal("yes", (await call.ResponseHeadersAsync.WaitAsync(Eventually.Patience)).GetValue("early"));
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.IsType<InvalidOperationException>(await second.Task);
        goOn.SetResult();
        await call;
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task HalfClose_EndsTheRequests_NotTheResponses()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource ended = new();
        server.Service.Duplex = async (requests, responses, context) =>
        {
            Assert.False(await requests.MoveNext(context.CancellationToken));
            Assert.Throws<InvalidOperationException>(() => requests.Current);
            ended.SetResult();
            await responses.WriteAsync(new StreamingOutputCallResponse(), context.CancellationToken);
        };
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = server.Client.FullDuplexCall();
        await call.RequestStream.CompleteAsync();
        await ended.Task.WaitAsync(Eventually.Patience);
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task EarlyEnd_BeforeTheClientHasSentAll_IsSeenByTheClient()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.ClientStreaming = static (_, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "no"));
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call = server.Client.StreamingInputCall();
        RpcException thrown = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.PermissionDenied, thrown.StatusCode);
        RpcException write = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new StreamingInputCallRequest()));
        Assert.Equal(StatusCode.PermissionDenied, write.StatusCode);
    }
}
