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

/// <summary>Commands to a caller who has not been answered, and those that end a call or a party of it.</summary>
internal sealed partial class BackToBackUserAgent
{
    private static CommandReply? RefuseAnswered(Call call) =>
        RefuseUndecided(call)
        ?? (call.Caller.IsNobody ? Refuse(CommandStatus.FailedPrecondition, "Nobody has called: the call is being made by the server.")
        : call.State == CallState.Setup ? null : Refuse(CommandStatus.FailedPrecondition, "The caller was answered before."));

    private CommandReply AnswerByCommand(Call call, AnswerCommand command)
    {
        if (RefuseAnswered(call) is { } refusal)
        {
            return refusal;
        }

        if (call.Control!.Answering is not null || IsDialling(call))
        {
            return Refuse(CommandStatus.FailedPrecondition, "The call is being answered, or dials: wait for the end of that command, or hang the leg up that rings.");
        }

        Leg caller = call.Caller;
        OpenCommand open = Begin(call, command, caller);
        call.Control.Answering = open;
        if (caller.Pending is { IsOutstanding: true, HasBody: true } pending)
        {
            // RFC 3262 §3: no 2xx before the PRACK of a response with SDP.
            pending.OwesAnswer = true;
        }
        else
        {
            AnswerForController(call);
        }

        return Accept(open, call);
    }

    private void AnswerForController(Call call)
    {
        if (call.Control is { HasEarlySound: true } && !call.Caller.AnsweredReliably)
        {
            // The description of the provisional response once more, under its version.
            call.Caller.SdpVersion--;
        }

        if (!AnswerByUs(call))
        {
            if (call.Control is { Answering: { } open })
            {
                Finish(call, open, CommandOutcome.Failed, "The caller offers no codec that the server has.", 488, 88);
            }

            EndUnanswered(call, 488, 88, CallEndReason.MediaMismatch, CallEndSide.Server);
        }
    }

    /// <summary>The caller's ACK is there, and with it his description.</summary>
    private void NoteReady(Call call)
    {
        if (call.Control is not { } control)
        {
            return;
        }

        if (control.Answering is { } open)
        {
            control.Answering = null;
            WatchDigits(call.Caller);
            Finish(call, open, CommandOutcome.Completed, status: 200);
        }
    }

    private CommandReply ProgressByCommand(Call call, ProgressCommand command)
    {
        if (RefuseAnswered(call) is { } refusal)
        {
            return refusal;
        }

        if (command.SipStatus is < 180 or > 183)
        {
            return Refuse(CommandStatus.InvalidArgument, "sip_status is 180, 181, 182 or 183.");
        }

        Leg caller = call.Caller;
        if (!command.EarlyMedia || call.Control!.HasEarlySound)
        {
            SendProvisional(call, command.SipStatus, mediaFrom: null);
            return Complete(call, command, caller);
        }

        if (call.IsDelayedOffer || call.ProvisionalHadBody || caller.Pending is { IsOutstanding: true } || (call.IsUnproven && !TakesReliable(caller)))
        {
            return Refuse(
                CommandStatus.FailedPrecondition,
                call.IsDelayedOffer ? "The INVITE had no offer, so there is nobody to play to before the answer."
                : call.IsUnproven ? "The caller is neither trunk nor account and takes no reliable responses: what is played could go to anybody. Answer the call."
                : "The caller has been given a description, or the response with it is not acknowledged yet.");
        }

        if (caller.InviteServer is not { FinalStatus: 0 } transaction || !TryWriteOwnAnswer(caller, out int length))
        {
            return Refuse(CommandStatus.FailedPrecondition, "The caller offers no codec that the server has.");
        }

        call.Control!.HasEarlySound = true;
        call.ProvisionalSent = command.SipStatus;
        call.ProvisionalHadBody = true;
        _context.Wheel.Schedule(call.ProvisionalTimer, _context.Now + s_provisionalInterval);
        WriteProvisional(call, transaction, command.SipStatus, TakesReliable(caller), isOffer: false, length);
        WatchDigits(caller);
        return Complete(call, command, caller);
    }

    private CommandReply RejectByCommand(Call call, RejectCommand command)
    {
        if (RefuseAnswered(call) is { } refusal)
        {
            return refusal;
        }

        if (command.SipStatus is < 400 or > 699 or 401 or 407 or 487 || command.Q850Cause is < 0 or > 127)
        {
            return Refuse(CommandStatus.InvalidArgument, "sip_status is 400 to 699 but 401, 407 and 487; the Q.850 cause 1 to 127, or 0 for the one that goes with the status.");
        }

        int cause = command.Q850Cause == 0 ? Q850.FromStatus(command.SipStatus) : command.Q850Cause;
        if (command.Reason is { } text)
        {
            if (text.Length > ControlLimits.MaxTextChars || text.Any(char.IsControl))
            {
                return Refuse(CommandStatus.InvalidArgument, $"reason has at most {ControlLimits.MaxTextChars} characters and no control characters.");
            }

            (call.BestStatus, call.BestCause) = (command.SipStatus, cause);
            call.BestReason = Encoding.UTF8.GetBytes($"Reason: Q.850;cause={cause};text=\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"\r\n");
        }

        CommandReply reply = Complete(call, command, call.Caller);
        EndUnanswered(call, command.SipStatus, cause, GetReason(command.SipStatus, cause), CallEndSide.Server);
        return reply;
    }

    private CommandReply RedirectByCommand(Call call, RedirectCommand command)
    {
        if (RefuseAnswered(call) is { } refusal)
        {
            return refusal;
        }

        if (command.Contacts.Count is 0 or > ControlLimits.MaxContacts || !TryWriteContacts(command.Contacts, out byte[]? contacts))
        {
            return Refuse(CommandStatus.InvalidArgument, $"contacts are 1 to {ControlLimits.MaxContacts} SIP or tel URIs, without angle brackets.");
        }

        call.BestContacts = contacts;
        CommandReply reply = Complete(call, command, call.Caller);
        EndUnanswered(call, 302, Q850.FromStatus(302), CallEndReason.Redirected, CallEndSide.Server);
        return reply;
    }

    private static bool TryWriteContacts(IReadOnlyList<string> contacts, [NotNullWhen(true)] out byte[]? lines)
    {
        Span<byte> buffer = stackalloc byte[2048];
        Span<byte> bytes = stackalloc byte[ControlLimits.MaxTextChars];
        lines = null;
        var writer = new SipWriter(buffer);
        foreach (string contact in contacts)
        {
            if (!Ascii.IsValid(contact) || contact.AsSpan().ContainsAnyExceptInRange('!', '~') || contact.AsSpan().ContainsAny('<', '>', '"')
                || !Encoding.ASCII.TryGetBytes(contact, bytes, out int length)
                || !SipUri.TryParse(bytes[..length], out SipUri uri) || uri.Scheme is not (SipUriScheme.Sip or SipUriScheme.Sips or SipUriScheme.Tel))
            {
                return false;
            }

            writer.HeaderStart(SipHeaderName.Contact);
            writer.Raw("<"u8);
            writer.Raw(bytes[..length]);
            writer.Raw(">"u8);
            writer.EndLine();
        }

        lines = writer.Overflowed ? null : writer.Written.ToArray();
        return lines is not null;
    }

    private CommandReply HangUpByCommand(Call call, Leg? leg, HangupCommand command)
    {
        if (command.Q850Cause is < 1 or > 127)
        {
            return Refuse(CommandStatus.InvalidArgument, "q850_cause is 1 to 127.");
        }

        CommandReply reply = Complete(call, command, leg);
        if (leg is null || leg.IsCaller || call.Control is not { Decides: true })
        {
            EndByCommand(call, command.Q850Cause);
        }
        else if (leg.State == LegState.Inviting)
        {
            Cancel(leg, default);
            NoteFailure(call, 487, Q850.NormalClearing);
            ContinueStep(call, tryAnother: false);
        }
        else
        {
            PartFrom(leg, command.Q850Cause);
        }

        return reply;
    }

    /// <summary>Ends a call because somebody said so.</summary>
    private void EndByCommand(Call call, int cause)
    {
        if (call.State != CallState.Setup)
        {
            End(call, CallEndReason.Completed, CallEndSide.Server, cause);
            return;
        }

        if (call.Origination is not null)
        {
            EndUnanswered(call, 487, cause, CallEndReason.Cancelled, CallEndSide.Server);
            return;
        }

        int status = Q850.ToStatus(cause) is > 0 and var known ? known : 480;
        EndUnanswered(call, status, cause, GetReason(status, cause), CallEndSide.Server);
    }

    /// <summary>Hangs an answered party up; its call stays with the controller.</summary>
    private void PartFrom(Leg leg, int cause)
    {
        leg.EndedAt = _context.WallClock;
        leg.EndedBy = CallEndSide.Server;
        DropReInvite(leg.Call);
        HangUp(leg, cause, default);
        Leave(leg);
        NoteAlone(leg);
    }

    /// <summary>A party has hung up; its call stays with the controller.</summary>
    private void OnPartyLeft(Leg leg)
    {
        TakePassedReason();
        DropReInvite(leg.Call);
        leg.EndedAt = _context.WallClock;
        leg.EndedBy = CallEndSide.Callee;
        leg.State = LegState.Ended;
        leg.AwaitsAck = leg.OwesBye = false;
        _context.Wheel.Cancel(leg.OkTimer);
        LimitWait(leg);
        Leave(leg);
        NoteAlone(leg);
    }

    /// <summary>Who talked with a party that has gone is by himself: what he has agreed on holds, music for him ends.</summary>
    private void NoteAlone(Leg leg)
    {
        Call call = leg.Call;
        if (!ReferenceEquals(call.Connected, leg))
        {
            return;
        }

        call.Connected = null;
        if (call.Control is { } control)
        {
            _context.Wheel.Cancel(control.TalkTimer);
        }

        KeepAgreed(call.Caller);
        if (call.Caller.Media.Audio?.Source is MediaSessions.Audio.ClipSource { IsMusic: true })
        {
            _ = _media.StopPlaying(call.Caller.Media);
        }
    }

    /// <summary>The next party is offered what this one has agreed on with the last, in its numbers: it need not be asked again.</summary>
    private static void KeepAgreed(Leg leg)
    {
        Sdp.AudioFormatList agreed = default;
        for (int i = 0; i < leg.Remote.Formats.Count; i++)
        {
            if (leg.Formats.TryFindSame(leg.Remote.Formats, i, out _))
            {
                agreed.TryAdd(leg.Remote.Formats[i], leg.Remote.Formats.GetEncodingName(i), leg.Remote.Formats.GetParameters(i));
            }
        }

        if (agreed.Count > 0)
        {
            leg.Remote.Formats = agreed;
        }
    }

    /// <summary>What the server's own routing says of a route by name, or of a number as if it had been dialled.</summary>
    private bool TryFindPlan(Call call, string? route, string? number, [NotNullWhen(true)] out RoutePlan? plan, [NotNullWhen(false)] out CommandReply? problem)
    {
        Span<byte> called = stackalloc byte[256];
        Span<byte> caller = stackalloc byte[1024];
        plan = null;
        problem = null;
        scoped ReadOnlySpan<byte> dialled = call.CalledUser.Span;
        if (number is not null)
        {
            if (!IsNumber(number))
            {
                problem = Refuse(CommandStatus.InvalidArgument, "number is 1 to 128 digits, letters, '+', '*', '#', '-', '.' or '_'.");
                return false;
            }

            dialled = called[..Encoding.ASCII.GetBytes(number, called)];
        }

        string from = call.AssertedIdentity ?? call.CallerIdentity;
        int length = Encoding.UTF8.TryGetBytes(from, caller, out int written) ? written : 0;
        var request = new RouteRequest
        {
            Called = dialled,
            Caller = caller[..length],
            Source = call.Caller.Flow.Remote,
            InboundTrunk = call.InboundTrunk,
            Account = call.Account,
            Time = _context.WallClock,
        };
        plan = route is null ? _context.Services.Policy.Route(request) : _context.Services.Policy.FindRoute(route, request);
        if (plan is null)
        {
            problem = Refuse(CommandStatus.NotFound, $"There is no route \"{route}\", or its rates have no prefix of the number.");
            return false;
        }

        if (plan.RejectStatus != 0 || plan.Steps.IsEmpty)
        {
            problem = Refuse(CommandStatus.FailedPrecondition, $"The routing refuses this call there with {(plan.RejectStatus == 0 ? 404 : plan.RejectStatus)}.");
            plan = null;
            return false;
        }

        if (number is not null && dialled.Length <= Call.MaxCalledUserBytes)
        {
            call.CalledUser.Set(dialled);
        }

        plan = plan with { Number = plan.Number ?? call.Plan.Number, Record = plan.Record || call.Plan.Record };
        return true;
    }
}
