using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>A party of a call under control asks for a transfer (REFER): its controller decides; in time, or the configured policy does. Of calls without a controller the control plane may be asked.</summary>
internal sealed partial class BackToBackUserAgent
{
    private readonly SipMessage _keptRequest = new();

    /// <summary>Asks the controller; false: there is none, or the request is one that is refused by anybody.</summary>
    private bool TryAskController(Leg leg, SipMessage request, in Flow flow)
    {
        Call call = leg.Call;
        if (call.Control is not { Decides: true } || !IsHeard || leg.State != LegState.Answered || flow.Stream is LoopbackFlow || call.Transfer is { IsOpen: true })
        {
            return false;
        }

        Span<byte> replaces = stackalloc byte[EngineLimits.MaxReplacesBytes];
        Span<byte> user = stackalloc byte[256];
        if (ReadReferTo(request, out SipUri target, replaces, out int replacesLength) != 0)
        {
            return false;
        }

        if (Keep(leg, request, flow, ControlLimits.TransferTime) is null)
        {
            return true;
        }

        int length = target.User.Length > user.Length ? 0 : Math.Max(0, target.UnescapeUser(user));
        Publish(call, new TransferRequested
        {
            LegId = GetLegId(leg),
            Target = Clip(user[..length]),
            IsAttended = replacesLength > 0,
            Deadline = _context.WallClock + ControlLimits.TransferTime,
        });
        return true;
    }

    /// <summary>Asks the control plane about a transfer that the configuration allows; false where it is not asked, or the request is one that is refused by anybody.</summary>
    private bool TryAskTransfer(Leg leg, SipMessage request, in Flow flow)
    {
        Call call = leg.Call;
        if (_context.Services.ControlPlane is not { Terms.Transfers: { } terms } plane || call.Control is { Decides: true } || flow.Stream is LoopbackFlow || GetTransferPolicy(leg) == TransferPolicy.Refuse
            || call.State != CallState.Answered || leg.State != LegState.Answered || call.Transfer is { IsOpen: true })
        {
            return false;
        }

        Span<byte> replaces = stackalloc byte[EngineLimits.MaxReplacesBytes];
        Span<byte> user = stackalloc byte[256];
        if (ReadReferTo(request, out SipUri target, replaces, out int replacesLength) != 0)
        {
            return false;
        }

        if (Keep(leg, request, flow, terms.Deadline) is { } asked)
        {
            int length = target.User.Length > user.Length ? 0 : Math.Max(0, target.UnescapeUser(user));
            var question = new TransferQuestion(call.Id, GetLegId(leg), Clip(user[..length]), replacesLength > 0);
            asked.Asked = plane.Ask(question, answer => _context.Output.Post(_context.Index, new AnswerExchange(() => OnTransferAnswered(asked, answer))));
        }

        return true;
    }

    /// <summary>Keeps a REFER until somebody has decided; null when it was answered.</summary>
    private TransferRequest? Keep(Leg leg, SipMessage request, in Flow flow, TimeSpan limit)
    {
        if (leg.Ties is { Requested: not null })
        {
            // The last one is not decided yet.
            _transactions.RespondStateless(request, flow, 491, default);
            return null;
        }

        if (_transactions.Open(request, flow) is not { } transaction)
        {
            return null;
        }

        var asked = new TransferRequest(this, leg, transaction, request.Bytes.ToArray(), flow);
        (leg.Ties ??= new LegTies()).Requested = asked;
        _context.Wheel.Schedule(asked.Limit, _context.Now + limit);
        return asked;
    }

    /// <summary>The control plane has said whether a transfer may be, or will not: null.</summary>
    private void OnTransferAnswered(TransferRequest asked, bool? answer)
    {
        if (asked.Leg.Ties?.Requested is not { } current || !ReferenceEquals(current, asked))
        {
            _context.Statistics.LateAnswers += answer is null ? 0 : 1;
            return;
        }

        asked.Leg.Ties.Requested = null;
        _context.Wheel.Cancel(asked.Limit);
        _context.Statistics.AnswerDefaults += answer is null ? 1 : 0;
        if (answer ?? _context.Services.ControlPlane?.Terms.Transfers is { AllowsByDefault: true })
        {
            DoTransfer(asked, GetTransferPolicy(asked.Leg), command: null);
        }
        else
        {
            RefuseTransfer(asked, 403);
        }
    }

    private CommandReply DecideTransfer(Call call, Leg? named, AcceptTransferCommand command)
    {
        if (RefuseUndecided(call) is { } refusal)
        {
            return refusal;
        }

        Leg? leg = named ?? FindAsking(call);
        if (leg?.Ties is not { Requested: { Asked: null } asked })
        {
            return Refuse(CommandStatus.FailedPrecondition, "Nobody has asked for a transfer, or it was decided before.");
        }

        if (command.Decision == TransferDecision.Refuse && command.SipStatus is < 400 or > 699 or 401 or 407)
        {
            return Refuse(CommandStatus.InvalidArgument, "sip_status is 400 to 699 but 401 and 407.");
        }

        leg.Ties.Requested = null;
        _context.Wheel.Cancel(asked.Limit);
        OpenCommand open = Begin(call, command, leg);
        switch (command.Decision)
        {
            case TransferDecision.Accept:
                DoTransfer(asked, TransferPolicy.Terminate, open);
                break;
            case TransferDecision.Refuse:
                RefuseTransfer(asked, command.SipStatus);
                Finish(call, open, CommandOutcome.Completed, status: command.SipStatus);
                break;
            default:
                TakeTransferOver(asked);
                Finish(call, open, CommandOutcome.Completed, status: 200);
                break;
        }

        return Accept(open, call);
    }

    /// <summary>Nobody has decided in time.</summary>
    internal void OnTransferUndecided(TransferRequest asked)
    {
        if (asked.Asked is not null)
        {
            OnTransferAnswered(asked, answer: null);
            return;
        }

        asked.Leg.Ties!.Requested = null;
        DoTransfer(asked, GetTransferPolicy(asked.Leg), command: null);
    }

    private static Leg? FindAsking(Call call) => call.Caller.Ties is { Requested: not null } ? call.Caller : call.Callees.Find(static leg => leg.Ties is { Requested: not null });

    /// <summary>Handles the REFER as it came, as if it came now.</summary>
    private void DoTransfer(TransferRequest asked, TransferPolicy policy, OpenCommand? command)
    {
        Call call = asked.Leg.Call;
        if (_keptRequest.Parse(asked.Message, 0, asked.Message.Length) == ParseStatus.Complete)
        {
            HandleRefer(asked.Leg, _keptRequest, asked.Flow, policy, asked.Transaction, command);
        }

        if (command is not null && !ReferenceEquals(call.Transfer?.Command, command))
        {
            int status = asked.Transaction.FinalStatus;
            Finish(call, command, CommandOutcome.Failed, $"The transfer cannot be done: {status}.", status, Q850.FromStatus(status));
        }
    }

    private void RefuseTransfer(TransferRequest asked, int status)
    {
        _transactions.RespondEmpty(asked.Transaction, status, asked.Leg.Dialog.LocalTag);
        CountTransfer(TransferKind.Blind, TransferResult.Refused);
    }

    /// <summary>The controller does it by itself: the phone is told that it is done.</summary>
    private void TakeTransferOver(TransferRequest asked)
    {
        Leg leg = asked.Leg;
        AcceptRefer(asked.Transaction, leg, isSilent: false);
        var told = new Transfer(this, leg.Call, leg, TransferKind.Blind) { Subscription = new ReferSubscription(this, leg.Call, leg, asked.Transaction.CSeq), IsOpen = false };
        Notify(told, 200);
    }
}
