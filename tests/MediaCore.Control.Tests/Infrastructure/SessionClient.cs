using Grpc.Core;
using MediaCore.Control.V1;

namespace MediaCore.Control.Tests.Infrastructure;

/// <summary>A client's end of a session: what comes, in its order.</summary>
internal sealed class SessionClient(AsyncDuplexStreamingCall<SessionRequest, SessionResponse> call) : IDisposable
{
    private static int s_commands;
    private int _taken;

    /// <summary>The server's first word.</summary>
    public Opened Opened { get; set; } = new();

    /// <summary>Token of the last event that came.</summary>
    public string ResumeToken { get; private set; } = "";

    /// <summary>All events that came.</summary>
    public List<Event> Events { get; } = [];

    public Task SendAsync(SessionRequest request) => call.RequestStream.WriteAsync(request);

    public Task CompleteAsync() => call.RequestStream.CompleteAsync();

    /// <summary>Sends a command with an identifier of its own, which is returned.</summary>
    public async Task<string> CommandAsync(string callId, Action<Command, Target> verb, string? commandId = null)
    {
        Target target = new() { CommandId = commandId ?? $"c-{Interlocked.Increment(ref s_commands)}", CallId = callId };
        Command command = new();
        verb(command, target);
        await SendAsync(new SessionRequest { Command = command });
        return target.CommandId;
    }

    /// <summary>Sends a command and takes its reply; events that come before are kept.</summary>
    public async Task<CommandReply> DoAsync(string callId, Action<Command, Target> verb, string? commandId = null)
    {
        string id = await CommandAsync(callId, verb, commandId);
        while (true)
        {
            SessionResponse response = await TakeAsync();
            if (response.Reply is { } reply && reply.CommandId == id)
            {
                return reply;
            }
        }
    }

    public Task<CommandReply> ClaimAsync(string callId) => DoAsync(callId, static (c, t) => c.Claim = new ClaimRequest { Target = t });

    /// <summary>The next message.</summary>
    public async Task<SessionResponse> TakeAsync()
    {
        using CancellationTokenSource patience = new(ControlHost.Patience);
        Assert.True(await call.ResponseStream.MoveNext(patience.Token), "The session has ended.");
        SessionResponse response = call.ResponseStream.Current;
        if (response.Event is { } told)
        {
            Events.Add(told);
            ResumeToken = told.ResumeToken;
        }

        return response;
    }

    public async Task<SessionResponse> TakeAsync(SessionResponse.KindOneofCase kind)
    {
        SessionResponse response = await TakeAsync();
        Assert.True(response.KindCase == kind, response.ToString());
        return response;
    }

    /// <summary>The next event of a kind after the last one that was taken so, whether it has come yet or not.</summary>
    public async Task<Event> TakeEventAsync(Event.KindOneofCase kind, string? callId = null)
    {
        while (true)
        {
            while (_taken < Events.Count)
            {
                Event told = Events[_taken++];
                if (told.KindCase == kind && (callId is null || told.CallId == callId))
                {
                    return told;
                }
            }

            await TakeAsync();
        }
    }

    /// <summary>How the session ends.</summary>
    public async Task<Status> TakeEndAsync()
    {
        using CancellationTokenSource patience = new(ControlHost.Patience);
        try
        {
            while (await call.ResponseStream.MoveNext(patience.Token))
            {
                if (call.ResponseStream.Current.Event is { } told)
                {
                    Events.Add(told);
                }
            }

            return Status.DefaultSuccess;
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }

    /// <summary>The client is gone, without a word.</summary>
    public void Dispose() => call.Dispose();
}
