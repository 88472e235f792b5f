using System.Collections.Frozen;
using System.Text;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;
using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Commands (<see cref="ICallControl"/>): offered, claimed and given back. A verb says at once whether it can be done (<c>Begin</c> makes it an open command) and is ended by <c>Finish</c>, once: by what it
/// waits for, by another command, or by the end of its call (<see cref="EndControl"/>).
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Carries a command out; its events wait until the reply was given.</summary>
    internal CommandReply Execute(CallCommand command, FrozenDictionary<string, SipPeer> peers)
    {
        if (command is OriginateCommand originate)
        {
            return OriginateByCommand(originate, peers);
        }

        if (command is SendMessageCommand { CallId.Length: 0 } outside)
        {
            return MessageByCommand(outside, peers);
        }

        if (FindCall(command.CallId) is not { } call)
        {
            return Refuse(CommandStatus.NotFound, "There is no such call, or it is over.");
        }

        if (command is not ClaimCommand && command.Epoch is { } epoch && epoch != (call.Control?.Epoch ?? 0))
        {
            return Refuse(CommandStatus.FailedPrecondition, call.Control is { Controller: not null, Epoch: var held } ? $"The call is controlled under epoch {held}, not {epoch}." : "Nobody controls the call; claim it first.");
        }

        if (!TryFindLeg(call, command.LegId, out Leg? leg))
        {
            return Refuse(CommandStatus.NotFound, $"The call has no leg {command.LegId} (any more).");
        }

        if (call.Control is { } control)
        {
            if (control.Find(command.CommandId) is not null)
            {
                return Refuse(CommandStatus.AlreadyExists, $"A command {command.CommandId} of this call has not ended; give each an identifier of its own.");
            }

            if (control.Open.Count >= ControlLimits.MaxOpenCommands && command is not (ClaimCommand or ReleaseCommand or HangupCommand or StopPlaybackCommand or RecordStopCommand))
            {
                return Refuse(CommandStatus.ResourceExhausted, $"{ControlLimits.MaxOpenCommands} commands of this call have not ended; wait for their ends, or stop some.");
            }
        }

        return command switch
        {
            ClaimCommand claim => Claim(call, claim),
            ReleaseCommand release => ReleaseByCommand(call, release),
            AnswerCommand answer => AnswerByCommand(call, answer),
            ProgressCommand progress => ProgressByCommand(call, progress),
            RejectCommand reject => RejectByCommand(call, reject),
            RedirectCommand redirect => RedirectByCommand(call, redirect),
            RouteCommand route => RouteByCommand(call, route),
            DialCommand dial => DialByCommand(call, dial, peers),
            HangupCommand hangup => HangUpByCommand(call, leg, hangup),
            MuteCommand mute => MuteByCommand(call, leg, mute),
            RecordStartCommand record => RecordByCommand(call, leg, record),
            RecordPauseCommand pause => PauseByCommand(call, leg, pause),
            RecordResumeCommand resume => ResumeByCommand(call, leg, resume),
            RecordStopCommand stop => StopRecordingByCommand(call, leg, stop),
            PlayCommand play => PlayByCommand(call, leg, play),
            SayCommand say => SayByCommand(call, leg, say),
            GatherCommand gather => GatherByCommand(call, leg, gather),
            StopPlaybackCommand stop => StopPlaybackByCommand(call, leg, stop),
            SendDtmfCommand send => SendDtmfByCommand(call, leg, send),
            SetVariableCommand set => SetVariable(call, set),
            BridgeCommand bridge => BridgeByCommand(call, leg, bridge),
            UnbridgeCommand unbridge => UnbridgeByCommand(call, leg, unbridge),
            HoldCommand hold => HoldByCommand(call, leg, hold, isHeld: true),
            ResumeCommand resume => HoldByCommand(call, leg, resume, isHeld: false),
            TransferCommand transfer => TransferByCommand(call, leg, transfer, peers),
            AcceptTransferCommand decision => DecideTransfer(call, leg, decision),
            ConferenceJoinCommand join => JoinByCommand(call, leg, join),
            ConferenceLeaveCommand leave => LeaveByCommand(call, leg, leave),
            ConferenceMuteCommand mute => MuteInConference(call, leg, mute),
            SendInfoCommand info => InfoByCommand(call, leg, info),
            SendMessageCommand message => Ask(call, leg, message, SipMethod.Message, message.ContentType, message.Body, package: null),
            _ => Refuse(CommandStatus.InvalidArgument, $"{command.GetType().Name} is no command that a call takes."),
        };
    }

    private static CommandReply Refuse(CommandStatus status, string problem) => CommandReply.Refuse(status, problem);

    private static CommandReply Accept(OpenCommand open, Call call) => CommandReply.Accept(call.Id, open.LegId);

    /// <summary>The call of that identifier on this shard; null when there is none, or it is over.</summary>
    private Call? FindCall(string callId) =>
        CallKey.TryMake(callId, out SessionKey key) && _context.Sessions.TryGet(key, out SessionHandle handle) && handle.Shard == _context.Index
        && _calls.TryGet(handle, out Call? call) && call.State != CallState.Ended
            ? call
            : null;

    /// <summary>The leg that is named; null and true where none is. False when there is no such leg, or it is over.</summary>
    private static bool TryFindLeg(Call call, string? legId, out Leg? leg)
    {
        leg = null;
        if (legId is null)
        {
            return true;
        }

        if (legId.Length > call.Id.Length + 1 && legId.StartsWith(call.Id, StringComparison.Ordinal) && legId[call.Id.Length] == '-'
            && int.TryParse(legId.AsSpan(call.Id.Length + 1), System.Globalization.NumberStyles.None, provider: null, out int index))
        {
            leg = FindLeg(call, index);
        }

        return leg is { State: LegState.Inviting or LegState.Answered };
    }

    private ControlledCall GetControl(Call call) => call.Control ??= new ControlledCall(this, call);

    /// <summary>A command was accepted.</summary>
    private OpenCommand Begin(Call call, CallCommand command, Leg? leg = null) => Begin(call, new OpenCommand(command, leg));

    private T Begin<T>(Call call, T open)
        where T : OpenCommand
    {
        GetControl(call).Add(open);
        return open;
    }

    /// <summary>A command that is done with its acceptance.</summary>
    private CommandReply Complete(Call call, CallCommand command, Leg? leg = null)
    {
        OpenCommand open = Begin(call, command, leg);
        Finish(call, open, CommandOutcome.Completed);
        return Accept(open, call);
    }

    /// <summary>A command has ended. Only the first end counts.</summary>
    private void Finish(Call call, OpenCommand open, CommandOutcome outcome, string problem = "", int status = 0, int cause = 0)
    {
        if (call.Control is { } control && control.Remove(open) && WantsEvents)
        {
            Publish(call, open.Describe(outcome, problem, status, cause));
        }
    }

    /// <summary>The call is over: so is all that was wanted of it.</summary>
    private void EndControl(Call call)
    {
        if (call.Control is not { } control)
        {
            return;
        }

        _context.Statistics.Offers[(int)OfferResult.Abandoned] += control.IsOffered ? 1 : 0;
        control.IsOffered = false;
        SetController(control, null);
        EndQuestion(control);
        _context.Wheel.Cancel(control.OfferTimer);
        _context.Wheel.Cancel(control.TalkTimer);
        while (control.Legs.Count > 0)
        {
            EndControlledLeg(control.Legs[0].Leg);
        }

        while (control.Open.Count > 0)
        {
            Finish(call, control.Open[0], CommandOutcome.HungUp);
        }
    }

    /// <summary>Offers a call to an application; false when nobody listens.</summary>
    private bool TryOffer(Call call, ControlStep step)
    {
        if (call.Transfer is { IsOpen: true } transfer)
        {
            CompleteTransfer(transfer, party: null);
            call.Connected = null;
        }

        if (!IsHeard)
        {
            _context.Statistics.Offers[(int)OfferResult.Unheard]++;
            NoteFailure(call, 480, Q850.NoUserResponding);
            return false;
        }

        ControlledCall control = GetControl(call);
        if (control.Controller is not null && control.Application == step.Application)
        {
            // It has come back to who has it.
            Hand(control);
            return true;
        }

        if (control.Controller is not null)
        {
            SetController(control, null);
            NoteControl(control);
        }

        control.Application = step.Application;
        control.IsOffered = true;
        _context.Wheel.Schedule(control.OfferTimer, _context.Now + step.OfferTime);
        Publish(call, new CallOffered
        {
            Application = step.Application,
            Deadline = _context.WallClock + step.OfferTime,
            Caller = call.CallerIdentity,
            AssertedCaller = call.AssertedIdentity,
            IsPrivate = call.Identities is { IsPrivate: true },
            Called = call.CalledIdentity,
            Number = call.Plan.Number,
            Route = call.Plan.Route,
            Account = call.Account,
            InboundTrunk = call.InboundTrunk?.Name,
            Source = call.Caller.Flow.DescribeRemote(),
            IsAnswered = call.State == CallState.Answered,
            Headers = control.Headers,
        });
        return true;
    }

    /// <summary>Keeps what the offer of a plan shows of the INVITE, which is gone by the time it is made.</summary>
    private void RememberOfferedHeaders(Call call, SipMessage request)
    {
        foreach (RouteStep step in call.Plan.Steps)
        {
            if (step is ControlStep { Headers.Length: > 0 } control)
            {
                GetControl(call).Headers = ReadOfferedHeaders(control, request);
                return;
            }
        }
    }

    private static List<KeyValuePair<string, string>> ReadOfferedHeaders(ControlStep control, SipMessage request)
    {
        Span<byte> bytes = stackalloc byte[64];
        List<KeyValuePair<string, string>> found = [];
        foreach (string name in control.Headers)
        {
            if (found.Count < ControlLimits.MaxOfferedHeaders && Encoding.ASCII.TryGetBytes(name, bytes, out int length) && request.TryGetHeader(bytes[..length], out ReadOnlySpan<byte> value))
            {
                string text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, ControlLimits.MaxOfferedHeaderChars)]);
                found.Add(new KeyValuePair<string, string>(name, string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c))));
            }
        }

        return found;
    }

    internal void OnControlTimer(ControlledCall control, OwnedTimer timer)
    {
        if (ReferenceEquals(timer, control.OfferTimer) && control.IsOffered)
        {
            // Nobody wanted it.
            control.IsOffered = false;
            _context.Statistics.Offers[(int)OfferResult.Expired]++;
            NoteFailure(control.Call, 480, Q850.NoUserResponding);
            NextStep(control.Call);
        }
        else if (ReferenceEquals(timer, control.TalkTimer))
        {
            OnTalkedEnough(control);
        }
    }

    private CommandReply Claim(Call call, ClaimCommand command)
    {
        if (command.Controller.Length is 0 or > ControlLimits.MaxNameChars || command.Epoch is not > 0)
        {
            return Refuse(CommandStatus.InvalidArgument, $"A claim needs a controller's name of 1 to {ControlLimits.MaxNameChars} characters and an epoch above 0.");
        }

        ControlledCall control = GetControl(call);
        long epoch = command.Epoch.Value;
        bool isSame = control.Controller == command.Controller && control.LastEpoch == epoch;
        bool isFree = control.Controller is null && control.LastController != command.Controller;
        if (!isSame && !isFree && epoch <= control.LastEpoch)
        {
            return Refuse(CommandStatus.FailedPrecondition, $"{control.Controller ?? "Somebody"} has claimed the call under epoch {control.LastEpoch}; a later claim needs a greater one.");
        }

        SetController(control, command.Controller);
        control.LastController = command.Controller;
        control.LastEpoch = epoch;
        if (control.IsOffered)
        {
            _context.Statistics.Offers[(int)OfferResult.Claimed]++;
            Hand(control);
        }
        else
        {
            NoteControl(control);
        }

        return Complete(call, command);
    }

    /// <summary>From here the controller decides, and the plan that led to it waits.</summary>
    private void Hand(ControlledCall control)
    {
        control.IsOffered = false;
        control.Decides = true;
        control.Former = (control.Call.Plan, control.Call.StepIndex);
        _context.Wheel.Cancel(control.OfferTimer);
        NoteControl(control);
    }

    private void SetController(ControlledCall control, string? controller)
    {
        _context.Statistics.ControlledCalls += (controller is null ? 0 : 1) - (control.Controller is null ? 0 : 1);
        control.Controller = controller;
    }

    private void NoteControl(ControlledCall control)
    {
        if (WantsEvents)
        {
            Publish(control.Call, new ControlChanged { Controller = control.Controller, Epoch = control.Epoch });
        }
    }

    private CommandReply ReleaseByCommand(Call call, ReleaseCommand command)
    {
        if (RefuseUnclaimed(call) is { } refusal)
        {
            return refusal;
        }

        RoutePlan? plan = null;
        if (command.Policy == ReleasePolicy.NextStep && command.Route is { } route && !TryFindPlan(call, route, number: null, out plan, out CommandReply? problem))
        {
            return problem;
        }

        ControlledCall control = call.Control!;
        if (command.Application is { } application)
        {
            if (command.Policy != ReleasePolicy.NextStep || command.Route is not null || !ControlApplication.IsName(application))
            {
                return Refuse(CommandStatus.InvalidArgument, $"application goes with the policy \"next step\" and without a route; {ControlApplication.Rule}.");
            }

            plan = OfferingPlan(call, control, application);
        }

        CommandReply reply = Complete(call, command);
        SetController(control, null);
        NoteControl(control);
        DropParked(call);
        bool isBusy = call.Connected is not null || call.Caller.Ties is { Bridge: not null } || (command.Policy == ReleasePolicy.Continue && IsDialling(call));
        if (command.Policy == ReleasePolicy.HangUp)
        {
            EndByCommand(call, Q850.NormalClearing);
        }
        else if (control.Decides)
        {
            control.Decides = false;
            if (!isBusy)
            {
                GoOn(call, control, plan);
            }
        }

        return reply;
    }

    /// <summary>The offer to an application, and then what came after the step that had led to the controller.</summary>
    private static RoutePlan OfferingPlan(Call call, ControlledCall control, string application)
    {
        var offer = new ControlStep(application, ControlLimits.DefaultOfferTime);
        return control.Former is var (former, step)
            ? former with { Steps = [offer, .. former.Steps.AsSpan()[(step + 1)..]] }
            : call.Plan with { Steps = [offer] };
    }

    /// <summary>The call goes on without its controller: with a plan, or with what comes after the step that offered it.</summary>
    private void GoOn(Call call, ControlledCall control, RoutePlan? plan)
    {
        CancelCallees(call, except: null, default);
        if (control.Dial is { } dial)
        {
            control.Dial = null;
            Finish(call, dial, CommandOutcome.Stopped);
        }

        if (plan is not null)
        {
            (call.Plan, call.StepIndex) = (plan, 0);
        }
        else if (control.Former is var (former, step))
        {
            (call.Plan, call.StepIndex) = (former, step + 1);
        }
        else
        {
            EndByCommand(call, Q850.NoUserResponding);
            return;
        }

        StopForCaller(call, control);
        ForgetAttempts(call);
        control.RestoreCaller();
        StartStep(call);
    }

    /// <summary>Nothing is played to the caller, or waited for from him, any more.</summary>
    private void StopForCaller(Call call, ControlledCall control)
    {
        if (control.FindLeg(call.Caller) is { } to)
        {
            to.Gather?.Digits.Stop(GatherEnd.Stopped);
            SettleGather(to);
            StopSounds(to, CommandOutcome.Stopped);
        }
    }

    /// <summary>Whatever was tried before, a new plan begins anew.</summary>
    private void ForgetAttempts(Call call)
    {
        StopStepTimers(call);
        StopPlayback(call.Caller);
        call.Attempts = call.BestStatus = call.BestCause = 0;
        call.BestContacts = [];
        call.BestReason = [];
        call.Redirections?.Clear();
    }

    /// <summary>Why a command that decides how a call goes on cannot be taken; null when it can.</summary>
    private static CommandReply? RefuseUnclaimed(Call call) =>
        call.Control is { Controller: not null } ? null : Refuse(CommandStatus.FailedPrecondition, call.Control is { IsOffered: true } ? "The call is offered; claim it first." : "Nobody controls the call; claim it first.");

    /// <summary>The same, of a call that has come from its plan to its controller.</summary>
    private static CommandReply? RefuseUndecided(Call call) =>
        RefuseUnclaimed(call) ?? (call.Control!.Decides ? null : Refuse(CommandStatus.FailedPrecondition, "The call's plan is at work: it is the controller's when the plan comes to its application, or once it is put back to it."));

    private static readonly CommandReply s_noRoomForVariable =
        Refuse(CommandStatus.ResourceExhausted, $"A call keeps {ControlLimits.MaxVariables} variables of {ControlLimits.MaxVariableChars} characters in all.");

    private static CommandReply? CheckVariable(string name) =>
        name.Length is 0 or > ControlLimits.MaxVariableNameChars || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? Refuse(CommandStatus.InvalidArgument, $"A variable's name has 1 to {ControlLimits.MaxVariableNameChars} letters, digits, '.', '_' or '-'.")
            : null;

    private CommandReply SetVariable(Call call, SetVariableCommand command)
    {
        if (CheckVariable(command.Name) is { } refusal)
        {
            return refusal;
        }

        if (!GetControl(call).TrySetVariable(command.Name, command.Value))
        {
            return s_noRoomForVariable;
        }

        if (WantsEvents)
        {
            Publish(call, new VariableChanged { Name = command.Name, Value = command.Value });
        }

        return Complete(call, command);
    }
}
