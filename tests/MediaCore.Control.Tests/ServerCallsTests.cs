using Grpc.Core;
using MediaCore.Control.Tests.Infrastructure;
using MediaCore.Control.V1;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Wire.Tests;
using CommandReply = MediaCore.Control.V1.CommandReply;

namespace MediaCore.Control.Tests;

/// <summary>Calls that a part of the server controls, as the number service does: no client's, also when no client was there while they were claimed.</summary>
public class ServerCallsTests
{
    private static readonly Metadata s_asClicker = new() { { "mediacore-controller", "clicker" } };

    private static async Task<StatusCode> StatusAsync(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).StatusCode;

    private static string BeginClaimed(ControlHost host)
    {
        string callId = host.Calls.Begin();
        host.Calls.Execute(new ClaimCommand { CommandId = "claim", CallId = callId, Controller = ControlApplication.Numbers, Epoch = 1 }, static reply => Assert.True(reply.IsAccepted));
        return callId;
    }

    [Fact]
    public async Task FirstUnaryCommandOfAll_WaitsUntilItIsKnownWhoseCallsAre()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = BeginClaimed(host);
        TaskCompletionSource listing = new();
        host.Calls.Listing = listing.Task;
        Task<StatusCode> hungUp = StatusAsync(async () => await host.Client.HangupAsync(new HangupRequest { Target = new Target { CommandId = "c-1", CallId = callId } }, s_asClicker));
        await Eventually.IsAsync(() => host.Hub.IsWanted, static wanted => wanted, "a controller");
        listing.SetResult();
        Assert.Equal(StatusCode.NotFound, await hungUp);
        Assert.Empty(host.Calls.CommandsOf<HangupCommand>());
        Assert.Equal(CommandReply.Types.Status.Accepted, (await host.Client.HangupAsync(new HangupRequest { Target = new Target { CommandId = "c-2", CallId = callId } })).Status);
    }

    [Fact]
    public async Task FirstCommandOfTheFirstSession_WaitsUntilItIsKnownWhoseCallsAre()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = BeginClaimed(host);
        TaskCompletionSource listing = new();
        host.Calls.Listing = listing.Task;
        using SessionClient session = new(host.Client.Session(cancellationToken: CancellationToken.None));
        await session.SendAsync(new SessionRequest { Open = new Open { Controller = "ivr-1" } });
        await session.SendAsync(new SessionRequest { Command = new Command { Hangup = new HangupRequest { Target = new Target { CommandId = "c-1", CallId = callId } } } });
        await Eventually.IsAsync(() => host.Hub.IsWanted, static wanted => wanted, "a controller");
        listing.SetResult();
        await session.TakeAsync(SessionResponse.KindOneofCase.Opened);
        Assert.Equal(CommandReply.Types.Status.NotFound, (await session.TakeAsync(SessionResponse.KindOneofCase.Reply)).Reply.Status);
        Assert.Empty(host.Calls.CommandsOf<HangupCommand>());
    }

    [Fact]
    public async Task StreamOfSound_WithoutAnySession_IsNotFound()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = BeginClaimed(host);
        using AsyncDuplexStreamingCall<AudioRequest, AudioResponse> stream = host.AudioStreams.Connect(s_asClicker, cancellationToken: CancellationToken.None);
        await stream.RequestStream.WriteAsync(new AudioRequest { Start = new AudioStart { CallId = callId } });
        Assert.Equal(StatusCode.NotFound, await StatusAsync(() => stream.ResponseStream.MoveNext(CancellationToken.None)));
        Assert.Equal(0, host.Streams.Count);
    }

    [Fact]
    public async Task ControllerOfTheServer_IsNoClient()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        string callId = BeginClaimed(host);
        Metadata asNumbers = new() { { "mediacore-controller", ControlApplication.Numbers } };
        Assert.Equal(StatusCode.PermissionDenied, await StatusAsync(async () => await host.Client.HangupAsync(new HangupRequest { Target = new Target { CommandId = "c-1", CallId = callId } }, asNumbers)));
        Assert.Equal(StatusCode.PermissionDenied, await StatusAsync(async () => await host.OpenAsync(new Open { Controller = ControlApplication.Numbers })));
        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(async () => await host.OpenAsync(new Open { Controller = "ivr-1", Applications = { ControlApplication.Numbers } })));
        Assert.Equal(ControlApplication.Numbers, host.Calls.ControllerOf(callId));
    }

    [Fact]
    public async Task CallOfferedToTheServer_IsOfferedToNoClient_NotToOneThatTakesAllApplications()
    {
        await using ControlHost host = await ControlHost.StartAsync();
        using SessionClient all = await host.OpenAsync(new Open { Controller = "ivr-1", Applications = { "*" }, AutoClaim = true });
        using SessionClient looks = await host.OpenAsync(new Open { Controller = "ivr-2", Applications = { "*" } });
        string own = host.Calls.Offer(ControlApplication.Numbers);
        string theirs = host.Calls.Offer("shop");
        Assert.Equal(theirs, (await all.TakeAsync(SessionResponse.KindOneofCase.Event)).Event.CallId);
        Assert.Equal(theirs, (await looks.TakeAsync(SessionResponse.KindOneofCase.Event)).Event.CallId);
        Assert.Null(host.Calls.ControllerOf(own));
    }
}
