using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Dialling and routing by command. What is dialled goes the way of any plan: a plan of one step, whose end comes back to the controller.</summary>
internal sealed partial class BackToBackUserAgent
{
    private CommandReply DialByCommand(Call call, DialCommand command, FrozenDictionary<string, SipPeer> peers)
    {
        if ((RefuseUndecided(call) ?? RefuseBusy(call) ?? CheckDial(command)) is { } refusal)
        {
            return refusal;
        }

        if (!TryFindSteps(call, command, peers, out ImmutableArray<RouteStep> steps, out CommandReply? problem))
        {
            return problem;
        }

        var targets = ((DialStep)steps[0]).Targets;
        if (call.Callees.Count + targets.Length > EngineLimits.MaxLegsPerCall)
        {
            return Refuse(CommandStatus.ResourceExhausted, $"The call has had {call.Callees.Count} legs; it may have {EngineLimits.MaxLegsPerCall}.");
        }

        ControlledCall control = call.Control!;
        DialOperation dial = Begin(call, new DialOperation(command));
        ForgetAttempts(call);
        Present(call, control, command.CallerNumber, command.CallerName);
        Divert(call, command.Diversions);
        control.Dial = dial;
        call.Plan = new RoutePlan { Number = call.Plan.Number, Route = call.Plan.Route, Record = call.Plan.Record, Steps = steps };
        call.StepIndex = 0;
        StartStep(call);
        return Accept(dial, call);
    }

    private CommandReply RouteByCommand(Call call, RouteCommand command)
    {
        if ((RefuseUndecided(call) ?? RefuseBusy(call)) is { } refusal)
        {
            return refusal;
        }

        if (command.Route is null && command.Number is null)
        {
            return Refuse(CommandStatus.InvalidArgument, "route names a configured route, or number says what is dialled.");
        }

        if (!TryFindPlan(call, command.Route, command.Number, out RoutePlan? plan, out CommandReply? problem))
        {
            return problem;
        }

        CommandReply reply = Complete(call, command);
        ControlledCall control = call.Control!;
        control.Decides = false;
        GoOn(call, control, plan);
        return reply;
    }

    /// <summary>Why a call cannot dial now; null when it can.</summary>
    private static CommandReply? RefuseBusy(Call call) =>
        call.Connected is not null ? Refuse(CommandStatus.FailedPrecondition, "The caller talks with somebody: hang that leg up first.")
        : call.Transfer is { IsOpen: true } || IsDialling(call) ? Refuse(CommandStatus.FailedPrecondition, "The call dials: wait for the end of that command, or hang the leg up that rings.")
        : call.Control is { Answering: not null } || call.Caller is { AwaitsAck: true } or { ExpectsAnswerInAck: true } ? Refuse(CommandStatus.FailedPrecondition, "The call is being answered: wait for the end of that command.")
        : call.Caller.Ties is { Bridge: not null } ? Refuse(CommandStatus.FailedPrecondition, "The caller is bridged with a leg of another call: unbridge him first.")
        : call.Caller.Media.Audio is { Member: not null } ? Refuse(CommandStatus.FailedPrecondition, "The caller is in a conference: take him out first.")
        : null;

    private static bool IsDialling(Call call)
    {
        foreach (Leg leg in call.Callees)
        {
            if (leg.State == LegState.Inviting)
            {
                return true;
            }
        }

        return call.Control is { Dial: not null };
    }

    private static CommandReply? CheckDial(DialCommand command) =>
        command.Targets.Count is 0 or > ControlLimits.MaxDialTargets ? Refuse(CommandStatus.InvalidArgument, $"A dial has 1 to {ControlLimits.MaxDialTargets} targets.")
        : command.RingTime < TimeSpan.FromSeconds(1) || command.RingTime > ControlLimits.MaxRingTime ? Refuse(CommandStatus.InvalidArgument, "ring_time is 1 s to 1 h.")
        : command.TimeLimit < TimeSpan.Zero ? Refuse(CommandStatus.InvalidArgument, "time_limit is not negative.")
        : CheckParty(command.CallerNumber, command.CallerName) ?? CheckDiversions(command.Diversions);

    /// <summary>Why diversions cannot be told; null when they can.</summary>
    private static CommandReply? CheckDiversions(IReadOnlyList<CallDiversion> diversions) =>
        diversions.Count > ControlLimits.MaxDiversions || diversions.Any(static diversion => !IsNumber(diversion.Number))
            ? Refuse(CommandStatus.InvalidArgument, $"A dial tells of at most {ControlLimits.MaxDiversions} diversions, each by a number of 1 to 128 digits, letters, '+', '*', '#', '-', '.' or '_'.")
            : null;

    /// <summary>What the trunks of the legs to come are told about who has diverted the call.</summary>
    private static void Divert(Call call, IReadOnlyList<CallDiversion> diversions)
    {
        if (diversions.Count > 0)
        {
            call.Identities ??= new CallIdentities();
        }

        call.Identities?.SetDiversions(diversions);
    }

    /// <summary>Why a number and a name cannot be presented; null when they can.</summary>
    private static CommandReply? CheckParty(string? number, string? name) =>
        number is not null && !IsNumber(number) ? Refuse(CommandStatus.InvalidArgument, "caller_number is 1 to 128 digits, letters, '+', '*', '#', '-', '.' or '_'.")
        : name is { Length: > ControlLimits.MaxTextChars } || name?.Any(char.IsControl) == true ? Refuse(CommandStatus.InvalidArgument, $"caller_name has at most {ControlLimits.MaxTextChars} characters and no control characters.")
        : null;

    private static bool IsNumber(string text) => text.Length is > 0 and <= 128 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '*' or '#' or '-' or '.' or '_');

    /// <summary>The steps of a dial: one, or for a number by itself those of its route.</summary>
    private bool TryFindSteps(Call call, DialCommand command, FrozenDictionary<string, SipPeer> peers, out ImmutableArray<RouteStep> steps, [NotNullWhen(false)] out CommandReply? problem)
    {
        steps = [];
        if (command.Targets is [NumberDestination alone])
        {
            problem = FindByRoutes(call, alone.Number, command.RingTime, out steps);
            return problem is null;
        }

        if (!TryFindTargets(call, command.Targets, peers, out ImmutableArray<DialTarget> targets, out problem))
        {
            return false;
        }

        // One target is dialled with all that it has: the addresses of a trunk one after the other, the contacts of an account at once.
        bool isParallel = !command.IsSequential && (targets.Length > 1 || targets[0] is AccountTarget);
        steps = [new DialStep(targets, isParallel, command.RingTime)];
        return true;
    }

    /// <summary>The steps that the server's routes have for a number; else why it cannot be dialled by them.</summary>
    /// <param name="call">The call that it is dialled for; null for one that is being made.</param>
    /// <param name="number">The number.</param>
    /// <param name="ringTime">Longest time of each step.</param>
    /// <param name="steps">The steps.</param>
    private CommandReply? FindByRoutes(Call? call, string number, TimeSpan ringTime, out ImmutableArray<RouteStep> steps)
    {
        Span<byte> called = stackalloc byte[128];
        Span<byte> caller = stackalloc byte[1024];
        steps = [];
        if (!IsNumber(number))
        {
            return Refuse(CommandStatus.InvalidArgument, "A number is 1 to 128 digits, letters, '+', '*', '#', '-', '.' or '_'.");
        }

        int calledLength = Encoding.ASCII.GetBytes(number, called);
        int length = Encoding.UTF8.TryGetBytes(call?.AssertedIdentity ?? call?.CallerIdentity ?? "", caller, out int written) ? written : 0;
        RoutePlan plan = _context.Services.Policy.Route(new RouteRequest
        {
            Called = called[..calledLength],
            Caller = caller[..length],
            Source = call is null ? s_nowhere : call.Caller.Flow.Remote,
            InboundTrunk = call?.InboundTrunk,
            Account = call?.Account,
            IsByController = true,
            Time = _context.WallClock,
        });
        if (plan.RejectStatus != 0 || plan.Steps.IsEmpty || plan.Steps.Any(static step => step is not DialStep { Targets.IsEmpty: false }))
        {
            return plan.RejectStatus != 0 || plan.Steps.IsEmpty
                ? Refuse(CommandStatus.NotFound, $"No route leads to that number ({(plan.RejectStatus == 0 ? 404 : plan.RejectStatus)}).")
                : Refuse(CommandStatus.FailedPrecondition, "The routing does more with that number than to dial it.");
        }

        steps = [.. plan.Steps.Cast<DialStep>().Select(step => step with
        {
            Targets = [.. step.Targets.Select(target => target is TrunkTarget { User: null } trunk ? trunk with { User = number } : target)],
            RingTime = step.RingTime < ringTime ? step.RingTime : ringTime,
        })];
        return null;
    }

    /// <summary>What is dialled for a controller's destinations.</summary>
    private bool TryFindTargets(
        Call? call, IReadOnlyList<DialDestination> destinations, FrozenDictionary<string, SipPeer> peers, out ImmutableArray<DialTarget> targets, [NotNullWhen(false)] out CommandReply? problem)
    {
        var found = ImmutableArray.CreateBuilder<DialTarget>(destinations.Count);
        targets = [];
        foreach (DialDestination destination in destinations)
        {
            problem = FindTarget(call, destination, peers, out DialTarget? target, found.Count + 1);
            if (problem is not null)
            {
                return false;
            }

            found.Add(target!);
        }

        problem = null;
        targets = found.MoveToImmutable();
        return true;
    }

    /// <summary>What is dialled for a destination. Why it cannot be is told with its number: the log has that as well, and has no names of accounts.</summary>
    private CommandReply? FindTarget(Call? call, DialDestination destination, FrozenDictionary<string, SipPeer> peers, out DialTarget? target, int place = 1)
    {
        Span<byte> name = stackalloc byte[256];
        target = null;
        switch (destination)
        {
            case AccountDestination account:
                if (_context.Services.Accounts is not { } accounts || !Encoding.UTF8.TryGetBytes(account.Account, name, out int length)
                    || !(accounts.TryGet(name[..length], out _) || (_context.AccountQuestions is not null && _locations.Get(account.Account, _context.Now).Length > 0)))
                {
                    return Refuse(CommandStatus.NotFound, $"There is no account of the name that destination {place} has.");
                }

                target = new AccountTarget(account.Account);
                return null;
            case TrunkDestination trunk:
                if (trunk.Number is not null && !IsNumber(trunk.Number))
                {
                    return Refuse(CommandStatus.InvalidArgument, "A trunk's number is 1 to 128 digits, letters, '+', '*', '#', '-', '.' or '_'.");
                }

                if (_context.Services.Policy.FindTrunkByName(trunk.Trunk) is not { } known)
                {
                    return Refuse(CommandStatus.NotFound, $"There is no trunk \"{trunk.Trunk}\" with targets.");
                }

                target = new TrunkTarget(known, trunk.Number);
                return null;
            case NumberDestination number:
                CommandReply? unroutable = FindByRoutes(call, number.Number, ControlLimits.MaxRingTime, out ImmutableArray<RouteStep> steps);
                target = unroutable is null ? ((DialStep)steps[0]).Targets[0] : null;
                return unroutable;
            case UriDestination uri when peers.TryGetValue(uri.Uri, out SipPeer? peer):
                target = new UriTarget(uri.Uri, peer);
                return null;
            default:
                return Refuse(CommandStatus.InvalidArgument, $"Destination {place} cannot be dialled: it is no SIP URI, or no address was found for its name.");
        }
    }

    /// <summary>From of the legs to come: what the command says, or who called again.</summary>
    private static void Present(Call call, ControlledCall control, string? number, string? name)
    {
        if (number is null && name is null)
        {
            control.RestoreCaller();
            return;
        }

        control.SaveCaller();
        Span<byte> bytes = stackalloc byte[4 * ControlLimits.MaxTextChars];
        Span<byte> quoted = stackalloc byte[CallIdentities.MaxUserBytes + (8 * ControlLimits.MaxTextChars)];
        Span<byte> address = stackalloc byte[Call.MaxCallerAddressBytes];
        var writer = new SipWriter(address);
        if (name is { Length: > 0 })
        {
            int length = Encoding.UTF8.GetBytes($"\"{name.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"", quoted);
            writer.Text(quoted[..length]);
            writer.Raw(" "u8);
        }

        writer.Raw("<sip:"u8);
        scoped ReadOnlySpan<byte> user = number is null ? GetUser(control.FormerCaller) : bytes[..Encoding.ASCII.GetBytes(number, bytes)];
        writer.Raw(user.IsEmpty ? "anonymous"u8 : user);
        writer.Raw("@"u8);
        writer.Raw(call.Caller.Flow.Local.Host);
        writer.Raw(">"u8);
        call.CallerAddress.Set(writer.Overflowed ? default : writer.Written);

        // What was asserted of who called is not true of the number that is shown.
        call.Identities = null;
    }

    private static ReadOnlySpan<byte> GetUser(ReadOnlySpan<byte> address) =>
        NameAddress.TryParse(address, out NameAddress parsed) && SipUri.TryParse(parsed.Uri, out SipUri uri) ? uri.User : default;

    /// <summary>Nobody that a controller had dialled has answered: the call is its again. Without a controller meanwhile it goes on as its plan says.</summary>
    private void OnNobodyLeft(Call call, ControlledCall control)
    {
        int status = call.BestStatus == 0 ? 480 : call.BestStatus;
        int cause = call.BestCause == 0 ? Q850.FromStatus(status) : call.BestCause;
        StopPlayback(call.Caller);
        StopRingback(call);
        if (control.Dial is { } dial)
        {
            control.Dial = null;
            Finish(call, dial, CommandOutcome.Failed, "Nobody has answered.", status, cause);
        }

        if (!control.Decides)
        {
            GoOn(call, control, plan: null);
        }
    }

    /// <summary>A party has been connected with the caller of a call that somebody controls.</summary>
    private void NoteConnected(Call call, ControlledCall control, Leg leg)
    {
        if (control.Dial is { } dial)
        {
            // Before the end of what the caller heard: who is told that first begins something else for him, over the talk.
            control.Dial = null;
            dial.LegId = GetLegId(leg);
            Finish(call, dial, CommandOutcome.Completed, status: 200, cause: Q850.NormalClearing);
            _context.Wheel.Cancel(control.TalkTimer);
            if (dial.Dial.TimeLimit > TimeSpan.Zero)
            {
                _context.Wheel.Schedule(control.TalkTimer, _context.Now + dial.Dial.TimeLimit);
            }
        }

        if (control.FindLeg(call.Caller) is { } to)
        {
            StopSounds(to, CommandOutcome.Stopped, exceptMixed: true);
        }

        SettleMute(call.Caller);
        SettleMute(leg);
    }

    /// <summary>A dial's talk has lasted as long as it may.</summary>
    private void OnTalkedEnough(ControlledCall control)
    {
        Call call = control.Call;
        if (control.Decides)
        {
            // Where the two have been taken apart meanwhile, the talk is over already.
            if (call.Connected is { State: LegState.Answered } leg)
            {
                PartFrom(leg, Q850.NormalClearing);
            }
        }
        else
        {
            End(call, CallEndReason.MaxDuration, CallEndSide.Server, Q850.NormalClearing);
        }
    }
}
