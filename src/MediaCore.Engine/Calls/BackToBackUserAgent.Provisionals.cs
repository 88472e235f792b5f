using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Provisional responses: what a target tells while it rings, and what the caller is told of it.</summary>
internal sealed partial class BackToBackUserAgent
{
    private void OnProvisional(Leg leg, SipMessage response, int status)
    {
        Call call = leg.Call;
        if (leg.State == LegState.Cancelling)
        {
            if (leg.InviteClient is { } invite && invite.Canceller.IsNone)
            {
                SendCancel(leg, invite, leg.CancelReason);
            }

            return;
        }

        if (leg.State != LegState.Inviting || call.State == CallState.Ended)
        {
            return;
        }

        _context.Wheel.Cancel(call.AttemptTimer);
        if (status == 100)
        {
            NoteLeg(leg);
            return;
        }

        NoteHopAlive(leg);
        if (TakeEarlyDialog(leg, response) is not { } dialog || !TakesTurn(dialog, response, out bool isReliable))
        {
            return;
        }

        if (status == 199)
        {
            // One fork behind the target has ended (RFC 6228 §4). To the caller we are one dialog, which goes on with the others.
            if (isReliable)
            {
                SendPrack(dialog, leg.InviteCSeq, 0);
            }

            return;
        }

        leg.RingingAt ??= _context.WallClock;
        call.Caller.RingingAt ??= _context.WallClock;
        NoteDialog(leg);
        NoteDialog(call.Caller);
        bool isSetup = call.State == CallState.Setup;
        if (call.Transfer is { IsOpen: true } transfer)
        {
            Notify(transfer, status);
        }

        if (!leg.WasOffered)
        {
            OnProvisionalWithoutOffer(leg, dialog, response, status, isReliable);
            return;
        }

        bool withMedia = !response.Body.IsEmpty && TakeEarlyMedia(leg, dialog, response) && isSetup;
        NoteLeg(leg);
        if (isReliable)
        {
            dialog.AnsweredReliably |= !response.Body.IsEmpty;
            SendPrack(dialog, leg.InviteCSeq, 0);
        }

        if (isSetup)
        {
            SendProvisional(call, status, withMedia ? dialog : null);
        }
    }

    /// <summary>The target makes the offer: in a reliable response it goes to the caller at once (RFC 3262 §5), else it comes with the 2xx.</summary>
    private void OnProvisionalWithoutOffer(Leg leg, Leg dialog, SipMessage response, int status, bool isReliable)
    {
        Call call = leg.Call;
        bool isOffer = isReliable && !response.Body.IsEmpty && !dialog.AnsweredReliably;
        if (isOffer && call.EarlyDialog is null && TakesReliable(call.Caller) && call.Caller.Pending is not { IsOutstanding: true } && TryReadSdp(response, dialog, ref dialog.Remote))
        {
            call.EarlyDialog = dialog;
            call.EarlyMedia = leg;
            dialog.OwesPrackWithAnswer = true;
            SendProvisional(call, status, dialog);
            return;
        }

        if (isReliable && !isOffer)
        {
            SendPrack(dialog, leg.InviteCSeq, 0);
        }

        // An offer that cannot be answered now is not acknowledged either; its sender gives up, and the next target is tried.
        SendProvisional(call, status, null);
    }

    /// <summary>
    /// Passes a provisional on, each kind once; with SDP when early media flows, and again when that is another than before. Reliably where the caller
    /// wants that (RFC 3262 §3): then one after the other, each after the PRACK of the one before.
    /// </summary>
    private void SendProvisional(Call call, int status, Leg? mediaFrom)
    {
        Leg caller = call.Caller;
        if (call.State != CallState.Setup || caller.InviteServer is not { FinalStatus: 0 } transaction)
        {
            return;
        }

        bool isNews = mediaFrom is not null && (!call.ProvisionalHadBody || !KnowsDescription(caller, mediaFrom));
        if (status == call.ProvisionalSent && !isNews)
        {
            return;
        }

        if (caller.Pending is { IsOutstanding: true } busy)
        {
            busy.NextStatus = status;
            HoldAnswerHeaders(busy);
            return;
        }

        if (isNews && caller.AnsweredReliably)
        {
            // The answer is given; another description has to be an offer (RFC 3311).
            caller.OwesOffer = true;
            isNews = false;
            if (status == call.ProvisionalSent)
            {
                Renegotiate(caller);
                return;
            }
        }

        int bodyLength = 0;
        bool isOffer = isNews && mediaFrom!.OwesPrackWithAnswer;
        if (isNews && !(isOffer ? TryWriteOffer(caller, mediaFrom!, out bodyLength) : TryWriteAnswer(caller, mediaFrom!, out bodyLength)))
        {
            bodyLength = 0;
        }

        bool isReliable = TakesReliable(caller) && (bodyLength > 0 || caller.RequiresReliable);
        call.ProvisionalSent = status;
        call.ProvisionalChanged |= bodyLength > 0 && call.ProvisionalHadBody;
        call.ProvisionalHadBody |= bodyLength > 0;
        _context.Wheel.Schedule(call.ProvisionalTimer, _context.Now + s_provisionalInterval);
        WriteProvisional(call, transaction, status, isReliable, isOffer, bodyLength);
        if (bodyLength > 0 && !isOffer)
        {
            MapPayloadTypes(caller, mediaFrom!);
        }

        Renegotiate(caller);
    }

    /// <summary>Sends a provisional response with the description in the part buffer.</summary>
    private void WriteProvisional(Call call, ServerTransaction transaction, int status, bool isReliable, bool isOffer, int bodyLength)
    {
        Leg caller = call.Caller;
        SipWriter writer = transaction.BeginResponse(_context.Scratch, status, caller.Dialog.LocalTag, recordRoutes: true);
        WriteAnswerHeaders(ref writer, caller, status);
        if (isReliable)
        {
            PendingProvisional pending = caller.Pending ??= new PendingProvisional(call, caller);
            WriteReliable(ref writer, caller, pending);
            AwaitPrack(pending, bodyLength > 0, isOffer);
        }
        else if (caller.Pending is { } former)
        {
            former.IsLatest = false;
        }

        FinishResponse(ref writer, caller, SipMethod.Invite, status, bodyLength);
        _transactions.Respond(transaction, status, writer);
    }

    /// <summary>An INVITE that rings long is reminded every minute, or proxies before us give it up (RFC 3261 §13.3.1.1, timer C).</summary>
    private void RepeatProvisional(Call call)
    {
        Leg caller = call.Caller;
        if (call.State != CallState.Setup || caller.InviteServer is not { FinalStatus: 0 } transaction || transaction.Response.IsEmpty)
        {
            return;
        }

        if (caller.Pending is { IsLatest: true } pending)
        {
            // Acknowledged, it would be taken for a late repetition and dropped on the way: RFC 3262 §3 numbers each response that is sent reliably anew.
            if (!pending.IsOutstanding)
            {
                WriteProvisional(call, transaction, call.ProvisionalSent, isReliable: true, isOffer: false, bodyLength: 0);
            }
        }
        else
        {
            _transactions.Resend(transaction);
        }

        _context.Wheel.Schedule(call.ProvisionalTimer, _context.Now + s_provisionalInterval);
    }
}
