using Grpc.Testing;
using MediaCore.Grpc.Tests.Hostile;
using MediaCore.Wire.Tests;

namespace MediaCore.Grpc.Tests.Server;

public sealed class DeadlineTests
{
    [Fact]
    public async Task Deadline_HandlerObeysItsToken_EndsWithDeadlineExceeded()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource<DateTime> running = new();
        server.Service.Unary = async (_, context) =>
        {
            running.SetResult(context.Deadline);
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new SimpleResponse();
        };
        await using Http2Peer peer = await server.ConnectPeerAsync();
        Task<StreamResult> call = peer.CallAsync(Http2Peer.CallHeaders(ScriptedServer.UnaryPath, ("grpc-timeout", "5S")), ScriptedServer.EmptyMessage);
        Assert.Equal(server.Time.GetUtcNow().UtcDateTime.AddSeconds(5), await running.Task.WaitAsync(Eventually.Patience));
        server.Time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        server.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("grpc 4", (await call).Outcome);
        Assert.Empty(server.Server.Logs.Errors);
    }

    [Fact]
    public async Task Deadline_HandlerIgnoresItsToken_IsAnsweredAtOnce_AndTheHandlerMayGoOn()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource running = new();
        TaskCompletionSource goOn = new();
        TaskCompletionSource<Exception?> written = new();
        server.Service.ServerStreaming = async (_, responses, context) =>
        {
            running.SetResult();
            await goOn.Task;
            written.SetResult(await Record.ExceptionAsync(() => responses.WriteAsync(new StreamingOutputCallResponse())));
            Assert.True(context.CancellationToken.IsCancellationRequested);
        };
        await using Http2Peer peer = await server.ConnectPeerAsync();
        Task<StreamResult> call = peer.CallAsync(Http2Peer.CallHeaders(ScriptedServer.ServerStreamingPath, ("grpc-timeout", "5S")), ScriptedServer.EmptyMessage);
        await running.Task.WaitAsync(Eventually.Patience);
        server.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("grpc 4", (await call).Outcome);
        goOn.SetResult();
        Assert.IsType<OperationCanceledException>(await written.Task.WaitAsync(Eventually.Patience));
        Assert.Empty(server.Server.Logs.Errors);
    }

    [Fact]
    public async Task Deadline_WhileARequestIsAwaited_EndsTheRead()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource running = new();
        server.Service.Duplex = async (requests, _, _) =>
        {
            running.SetResult();
            await requests.MoveNext(CancellationToken.None);
        };
        await using Http2Peer peer = await server.ConnectPeerAsync();
        int stream = peer.TakeStream();
        await peer.SendAsync(Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, stream, HeaderBlock.Write(Http2Peer.CallHeaders(ScriptedServer.DuplexPath, ("grpc-timeout", "1M")))));
        await running.Task.WaitAsync(Eventually.Patience);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await peer.ResultOf(stream).End.WaitAsync(Eventually.Patience);
        Assert.Equal("grpc 4", peer.ResultOf(stream).Outcome);
    }

    [Fact]
    public async Task Deadline_WhileAResponseWaitsForTheClient_ResetsTheStream()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource waiting = new();
        server.Service.ServerStreaming = async (_, responses, _) =>
        {
            while (true)
            {
                Task written = responses.WriteAsync(new StreamingOutputCallResponse { Payload = ScriptedServer.PayloadOf(10_000) });
                if (!written.IsCompleted)
                {
                    waiting.TrySetResult();
                }

                await written;
            }
        };
        await using Http2Peer peer = await Http2Peer.ConnectAsync(server.Server.Port, windowBytes: 1000);
        Task<StreamResult> call = peer.CallAsync(Http2Peer.CallHeaders(ScriptedServer.ServerStreamingPath, ("grpc-timeout", "5S")), ScriptedServer.EmptyMessage);
        await waiting.Task.WaitAsync(Eventually.Patience);
        server.Time.Advance(TimeSpan.FromSeconds(5));
        StreamResult result = await call;
        Assert.Equal(8, result.ResetCode);
        Assert.Empty(server.Server.Logs.Errors);
    }

    [Fact]
    public async Task CallThatEndsInTime_LeavesNoTimer()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        server.Service.Unary = (_, _) =>
        {
            Assert.Equal(1, server.Time.TimerCount);
            return Task.FromResult(new SimpleResponse());
        };
        await server.Client.UnaryCallAsync(new SimpleRequest(), deadline: DateTime.UtcNow.AddHours(1));
        await Eventually.IsAsync(() => server.Time.TimerCount, static n => n == 0, "no timer");
    }

    [Fact]
    public async Task CallbackThatThrows_AtTheDeadline_EndsNothingElse()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource running = new();
        server.Service.Unary = async (_, context) =>
        {
            context.CancellationToken.Register(static () => throw new InvalidOperationException("in a callback"));
            running.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new SimpleResponse();
        };
        await using Http2Peer peer = await server.ConnectPeerAsync();
        Task<StreamResult> call = peer.CallAsync(Http2Peer.CallHeaders(ScriptedServer.UnaryPath, ("grpc-timeout", "5S")), ScriptedServer.EmptyMessage);
        await running.Task.WaitAsync(Eventually.Patience);
        server.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("grpc 4", (await call).Outcome);
        Assert.Contains("GrpcCancellationCallbackThrew", server.Server.Logs.Events);
    }
}
