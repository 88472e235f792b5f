using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;
using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Calls;

/// <summary>Reliable provisional responses (RFC 3262), on each side of a call by itself: towards the caller as a UAS, towards targets as a UAC.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Policy of a leg: its trunk's, else the engine's.</summary>
    private ReliableProvisionals GetReliability(Leg leg) => leg.Trunk?.ReliableProvisionals ?? _context.Options.ReliableProvisionals;

    /// <summary>What an INVITE of ours on this leg offers: reliable responses only where an answer to their offer could be had (a caller without SDP has to do its part).</summary>
    private ReliableProvisionals GetReliabilityTowards(Leg leg)
    {
        ReliableProvisionals wanted = GetReliability(leg);
        bool canAnswer = !leg.Call.IsDelayedOffer || leg.Call.State != CallState.Setup || TakesReliable(leg.Call.Caller);
        return canAnswer ? wanted : ReliableProvisionals.Off;
    }

    /// <summary>Whether the caller's provisional responses may be reliable.</summary>
    private bool TakesReliable(Leg caller) =>
        (caller.PeerSupports & SipExtensions.ReliableProvisionals) != SipExtensions.None && GetReliability(caller) != ReliableProvisionals.Off;

    /// <summary>Writes what makes a provisional response reliable (RFC 3262 §3, §7.1).</summary>
    private void WriteReliable(ref SipWriter writer, Leg caller, PendingProvisional pending)
    {
        pending.ResponseNumber = pending.ResponseNumber == 0 ? (uint)(_context.Identifiers.Next() & 0x3FFF_FFFF) + 1 : pending.ResponseNumber + 1;
        pending.InviteCSeq = caller.InviteServer!.CSeq;
        SipOptionTags.Write(ref writer, SipHeaderName.Require, SipExtensions.ReliableProvisionals);
        writer.Header(SipHeaderName.RSeq, pending.ResponseNumber);
        writer.Header(SipHeaderName.Allow, _context.Capabilities.Allow);
    }

    /// <summary>A reliable response has been sent: it is repeated until its PRACK.</summary>
    private void AwaitPrack(PendingProvisional pending, bool hasBody, bool expectsAnswer)
    {
        pending.IsOutstanding = pending.IsLatest = true;
        pending.HasBody = hasBody;
        pending.ExpectsAnswer = expectsAnswer;
        pending.Retransmission.Start(_context.Now, _context.Timers);
        _context.Wheel.Schedule(pending.Timer, pending.Retransmission.NextDeadline);
    }

    private void OnReliableDeadline(Leg leg)
    {
        if (leg.Pending is not { IsOutstanding: true } pending)
        {
            return;
        }

        switch (pending.Retransmission.HandleDeadline(_context.Now))
        {
            case ReliableProvisionalAction.Retransmit:
                if (leg.InviteServer is { FinalStatus: 0 } transaction)
                {
                    _transactions.Resend(transaction);
                }

                break;
            case ReliableProvisionalAction.GiveUp:
                // RFC 3262 §3: the caller cannot be talking with us.
                EndUnanswered(leg.Call, 504, Q850.RecoveryOnTimerExpiry, CallEndReason.SignallingTimeout, CallEndSide.Server);
                return;
            default:
                break;
        }

        _context.Wheel.Schedule(pending.Timer, pending.Retransmission.NextDeadline);
    }

    /// <summary>No more repetitions: a final response is being sent. The PRACK may still come and is then answered.</summary>
    private void StopReliable(Leg leg)
    {
        if (leg.Pending is { } pending)
        {
            pending.Retransmission.Stop();
            pending.OwesAnswer = false;
            pending.NextStatus = 0;
            _context.Wheel.Cancel(pending.Timer);
        }
    }

    /// <summary>PRACK (RFC 3262 §3): it has to name the response that is outstanding.</summary>
    private void OnPrack(Leg leg, SipMessage request, in Flow flow)
    {
        if (leg.Pending is not { IsOutstanding: true } pending || !request.TryGetHeader(SipHeaderName.RAck, out ReadOnlySpan<byte> value)
            || !RAckHeader.TryParse(value, out RAckHeader rack)
            || rack.ResponseNumber != pending.ResponseNumber || rack.CSeqNumber != pending.InviteCSeq || rack.Method != SipMethod.Invite)
        {
            _transactions.RespondStateless(request, flow, 481, default);
            return;
        }

        Call call = leg.Call;
        bool hasBody = !request.Body.IsEmpty;
        bool expectsAnswer = pending.ExpectsAnswer;
        if (hasBody && !expectsAnswer && IsOfferPending(leg))
        {
            _transactions.RespondStateless(request, flow, 491, default);
            return;
        }

        Sdp.AudioDescription described = default;
        if (hasBody && !TryReadSdp(request, leg, ref described))
        {
            _transactions.RespondStateless(request, flow, 488, default);
            return;
        }

        if (_transactions.Open(request, flow) is not { } transaction)
        {
            return;
        }

        RefreshTarget(leg, request);
        Prove(leg);
        pending.IsOutstanding = pending.ExpectsAnswer = false;
        pending.Retransmission.Stop();
        _context.Wheel.Cancel(pending.Timer);
        leg.AnsweredReliably |= pending.HasBody;
        int length = 0;
        if (hasBody && !expectsAnswer)
        {
            // RFC 3262 §5: an offer in the PRACK has its answer in the 200.
            if (!TryAnswerByUs(leg, described, GetCounterpart(leg), out length))
            {
                _transactions.RespondEmpty(transaction, 488, default, 88);
                ContinueAfterPrack(call, pending);
                return;
            }
        }

        SipWriter writer = transaction.BeginResponse(_context.Scratch, 200, leg.Dialog.LocalTag);
        if (length > 0)
        {
            OurContact.Write(ref writer, leg.Flow, _context.Index);
        }

        FinishResponse(ref writer, leg, SipMethod.Prack, 200, length);
        _transactions.Respond(transaction, 200, writer);
        if (expectsAnswer && !TakeAnswerInPrack(leg, hasBody, described))
        {
            return;
        }

        ContinueAfterPrack(call, pending);
    }

    /// <summary>The caller's answer to an offer that its target made in a reliable response (RFC 3262 §5): it goes on in our PRACK to the target.</summary>
    private bool TakeAnswerInPrack(Leg caller, bool hasBody, in Sdp.AudioDescription described)
    {
        Call call = caller.Call;
        caller.Remote = described;
        if (!hasBody || !AcceptAnswer(caller))
        {
            EndUnanswered(call, 488, 88, CallEndReason.MediaMismatch, CallEndSide.Server);
            return false;
        }

        caller.AnsweredReliably = true;
        if (call.EarlyDialog is { OwesPrackWithAnswer: true } dialog)
        {
            dialog.OwesPrackWithAnswer = false;
            dialog.AnsweredReliably = true;
            SendPrack(dialog, dialog.InviteCSeq, TryWriteAnswer(dialog, caller, out int length) ? length : 0);
            BridgeEarly(call, dialog);
        }

        return true;
    }

    private void ContinueAfterPrack(Call call, PendingProvisional pending)
    {
        if (call.State != CallState.Setup)
        {
            return;
        }

        if (pending.OwesAnswer)
        {
            pending.OwesAnswer = false;
            if (call.Connected is { } connected)
            {
                ResumeAnswerHeaders(pending);
                Connect(call, connected);
                _answerHeadersLength = _recvInfoLength = 0;
            }
            else if (call.Control is { Answering: not null })
            {
                AnswerForController(call);
            }
            else if (call.PendingRoom is not null)
            {
                AnswerForRoom(call);
            }
            else if (call.PendingClip is { } clip)
            {
                Play(call, clip);
            }

            return;
        }

        int next = pending.NextStatus;
        pending.NextStatus = 0;
        if (next != 0)
        {
            ResumeAnswerHeaders(pending);
            SendProvisional(call, next, call.EarlyDialog);
            _answerHeadersLength = 0;
        }

        Renegotiate(call.Caller);
    }

    /// <summary>Keeps what the target's response tells the caller, since the response that tells it has to wait for a PRACK.</summary>
    private void HoldAnswerHeaders(PendingProvisional pending)
    {
        pending.HeldHeaders = _answerHeaders.AsSpan(0, _answerHeadersLength).ToArray();
        pending.HeldRecvInfo = _recvInfo.AsSpan(0, _recvInfoLength).ToArray();
    }

    private void ResumeAnswerHeaders(PendingProvisional pending)
    {
        // Both were in these buffers before, so they fit.
        pending.HeldHeaders.CopyTo(_answerHeaders, 0);
        _answerHeadersLength = pending.HeldHeaders.Length;
        pending.HeldRecvInfo.CopyTo(_recvInfo, 0);
        _recvInfoLength = pending.HeldRecvInfo.Length;
        pending.HeldHeaders = pending.HeldRecvInfo = [];
    }

    /// <summary>
    /// A provisional response of a target in order (RFC 3262 §4): false for a repetition or one that came before its turn, which is neither
    /// acknowledged nor looked at.
    /// </summary>
    private static bool TakesTurn(Leg dialog, SipMessage response, out bool isReliable)
    {
        isReliable = (SipOptionTags.Read(response, SipHeaderName.Require) & SipExtensions.ReliableProvisionals) != SipExtensions.None
            && response.TryGetNumber(SipHeaderName.RSeq, out _);
        if (!isReliable)
        {
            return true;
        }

        response.TryGetNumber(SipHeaderName.RSeq, out uint number);
        if (number == 0 || (dialog.LastResponseNumber != 0 && number != dialog.LastResponseNumber + 1))
        {
            return false;
        }

        dialog.LastResponseNumber = number;
        return true;
    }

    /// <summary>Acknowledges the last reliable response of a dialog (RFC 3262 §4), with an answer from the part buffer where that brought an offer.</summary>
    private void SendPrack(Leg dialog, uint inviteCSeq, int bodyLength)
    {
        if (dialog.Dialog.RemoteTarget.IsEmpty)
        {
            return;
        }

        ReopenFlow(dialog);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = dialog.Dialog.NextLocalCSeq();
        if (_transactions.Open(SipMethod.Prack, cseq, RequestPurpose.Prack, dialog.Flow, dialog, branch) is not { } transaction)
        {
            return;
        }

        SipWriter writer = BeginRequest(dialog, SipMethod.Prack, cseq, branch, 70, out int branchOffset);
        writer.HeaderStart(SipHeaderName.RAck);
        writer.Raw(dialog.LastResponseNumber);
        writer.Raw(" "u8);
        writer.Raw(inviteCSeq);
        writer.Raw(" INVITE\r\n"u8);
        FinishRequest(ref writer, dialog, SipMethod.Prack, bodyLength);
        dialog.OpenRequests++;
        _transactions.Start(transaction, writer, branchOffset);
    }
}
