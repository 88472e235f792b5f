using System.Collections.Frozen;
using System.Text.Json;
using MediaCore.Control.Mapping;
using MediaCore.Control.Publishing;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;

namespace MediaCore.Control.Controllers;

/// <summary>
/// The way of every client's command into the engine: a repeated one gets its first reply, one for somebody else's call is refused as if there were no such call, a claim holds the call for its sender before the engine has
/// said so, so that of two who claim the first one has it.
/// </summary>
internal sealed class CommandGate(ICallControl control, EventHub hub, ControllerRegistry registry, CommandMemory memory)
{
    /// <summary>What is said then.</summary>
    public const string NoCall = "There is no such call, it is over, or it is somebody else's.";

    private static readonly FrozenDictionary<Type, string> s_verbs = typeof(CallCommand).Assembly.GetTypes()
        .Where(static t => t.IsSubclassOf(typeof(CallCommand)))
        .ToFrozenDictionary(static t => t, static t => JsonNamingPolicy.SnakeCaseLower.ConvertName(t.Name[..^"Command".Length]));

    /// <summary>Takes a command.</summary>
    /// <param name="who">Whose it is.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="replied">Gets the reply once, and whether it is a repeated one; on the call's shard before the command's first event is published, or here at once. Must not block and not throw.</param>
    public void Submit(Requester who, CallCommand command, Action<CommandReply, bool> replied)
    {
        RememberedCommand remembered = memory.Get(who.Controller, command.CommandId, out bool isNew);
        if (!isNew)
        {
            remembered.WhenReplied(reply => replied(reply, true));
            return;
        }

        Carry(who, command, reply =>
        {
            memory.Complete(remembered, reply);
            Count(command, reply.Status);
            replied(reply, false);
        });
    }

    /// <summary>Takes a claim that the server makes for a controller.</summary>
    public void Claim(Requester who, string callId, Action<CommandReply> replied)
    {
        ClaimCommand claim = new() { CommandId = ServerCommandId.Make("claim", who.Epoch), CallId = callId, Controller = who.Controller };
        Carry(who, claim, reply =>
        {
            Count(claim, reply.Status);
            replied(reply);
        });
    }

    /// <summary>Counts a command's reply.</summary>
    public static void Count(CallCommand command, CommandStatus status) => Count(s_verbs[command.GetType()], status, 1);

    /// <summary>An alert on commands finds a 0 for each verb, before there was any.</summary>
    public static void PublishMetrics()
    {
        foreach (string verb in s_verbs.Values)
        {
            Count(verb, CommandStatus.Accepted, 0);
        }
    }

    private static void Count(string verb, CommandStatus status, int commands) => ControlMetrics.Commands.Add(
        commands, new KeyValuePair<string, object?>("verb", verb), new KeyValuePair<string, object?>("status", JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString())));

    /// <summary>The same, for those who wait.</summary>
    public Task<(CommandReply Reply, bool IsRepeated)> ExecuteAsync(Requester who, CallCommand command)
    {
        TaskCompletionSource<(CommandReply, bool)> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Submit(who, command, (reply, isRepeated) => done.TrySetResult((reply, isRepeated)));
        return done.Task;
    }

    private void Carry(Requester who, CallCommand command, Action<CommandReply> replied)
    {
        string? other = command switch
        {
            BridgeCommand bridge => bridge.OtherCallId,
            TransferCommand transfer => transfer.OtherCallId,
            _ => null,
        };
        if (IsForbidden(who, command.CallId) || (other is not null && IsForbidden(who, other)))
        {
            replied(CommandReply.Refuse(CommandStatus.NotFound, NoCall));
            return;
        }

        switch (command)
        {
            case ClaimCommand claim:
                Claim(who, claim with { Epoch = who.Epoch }, replied);
                break;
            case OriginateCommand originate:
                control.Execute(originate with { Epoch = who.Epoch }, reply =>
                {
                    if (reply.IsAccepted)
                    {
                        CallFacts facts = hub.Calls.Get(reply.CallId);
                        facts.Application = originate.Application;
                        facts.Follower = who.Controller;
                        facts.TrySetHold(new CallHold(who.Controller, who.Epoch, isConfirmed: true), former: null);
                        registry.NoteHeld(reply.CallId, who);
                    }

                    replied(reply);
                });
                break;
            default:
                control.Execute(command, replied);
                break;
        }
    }

    /// <summary>Whether a call is somebody else's, so that for this one there is none.</summary>
    public bool IsForbidden(Requester who, string callId) => !who.IsOperator && hub.Calls.Find(callId)?.Hold is { } hold && hold.Controller != who.Controller;

    private void Claim(Requester who, ClaimCommand claim, Action<CommandReply> replied)
    {
        CallFacts facts = hub.Calls.Get(claim.CallId);
        CallHold? former = facts.Hold;
        if (former is not null && former.Controller != who.Controller)
        {
            // An operator, who sees the call; others were refused before.
            replied(CommandReply.Refuse(CommandStatus.FailedPrecondition, $"{former.Controller} controls the call."));
            return;
        }

        CallHold? reservation = former is null ? new CallHold(who.Controller, who.Epoch, isConfirmed: false) : null;
        if (reservation is not null && !facts.TrySetHold(reservation, former: null))
        {
            replied(CommandReply.Refuse(CommandStatus.NotFound, NoCall));
            return;
        }

        control.Execute(claim, reply =>
        {
            if (reply.IsAccepted)
            {
                registry.NoteHeld(claim.CallId, who);
            }
            else if (reservation is not null)
            {
                facts.TrySetHold(null, reservation);
                if (reply.Status == CommandStatus.NotFound && !facts.IsEnded)
                {
                    hub.Calls.Forget(claim.CallId);
                }
            }

            replied(reply);
        });
    }
}
