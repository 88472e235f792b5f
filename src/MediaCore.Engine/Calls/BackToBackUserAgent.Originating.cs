using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Calls that nobody's INVITE began: targets are dialled as for any call, and who answers takes the caller's place, as who stays in a transfer does (<see cref="Call.SwapRoles"/>). Until then a leg without dialog
/// and media stands there (<see cref="Origination.Nobody"/>), so that everything that looks at the caller finds one to whom nothing can be said.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Where nobody listens: a description without an address would be one that declines the media.</summary>
    private static readonly NetworkEndpoint s_nowhere = NetworkEndpoint.From(System.Net.IPAddress.Loopback, 9);

    private CommandReply OriginateByCommand(OriginateCommand command, FrozenDictionary<string, SipPeer> peers)
    {
        if ((CheckOrigination(command) ?? CheckParty(command.CallerNumber, command.CallerName) ?? CheckDiversions(command.Diversions)) is { } refusal)
        {
            return refusal;
        }

        if (!TryFindTargets(null, command.Targets, peers, out ImmutableArray<DialTarget> targets, out CommandReply? problem))
        {
            return problem;
        }

        if (_context.IsDraining)
        {
            return Refuse(CommandStatus.Unavailable, "The server is about to stop and begins no calls.");
        }

        if (ActiveCalls >= MaxCalls || OpenOrigination(command) is not { } call)
        {
            _context.Statistics.OverloadRefusals++;
            return Refuse(CommandStatus.ResourceExhausted, $"The shard has its {MaxCalls} calls (calls.maxCalls).");
        }

        if (!RegisterId(call))
        {
            Discard(call);
            return Refuse(CommandStatus.AlreadyExists, $"There is a call {command.CallId}; leave call_id empty for an identifier of the server's.");
        }

        if (Describe(call, command) is { } tooMany)
        {
            Discard(call);
            return tooMany;
        }

        Divert(call, command.Diversions);
        ActiveCalls++;
        _context.Statistics.ActiveCalls = ActiveCalls;
        _context.Statistics.CallsStarted++;
        NoteCreated(call, command.Controller);
        bool isParallel = !command.IsSequential && (targets.Length > 1 || targets[0] is AccountTarget);
        call.Plan = new RoutePlan { Steps = [new DialStep(targets, isParallel, command.RingTime)] };
        _context.Wheel.Schedule(call.MaxRingingTimer, _context.Now + _context.Options.MaxRinging);

        // What cannot be dialled ends at once; the call must not go back to the pool before that is known here.
        call.Holds++;
        StartStep(call);
        call.Holds--;
        if (call.State == CallState.Ended)
        {
            CommandReply failed = DescribeFailure(call.Caller.SipStatus, call.Caller.Q850Cause, call.Id);
            Release(call);
            return failed;
        }

        call.Origination!.Operation = Begin(call, new OriginateOperation(command));
        return CommandReply.Accept(call.Id, call.Callees.Find(static leg => leg.State == LegState.Inviting) is { } leg ? GetLegId(leg) : null);
    }

    private CommandReply? CheckOrigination(OriginateCommand command) =>
        command.Targets.Count is 0 or > ControlLimits.MaxDialTargets ? Refuse(CommandStatus.InvalidArgument, $"A call has 1 to {ControlLimits.MaxDialTargets} targets.")
        : command.RingTime < TimeSpan.FromSeconds(1) || command.RingTime > ControlLimits.MaxRingTime ? Refuse(CommandStatus.InvalidArgument, "ring_time is 1 s to 1 h.")
        : command.Controller.Length is 0 or > ControlLimits.MaxNameChars || command.Epoch is not > 0
            ? Refuse(CommandStatus.InvalidArgument, $"A call of ours needs a controller's name of 1 to {ControlLimits.MaxNameChars} characters and an epoch above 0.")
        : command.Application is { Length: 0 or > ControlLimits.MaxNameChars } ? Refuse(CommandStatus.InvalidArgument, $"application has 1 to {ControlLimits.MaxNameChars} characters.")
        : command.CallId.Length > 0 && (command.CallId.Length > ControlLimits.MaxCallIdChars || !command.CallId.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            ? Refuse(CommandStatus.InvalidArgument, $"call_id has 1 to {ControlLimits.MaxCallIdChars} letters, digits, '.', '_' or '-', or is empty.")
        : command.Targets.Any(static target => target is TrunkDestination { Number: null }) ? Refuse(CommandStatus.InvalidArgument, "A trunk needs a number: nobody has dialled one.")
        : null;

    /// <summary>A call with nobody in the caller's place; null when there is no slot.</summary>
    private Call? OpenOrigination(OriginateCommand command)
    {
        Call call = _pool.Get();
        SessionHandle handle = _calls.Allocate(call);
        if (handle.IsNone)
        {
            _pool.Return(call);
            return null;
        }

        call.Handle = handle;
        _context.Statistics.HeldCalls = _calls.Count;
        call.Id = command.CallId.Length > 0 ? command.CallId : CallIdentifier.Create(_context.WallClock, _context.Identifiers);
        call.Origination = new Origination { By = command.Controller, Nobody = call.Caller, CallerNumber = command.CallerNumber, CallerName = command.CallerName, DetectsAnswerer = command.DetectAnswerer };
        call.MaxForwards = _context.Options.MaxForwards;
        call.CallerIdentity = command.CallerNumber ?? "";
        call.CalledIdentity = Clip(Encoding.UTF8.GetBytes(DescribeTarget(command.Targets[0])));
        call.LoopToken = LoopToken.Compute(Encoding.UTF8.GetBytes(call.CalledIdentity), Encoding.UTF8.GetBytes(call.CallerIdentity), command.Controller, _context.HashKey);
        Leg nobody = call.Caller;
        nobody.Index = 0;
        nobody.InvitedAt = _context.WallClock;
        nobody.Remote.Formats = CreateOwnOffer();
        nobody.Remote.Direction = MediaDirection.SendRecv;
        nobody.Remote.Rtp = s_nowhere;
        return call;
    }

    /// <summary>Who controls it, and its variables; a refusal when there is no room for these.</summary>
    private CommandReply? Describe(Call call, OriginateCommand command)
    {
        ControlledCall control = GetControl(call);
        SetController(control, command.Controller);
        control.LastEpoch = command.Epoch!.Value;
        control.Application = command.Application;
        control.Decides = true;
        foreach ((string name, string value) in command.Variables ?? FrozenDictionary<string, string>.Empty)
        {
            if ((CheckVariable(name) ?? (control.TrySetVariable(name, value) ? null : s_noRoomForVariable)) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static CommandReply DescribeFailure(int status, int cause, string callId)
    {
        CommandReply reply = cause is Q850.Congestion or Q850.ResourceUnavailable
            ? Refuse(CommandStatus.ResourceExhausted, "No target could be called: a trunk has as many calls as it may (limits), or there is no media port left.")
            : Refuse(CommandStatus.Unavailable, $"No target could be called ({status}): an account has no phone registered, or no address of a trunk could be reached.");
        return reply with { CallId = callId };
    }

    /// <summary>Somebody has answered a call of ours: it is the one party of it from now on.</summary>
    private void OnOriginationAnswered(Call call, Leg leg)
    {
        Origination origination = call.Origination!;
        call.SwapRoles();
        call.Connected = call.EarlyMedia = call.EarlyDialog = null;
        call.State = CallState.Answered;
        _context.Wheel.Cancel(call.MaxRingingTimer);

        // Whoever is dialled for it later sees it as the caller.
        RememberStaying(call, leg);
        call.CalledUser.Clear();
        call.StepIndex = call.Plan.Steps.Length;
        ScheduleTalkTimers(call);
        if (origination.DetectsAnswerer)
        {
            Watch(leg, leg.Media, LineDetection.Answerer);
        }

        EndOrigination(call, CommandOutcome.Completed, "", 200, Q850.NormalClearing, GetLegId(leg));
        if (call.Control is not { Decides: true } control)
        {
            // Its controller has given it away meanwhile: there is nothing that it could go on with.
            EndByCommand(call, Q850.NoUserResponding);
        }
        else
        {
            WatchDigits(leg);
        }
    }

    /// <summary>Nobody has answered a call of ours.</summary>
    private void FailOrigination(Call call, int status, int cause)
    {
        EndOrigination(call, CommandOutcome.Failed, "Nobody has answered.", status, cause, legId: null);
        CallEndReason reason = GetReason(status, cause);
        EndUnanswered(call, status, cause, reason, reason == CallEndReason.NoResources ? CallEndSide.Server : CallEndSide.Callee);
    }

    private void EndOrigination(Call call, CommandOutcome outcome, string problem, int status, int cause, string? legId)
    {
        if (call.Origination is { Operation: { } open } origination)
        {
            origination.Operation = null;
            open.LegId = legId;
            Finish(call, open, outcome, problem, status, cause);
        }
    }
}
