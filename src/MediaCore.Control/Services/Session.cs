using System.Collections.Concurrent;
using Grpc.Core;
using MediaCore.Control.Controllers;
using MediaCore.Control.Mapping;
using MediaCore.Control.Publishing;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Services;

/// <summary>
/// One Session stream. One task reads commands, one writes: replies and events in one order. A shard queues the reply to a command before it publishes the command's first event, and the writer takes all replies from the queue
/// before it writes an event that it has read; so the reply comes first. Neither task waits for the other, but for <see cref="ControlServiceLimits.MaxCommandsInFlight"/>: replies that are not written hold back commands, and
/// nothing holds back a shard.
/// </summary>
internal sealed class Session(
    SessionTerms terms, ICallControl control, EventHub hub, ControllerRegistry registry, CommandGate gate, TimeProvider time, ILogger logger,
    IAsyncStreamReader<V1.SessionRequest> requests, IServerStreamWriter<V1.SessionResponse> responses)
{
    /// <summary>Events of one call that wait until a claim of it is answered; the claim's way is a mailbox, in which time a call has two or three.</summary>
    private const int MaxWaitingEvents = 64;

    private readonly ConcurrentQueue<SessionOutput> _outputs = new();
    private readonly SemaphoreSlim _room = new(ControlServiceLimits.MaxCommandsInFlight);
    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, List<EventEntry>> _claiming = new(StringComparer.Ordinal);

    /// <summary>Calls that were claimed for the session and whose events up to that are still to come.</summary>
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);
    private readonly SnapshotMemory _snapshot = new();
    private EventReader _events = null!;
    private Requester _who;

    /// <summary>Another session of the controller has begun.</summary>
    public void Replace() => _replaced.TrySetResult();

    /// <summary>Runs to its end.</summary>
    /// <exception cref="RpcException">Why it ended, when the client has not ended it.</exception>
    public async Task RunAsync(CancellationToken cancellation, CancellationToken stopping)
    {
        long? resume = null;
        if (terms.ResumeToken.Length > 0 && !hub.TryParseToken(terms.ResumeToken, out resume))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "open.resume_token is none of this server's: give the resume_token of the last event, or none."));
        }

        // Before its calls are taken back, so that no event of them is lost.
        using EventReader events = hub.Read(resume);
        _events = events;
        bool isComplete = resume >= hub.Ring.Tail;
        if (!isComplete)
        {
            events.Position = hub.Ring.Head;
        }

        if (registry.Open(terms.Controller, terms.Release, this) is not { } opened)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"There are {ControlServiceLimits.MaxControllers} controllers, as many as there may be."));
        }

        (opened.Replaced as Session)?.Replace();
        _who = new Requester(terms.Controller, opened.Epoch);
        ControlMetrics.Sessions.Add(1);
        string reason = "its client has ended it";
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping);
        try
        {
            Task[] both = [ReadAsync(ended.Token), WriteAsync(isComplete, ended.Token)];
            await Task.WhenAny([.. both, _replaced.Task]);
            await ended.CancelAsync();
            try
            {
                await Task.WhenAll(both);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException || ended.IsCancellationRequested)
            {
                // How a stream ends whose client is gone; the reason is told below.
                reason = cancellation.IsCancellationRequested ? "its client is gone" : reason;
            }

            if (_replaced.Task.IsCompleted)
            {
                reason = "another session of the controller has taken its place";
                throw new RpcException(new Status(StatusCode.Aborted, $"Another session of {terms.Controller} has taken this one's place."));
            }

            if (stopping.IsCancellationRequested)
            {
                reason = "the server stops";
                throw new RpcException(new Status(StatusCode.Unavailable, "The server stops; open the session again, here or elsewhere."));
            }

            Task? failed = Array.Find(both, static task => task.IsFaulted);
            if (failed is { Exception.InnerException: RpcException refused })
            {
                reason = refused.Status.Detail;
                throw new RpcException(refused.Status);
            }

            if (failed is { Exception.InnerException: not (IOException or OperationCanceledException) } && !cancellation.IsCancellationRequested)
            {
                // A defect of ours: it is logged and becomes the status where every call's exceptions do, and not a good end.
                reason = "a defect";
                await failed;
            }
        }
        finally
        {
            registry.Close(terms.Controller, this);
            ControlMetrics.Sessions.Add(-1);
            ControlLog.SessionEnded(logger, terms.Controller, _who.Epoch, reason);
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        await registry.LearnedAsync().WaitAsync(cancellation);
        while (await requests.MoveNext(cancellation))
        {
            await _room.WaitAsync(cancellation);
            if (requests.Current.Command is not { } message)
            {
                throw new RpcException(new Status(StatusCode.InvalidArgument, "After open a session's messages are commands."));
            }

            Problems problems = new();
            CallCommand? command = CommandMapping.Read(message, _who.Controller, problems);
            if (problems.First is { } problem)
            {
                if (command is not null)
                {
                    CommandGate.Count(command, CommandStatus.InvalidArgument);
                }

                Reply(command?.CommandId ?? "", CommandReply.Refuse(CommandStatus.InvalidArgument, problem), isRepeated: false);
                continue;
            }

            string commandId = command!.CommandId;
            gate.Submit(_who, command, (reply, isRepeated) => Reply(commandId, reply, isRepeated));
        }

        // The client sends no more. What it has sent is answered before the session ends.
        for (int i = 0; i < ControlServiceLimits.MaxCommandsInFlight; i++)
        {
            await _room.WaitAsync(cancellation);
        }
    }

    /// <summary>May come on a shard.</summary>
    private void Reply(string commandId, CommandReply reply, bool isRepeated)
    {
        _outputs.Enqueue(new SessionOutput(ReplyMapping.ToReply(commandId, reply, isRepeated)));
        _events.Pulse.Post();
    }

    private async Task WriteAsync(bool isComplete, CancellationToken cancellation)
    {
        await registry.LearnedAsync().WaitAsync(cancellation);
        IReadOnlyList<string> calls = await registry.TakeBackAsync(terms.Controller, _who.Epoch);

        // Who comes without calls and without a token has missed nothing.
        isComplete |= terms.ResumeToken.Length == 0 && calls.Count == 0;
        ControlLog.SessionOpened(logger, terms.Controller, _who.Epoch, calls.Count);
        V1.Opened opened = new() { Epoch = _who.Epoch, CallIds = { calls }, Complete = isComplete };
        if (isComplete)
        {
            int bytes = 0;
            foreach (string callId in calls.Take(ControlServiceLimits.MaxOpenedCalls))
            {
                if (await control.GetCallAsync(callId, cancellation) is not { } found)
                {
                    continue;
                }

                V1.Call call = CallMapping.ToCall(found);
                bytes += call.CalculateSize();
                if (bytes > ControlServiceLimits.MaxPageBytes)
                {
                    break;
                }

                opened.Calls.Add(call);
            }
        }

        await responses.WriteAsync(new V1.SessionResponse { Opened = opened }, cancellation);
        if (!isComplete)
        {
            await TellCallsAsync(cancellation);
        }

        while (true)
        {
            bool isIdle = true;
            if (_events.TryRead(out EventEntry? entry, out long missed))
            {
                // First what was queued before the event was published.
                await WriteOutputsAsync(cancellation);
                await WriteAsync(entry!, cancellation);
                isIdle = false;
            }
            else if (missed > 0)
            {
                ControlMetrics.Overruns.Add(missed);
                await WriteAsync(new V1.Event { Overrun = new V1.Overrun { Missed = missed } }, cancellation);
                await TellCallsAsync(cancellation);
                isIdle = false;
            }

            if (await WriteOutputsAsync(cancellation))
            {
                isIdle = false;
            }

            if (isIdle)
            {
                await _events.Pulse.WaitAsync(cancellation);
            }
        }
    }

    private async ValueTask<bool> WriteOutputsAsync(CancellationToken cancellation)
    {
        bool hasWritten = false;
        while (_outputs.TryDequeue(out SessionOutput output))
        {
            hasWritten = true;
            if (output.Reply is { } reply)
            {
                await responses.WriteAsync(new V1.SessionResponse { Reply = reply }, cancellation);
                _room.Release();
            }
            else if (_claiming.Remove(output.CallId, out List<EventEntry>? waiting) && output.Claim == CommandStatus.Accepted)
            {
                _claimed.Add(output.CallId);
                foreach (EventEntry entry in waiting)
                {
                    await SendAsync(entry, cancellation);
                }
            }
        }

        return hasWritten;
    }

    private async ValueTask WriteAsync(EventEntry entry, CancellationToken cancellation)
    {
        if (_snapshot.IsKnown(entry))
        {
            return;
        }

        bool isMine = entry.Follower == terms.Controller;
        if (_claiming.TryGetValue(entry.Event.CallId, out List<EventEntry>? waiting) && waiting.Count < MaxWaitingEvents)
        {
            waiting.Add(entry);
        }
        else if (isMine || (!terms.AutoClaims && terms.WantsOffers(entry.Offer)))
        {
            // From here on events say themselves whose they are.
            _claimed.Remove(entry.Event.CallId);
            await SendAsync(entry, cancellation);
        }
        else if (_claimed.Contains(entry.Event.CallId))
        {
            await SendAsync(entry, cancellation);
        }
        else if (terms.AutoClaims && entry.Event is CallOffered offered && terms.WantsOffers(offered.Application))
        {
            if (entry.Facts.Follower == terms.Controller)
            {
                // Told again to a session that has come back.
                await SendAsync(entry, cancellation);
            }
            else if (entry.Facts is { Hold: null, IsEnded: false } && offered.Deadline > time.GetUtcNow())
            {
                _claiming.Add(offered.CallId, [entry]);
                gate.Claim(_who, offered.CallId, reply =>
                {
                    _outputs.Enqueue(new SessionOutput(Reply: null, offered.CallId, reply.Status));
                    _events.Pulse.Post();
                });
            }
        }
    }

    private async ValueTask SendAsync(EventEntry entry, CancellationToken cancellation)
    {
        if ((entry.Kind & terms.Kinds) != 0)
        {
            await responses.WriteAsync(new V1.SessionResponse { Event = entry.GetMessage(hub) }, cancellation);
            ControlMetrics.Sent.Add(1);
        }
    }

    private Task WriteAsync(V1.Event told, CancellationToken cancellation)
    {
        told.ResumeToken = hub.GetToken(_events.Position);
        told.At = DurationMapping.ToTimestamp(time.GetUtcNow());
        return responses.WriteAsync(new V1.SessionResponse { Event = told }, cancellation);
    }

    private async Task TellCallsAsync(CancellationToken cancellation)
    {
        int told = 0;
        foreach ((string callId, _) in hub.Calls.GetHeldBy(terms.Controller))
        {
            if (await control.GetCallAsync(callId, cancellation) is { } call)
            {
                _snapshot.Add(callId, call.Sequence);
                await WriteAsync(new V1.Event { CallId = callId, Sequence = call.Sequence, Snapshot = new V1.CallSnapshot { Call = CallMapping.ToCall(call) } }, cancellation);
                told++;
            }
        }

        _snapshot.End(hub.Ring.Head);
        await WriteAsync(new V1.Event { SnapshotEnded = new V1.SnapshotEnded { Calls = told } }, cancellation);
    }
}
