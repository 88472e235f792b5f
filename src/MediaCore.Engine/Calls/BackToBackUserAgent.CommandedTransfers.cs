using System.Text;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using System.Collections.Frozen;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Transfers by command. Done by us, they are what a REFER of the other party would do (<c>Transferring</c>), without anybody to be told by NOTIFY. Or the leg's phone is asked by a REFER of ours (RFC 3515) and tells how far it is.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    private CommandReply TransferByCommand(Call call, Leg? named, TransferCommand command, FrozenDictionary<string, SipPeer> peers)
    {
        Leg leg = named ?? call.Caller;
        if ((RefuseUndecided(call) ?? RefuseUnsettled(leg)) is { } refusal)
        {
            return refusal;
        }

        if ((command.Target is null) == (command.OtherCallId is null))
        {
            return Refuse(CommandStatus.InvalidArgument, "A transfer has a target, or names another call, and not both.");
        }

        if (command.ByRefer)
        {
            return command.Target is { } wanted
                ? ReferByCommand(call, leg, command, wanted)
                : Refuse(CommandStatus.InvalidArgument, "The phone cannot be asked to join two calls of the server; leave by_refer out.");
        }

        if (!leg.IsCaller && !ReferenceEquals(call.Connected, leg))
        {
            return Refuse(CommandStatus.FailedPrecondition, "The leg talks with nobody of its call; dial for it, or bridge it.");
        }

        Leg? leaving = GetOther(leg);
        if (leaving is not { State: LegState.Answered } || call.PassesMedia)
        {
            return Refuse(CommandStatus.FailedPrecondition, call.PassesMedia ? "The call's media does not come by here." : "The leg talks with nobody; dial for it, or bridge it with the other call.");
        }

        if (call.Transfer is { IsOpen: true } || call.ReInviteFrom is not null || IsAnyInviting(call))
        {
            return Refuse(CommandStatus.FailedPrecondition, "The call is being transferred, or dials, or its two are just agreeing on something; try again in a moment.");
        }

        if (command.OtherCallId is { } otherCall)
        {
            return TransferToCall(call, leaving, command, otherCall);
        }

        if (FindTarget(call, command.Target!, peers, out DialTarget? target) is { } problem)
        {
            return problem;
        }

        if (target is TrunkTarget { User: null })
        {
            return Refuse(CommandStatus.InvalidArgument, "A trunk needs a number.");
        }

        OpenCommand open = Begin(call, command, leg);
        var transfer = new Transfer(this, call, leaving, TransferKind.Blind) { Target = DescribeTarget(command.Target!), Command = open };
        StartTransfer(transfer, leg, new RoutePlan { Steps = [new DialStep([target!], Parallel: target is AccountTarget, ControlLimits.DefaultRingTime)] });
        return Accept(open, call);
    }

    private void StartTransfer(Transfer transfer, Leg staying, RoutePlan plan)
    {
        Begin(transfer, staying, Encoding.UTF8.GetBytes(transfer.Target));
        Call call = transfer.Call;
        call.FirstNumber ??= call.Plan.Number;
        call.Plan = plan;
        call.StepIndex = 0;
        StartStep(call);
    }

    /// <summary>What a record and an event say of a target.</summary>
    private static string DescribeTarget(DialDestination target) => target switch
    {
        AccountDestination account => account.Account,
        TrunkDestination trunk => trunk.Number ?? "",
        UriDestination uri => uri.Uri,
        _ => "",
    };

    /// <summary>An attended transfer: the other call's party who belongs to the one that leaves is replaced by the one that stays, as its REFER with Replaces would do.</summary>
    private CommandReply TransferToCall(Call call, Leg leaving, TransferCommand command, string otherCall)
    {
        if (otherCall == call.Id)
        {
            return Refuse(CommandStatus.InvalidArgument, "other_call_id names another call.");
        }

        if (!CallKey.TryMake(otherCall, out SessionKey key) || !_context.Sessions.TryGet(key, out SessionHandle handle))
        {
            return Refuse(CommandStatus.NotFound, $"There is no call {otherCall}, or it is over.");
        }

        var ask = new DialogAsk
        {
            From = call.Handle,
            LeavingIndex = leaving.Index,
            CommandId = command.CommandId,
            Controller = call.Control!.Controller,
            ToCallId = otherCall,
            Peer = leaving.Peer,
            PeerIsTrunk = leaving.PeerIsTrunk,
        };
        if (!_context.Outbox.TryPost(handle.Shard, ask))
        {
            return Refuse(CommandStatus.Unavailable, "The other call's shard has no room for more commands now; send it again in a moment.");
        }

        CallQuestion question = Begin(call, new CallQuestion(this, call, command, GetOther(leaving)));
        _context.Wheel.Schedule(question.Limit, _context.Now + s_shardLimit);
        return Accept(question, call);
    }

    /// <summary>Another call is to be joined with one of ours: which of its dialogs is to be replaced.</summary>
    internal void OnDialogAsked(DialogAsk ask)
    {
        string problem = "";
        byte[] replaces = [];
        Leg? replaced = null;
        if (FindCall(ask.ToCallId) is not { } call)
        {
            problem = "The other call is over.";
        }
        else if (call.Control?.Controller != ask.Controller)
        {
            problem = "The other call has another controller.";
        }
        else if (call is not { State: CallState.Answered, Connected: { State: LegState.Answered } connected } || call.PassesMedia)
        {
            problem = "The two of the other call do not talk with each other; where it has one party alone, hang up the one who leaves and bridge the two.";
        }
        else
        {
            // The one of the same account or trunk as who leaves here; else who called.
            replaced = connected.Peer is not null && connected.Peer == ask.Peer && connected.PeerIsTrunk == ask.PeerIsTrunk && (call.Caller.Peer != ask.Peer || call.Caller.PeerIsTrunk != ask.PeerIsTrunk) ? connected : call.Caller;
            if (replaced.Peer is null)
            {
                problem = "The party of the other call that would leave is neither an account's nor a trunk's.";
            }
            else
            {
                replaces = new byte[EngineLimits.MaxReplacesBytes];
                var writer = new SipWriter(replaces);
                writer.Raw(replaced.Dialog.CallId);
                writer.Raw(";to-tag="u8);
                writer.Raw(replaced.Dialog.LocalTag);
                writer.Raw(";from-tag="u8);
                writer.Raw(replaced.Dialog.RemoteTag);
                problem = writer.Overflowed ? "The other call's identifiers are too long." : "";
                replaces = writer.Overflowed ? [] : writer.Written.ToArray();
            }
        }

        _ = _context.Outbox.Post(ask.From.Shard, new DialogAnswer
        {
            To = ask.From,
            LeavingIndex = ask.LeavingIndex,
            CommandId = ask.CommandId,
            Problem = problem,
            Replaces = replaces,
            Shard = _context.Index,
            Peer = replaced?.Peer,
            PeerIsTrunk = replaced is { PeerIsTrunk: true },
            OtherCallId = ask.ToCallId,
        });
    }

    internal void OnDialogAnswered(DialogAnswer answer)
    {
        if (!_calls.TryGet(answer.To, out Call? call) || call.Control?.Find(answer.CommandId) is not CallQuestion open)
        {
            return;
        }

        _context.Wheel.Cancel(open.Limit);
        Leg? leaving = FindLeg(call, answer.LeavingIndex);
        string problem = answer.Problem.Length > 0 ? answer.Problem
            : leaving is not { State: LegState.Answered } || GetOther(leaving) is not { State: LegState.Answered } || call.Transfer is { IsOpen: true } || call.ReInviteFrom is not null || IsAnyInviting(call)
                ? "The two no longer talk with each other, or are just agreeing on something; try again in a moment."
            : "";
        if (problem.Length > 0)
        {
            Finish(call, open, CommandOutcome.Failed, problem);
            return;
        }

        var transfer = new Transfer(this, call, leaving!, TransferKind.Attended)
        {
            Target = answer.OtherCallId,
            Command = open,
            Replaces = answer.Replaces,
            ReplacedShard = answer.Shard,
            InNameOf = (answer.Peer, answer.PeerIsTrunk),
        };
        StartTransfer(transfer, GetOther(leaving!)!, s_replacement);
    }

    internal void OnQuestionUnanswered(CallQuestion question)
    {
        if (_calls.TryGet(question.From, out Call? call))
        {
            Finish(call, question, CommandOutcome.Failed, "The other call's shard has not answered; try again.");
        }
    }

    /// <summary>A transfer by command is over.</summary>
    private void EndCommandedTransfer(Transfer transfer, int status)
    {
        if (transfer.Command is { } open)
        {
            bool isDone = status < 300;
            Finish(transfer.Call, open, isDone ? CommandOutcome.Completed : CommandOutcome.Failed, isDone ? "" : $"Nobody has taken the call: {status}.", status, Q850.FromStatus(status));
        }
    }

    private CommandReply ReferByCommand(Call call, Leg leg, TransferCommand command, DialDestination target)
    {
        if (leg.Ties is { Refer: not null })
        {
            return Refuse(CommandStatus.FailedPrecondition, "The phone has not told the end of the last transfer; wait for the end of that command.");
        }

        if (leg.Flow.Stream is LoopbackFlow)
        {
            return Refuse(CommandStatus.FailedPrecondition, "The leg leads to another call of the server; leave by_refer out.");
        }

        Span<byte> uri = stackalloc byte[512];
        if (!TryWriteReferTo(uri, leg, target, out int length))
        {
            return Refuse(CommandStatus.InvalidArgument, "The target has no number or address that a phone could dial: name an account, a trunk's number, or a SIP URI without headers.");
        }

        ReopenFlow(leg);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = leg.Dialog.NextLocalCSeq();
        OpenCommand open = Begin(call, command, leg);
        var refer = new ReferRequest(this, leg, open);
        if (_transactions.Open(SipMethod.Refer, cseq, refer, leg.Flow, branch) is not { } transaction)
        {
            Finish(call, open, CommandOutcome.Failed, "The server has no room for more transactions now.", 503, Q850.ResourceUnavailable);
            return Accept(open, call);
        }

        (leg.Ties ??= new LegTies()).Refer = refer;
        transaction.Trunk = leg.Trunk;
        SipWriter writer = BeginRequest(leg, SipMethod.Refer, cseq, branch, 70, out int branchOffset);
        OurContact.Write(ref writer, leg.Flow, _context.Index);
        writer.HeaderStart(SipHeaderName.ReferTo);
        writer.Raw("<"u8);
        writer.Raw(uri[..length]);
        writer.Raw(">"u8);
        writer.EndLine();
        FinishRequest(ref writer, leg, SipMethod.Refer, 0);
        leg.OpenRequests++;
        _context.Wheel.Schedule(refer.Limit, _context.Now + _context.Options.MaxRinging + _context.Timers.Timeout);
        _transactions.Start(transaction, writer, branchOffset);
        return Accept(open, call);
    }

    /// <summary>Refer-To: what the phone can dial at our address, or the URI itself.</summary>
    private static bool TryWriteReferTo(Span<byte> destination, Leg leg, DialDestination target, out int length)
    {
        string user = DescribeTarget(target);
        var writer = new SipWriter(destination);
        Span<byte> bytes = stackalloc byte[256];
        length = 0;
        if (user.Length == 0 || user.AsSpan().ContainsAnyExceptInRange('!', '~') || user.AsSpan().ContainsAny('<', '>', '"') || !Encoding.ASCII.TryGetBytes(user, bytes, out int written))
        {
            return false;
        }

        if (target is not UriDestination)
        {
            writer.Raw("sip:"u8);
        }

        writer.Raw(bytes[..written]);
        if (target is not UriDestination)
        {
            writer.Raw("@"u8);
            writer.Raw(leg.Flow.Local.HostPort);
            writer.Raw(leg.Flow.Local.UriParameters);
        }

        length = writer.Overflowed ? 0 : writer.Length;
        return length > 0 && SipUri.TryParse(destination[..length], out SipUri parsed) && parsed.Headers.IsEmpty && parsed.Scheme is SipUriScheme.Sip or SipUriScheme.Sips or SipUriScheme.Tel;
    }

    internal void OnReferAnswered(ReferRequest refer, SipMessage response)
    {
        int status = response.StatusCode;
        if (status >= 300)
        {
            EndRefer(refer, status);
            return;
        }

        bool isSilent = response.TryGetHeader("Refer-Sub"u8, out ReadOnlySpan<byte> subscription) && Ascii.EqualsIgnoreCase(subscription[..Math.Min(5, subscription.Length)], "false"u8);
        NoteTransfer(refer.Leg, TransferKind.Blind, 100);
        if (isSilent)
        {
            // RFC 4488: it will not tell; that it has taken the request is all that is learnt.
            EndRefer(refer, status);
        }
    }

    /// <summary>Takes a NOTIFY that says how far our REFER is (RFC 3515 §2.4.5); false: it is another's.</summary>
    private bool TryTakeReferNotify(Leg leg, SipMessage request, in Flow flow)
    {
        if (leg.Ties is not { Refer: { } refer } || !request.TryGetHeader(SipHeaderName.Event, out ReadOnlySpan<byte> package) || !IsRefer(package))
        {
            return false;
        }

        if (_transactions.Open(request, flow) is not { } transaction)
        {
            return true;
        }

        _transactions.RespondEmpty(transaction, 200, leg.Dialog.LocalTag);
        int status = ReadFragment(request.Body);
        bool isOver = request.TryGetHeader(SipHeaderName.SubscriptionState, out ReadOnlySpan<byte> state) && state.Length >= 10 && Ascii.EqualsIgnoreCase(state[..10], "terminated"u8);
        if (status >= 200 || isOver)
        {
            EndRefer(refer, status >= 200 ? status : 480);
        }
        else if (status > 100)
        {
            NoteTransfer(leg, TransferKind.Blind, status);
        }

        return true;
    }

    private static bool IsRefer(ReadOnlySpan<byte> package) =>
        package.Length >= 5 && Ascii.EqualsIgnoreCase(package[..5], "refer"u8) && (package.Length == 5 || package[5] is (byte)';' or (byte)' ');

    /// <summary>Status of a message/sipfrag body that begins with a status line (RFC 3420); 0 for another.</summary>
    private static int ReadFragment(ReadOnlySpan<byte> body)
    {
        const int Digits = 3;
        ReadOnlySpan<byte> version = "SIP/2.0 "u8;
        return body.Length >= version.Length + Digits && body.StartsWith(version)
            && System.Buffers.Text.Utf8Parser.TryParse(body.Slice(version.Length, Digits), out int status, out int used) && used == Digits
            ? status
            : 0;
    }

    /// <summary>The phone has told the end of a transfer that it was asked for, has refused it, or is silent. Who was transferred is hung up: it talks with somebody else (RFC 5589).</summary>
    internal void EndRefer(ReferRequest refer, int status)
    {
        Leg leg = refer.Leg;
        if (leg.Ties is not { } ties || !ReferenceEquals(ties.Refer, refer))
        {
            return;
        }

        ties.Refer = null;
        _context.Wheel.Cancel(refer.Limit);
        bool isDone = status < 300;
        CountTransfer(TransferKind.Blind, isDone ? TransferResult.Completed : TransferResult.Failed);
        NoteTransfer(leg, TransferKind.Blind, status);
        Finish(leg.Call, refer.Command, isDone ? CommandOutcome.Completed : CommandOutcome.Failed, isDone ? "" : $"The phone has not done it: {status}.", status, Q850.FromStatus(status));
        if (isDone && leg.Call.State == CallState.Answered && leg.State == LegState.Answered)
        {
            HangUpParty(leg);
        }
    }

    /// <summary>A request of ours to a leg, sent by command, is over: the call no longer waits for it.</summary>
    internal void OnCommandedRequestEnded(Leg leg)
    {
        leg.OpenRequests--;
        Release(leg.Call);
    }

    private void NoteTransfer(Leg leg, TransferKind kind, int status)
    {
        if (WantsEvents)
        {
            Publish(leg.Call, new TransferChanged { LegId = GetLegId(leg), Kind = kind, SipStatus = status });
        }
    }

    /// <summary>A leg is over: nothing that its controller did with it is left.</summary>
    private void EndTies(Leg leg)
    {
        if (leg.Ties is not { } ties)
        {
            return;
        }

        LeaveBridge(leg);
        ties.IsParked = false;
        if (ties.Refer is { } refer)
        {
            ties.Refer = null;
            _context.Wheel.Cancel(refer.Limit);
            Finish(leg.Call, refer.Command, CommandOutcome.HungUp);
        }

        if (ties.Requested is { } asked)
        {
            ties.Requested = null;
            _context.Wheel.Cancel(asked.Limit);
            asked.Asked?.Dispose();
            RefuseTransfer(asked, 480);
        }

        if (ties.Hold is { } hold)
        {
            ties.Hold = null;
            Finish(leg.Call, hold, CommandOutcome.HungUp);
        }
    }

    /// <summary>The call is over, and so is what was done with its legs.</summary>
    private void EndTies(Call call)
    {
        EndTies(call.Caller);
        foreach (Leg leg in call.Callees)
        {
            EndTies(leg);
        }
    }
}
