using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Signalling;
using MediaCore.Sdp;
using MediaCore.Sip.Messages;
using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Calls;

/// <summary>Requests within a dialog: ACK, CANCEL, BYE, re-INVITE.</summary>
internal sealed partial class BackToBackUserAgent
{
    private readonly byte[] _passedReason = new byte[512];

    /// <summary>A request with a To tag (RFC 3261 §12.2.2).</summary>
    public void OnInDialogRequest(SipMessage request, in Flow flow)
    {
        Leg? leg = FindLeg(request);
        if (leg is not null)
        {
            _transactions.NoteTrunk(leg.Trunk);
        }

        if (leg is not null && !TryFilterInbound(leg.Trunk, ref request))
        {
            _transactions.RespondStateless(request, flow, 513, default);
            return;
        }

        // A leg that was let go and waits for its ACK to be hung up has no media any more, and no part in its call.
        if (leg is null || ((leg.Call.State == CallState.Ended || leg.OwesBye) && request.Method != SipMethod.Bye))
        {
            _transactions.RespondStateless(request, flow, 481, default);
            return;
        }

        if (!request.TryGetCSeq(out CSeqHeader cseq) || !leg.Dialog.AcceptRemoteCSeq(cseq.Number))
        {
            _transactions.RespondStateless(request, flow, 500, default);
            return;
        }

        switch (request.Method)
        {
            case SipMethod.Bye:
                OnBye(leg, request, flow);
                break;
            case SipMethod.Invite:
                OnReInvite(leg, request, flow);
                break;
            case SipMethod.Prack:
                OnPrack(leg, request, flow);
                break;
            case SipMethod.Update:
                OnUpdate(leg, request, flow);
                break;
            case SipMethod.Options:
                // Nothing changes by it, so nothing is kept for it: a dialog must not be a way to fill the transaction table.
                _transactions.RespondStateless(request, flow, 200, default);
                break;
            case SipMethod.Refer:
                OnRefer(leg, request, flow);
                break;
            case SipMethod.Notify when TryTakeReferNotify(leg, request, flow):
                break;
            case SipMethod.Info or SipMethod.Message or SipMethod.Notify:
                Relay(leg, request, flow);
                break;
            default:
                _transactions.RespondStateless(request, flow, 405, default);
                break;
        }
    }

    /// <summary>An ACK for a 2xx.</summary>
    public void OnAck(SipMessage ack)
    {
        Leg? leg = FindLeg(ack);
        if (leg is null || !leg.AwaitsAck || (leg.InviteServer is { } pending && ack.TryGetCSeq(out CSeqHeader cseq) && cseq.Number != pending.CSeq))
        {
            _context.Statistics.StrayAcks++;
            return;
        }

        Acknowledge(leg);
        if (leg.OwesBye)
        {
            leg.OwesBye = false;
            SendBye(leg, Q850.NormalClearing, default);
            Release(leg.Call);
            return;
        }

        if (leg.ExpectsAnswerInAck)
        {
            leg.ExpectsAnswerInAck = false;
            OnAnswerInAck(leg, ack);
        }
        else if (leg.IsCaller)
        {
            StartPendingClip(leg.Call);
        }

        RenegotiateBoth(leg.Call);
    }

    /// <summary>An offer may now be possible where one was owed.</summary>
    private void RenegotiateBoth(Call call)
    {
        Renegotiate(call.Caller);
        if (call.Connected is { } connected)
        {
            Renegotiate(connected);
        }
    }

    private void Acknowledge(Leg leg)
    {
        leg.AwaitsAck = false;
        Prove(leg);
        leg.OkRetransmission.HandleAck();
        _context.Wheel.Cancel(leg.OkTimer);
        if (leg.InviteServer is { } transaction)
        {
            transaction.ReleaseResponse();
            transaction.ReleaseHead();
        }
    }

    /// <summary>The answer to an offer that went out in our 2xx (RFC 3261 §13.2.1).</summary>
    private void OnAnswerInAck(Leg leg, SipMessage ack)
    {
        Call call = leg.Call;
        Leg? other = GetOther(leg);
        if (!TryReadSdp(ack, leg, ref leg.Remote) || !AcceptAnswer(leg))
        {
            End(call, CallEndReason.MediaMismatch, CallEndSide.Server, 88);
            return;
        }

        if (leg.ConnectsWithAck)
        {
            leg.ConnectsWithAck = false;
            Connect(call, leg);
            return;
        }

        if (other is { OwesAckWithAnswer: true })
        {
            other.OwesAckWithAnswer = false;
            other.AckCarriedAnswer = TryWriteAnswer(other, leg, out int length);
            SendAck(other, length);
            MapPayloadTypes(leg, other);
            TendSound(call);
        }
        else if (other is null)
        {
            SettleAlone(leg);
        }
        else if (other is { IsReplacing: true })
        {
            // It has picked the call up, and was answered before it was known what the caller speaks.
            MapPayloadTypes(leg, other);
            other.OwesOffer |= !KnowsDescription(other, leg);
        }

        StartPendingClip(call);
    }

    private void ResendAck(Leg leg, uint cseq)
    {
        int length = 0;
        if (leg.AckCarriedAnswer && cseq == leg.InviteCSeq && GetOther(leg) is { } other && (leg.Media.Port is not null || leg.Call.PassesMedia))
        {
            leg.SdpVersion--;
            TryWriteAnswer(leg, other, out length);
        }

        uint latest = leg.InviteCSeq;
        leg.InviteCSeq = cseq;
        SendAck(leg, length);
        leg.InviteCSeq = latest;
    }

    private void OnOkDeadline(Leg leg)
    {
        if (leg.State is LegState.Cancelling or LegState.Ended && leg.InviteClient is { HasFinal: false } unanswered)
        {
            _transactions.Abandon(unanswered);
            return;
        }

        switch (leg.OkRetransmission.HandleDeadline(_context.Now))
        {
            case InviteOkAction.Retransmit:
                if (leg.InviteServer is { } transaction)
                {
                    _transactions.Resend(transaction);
                }

                _context.Wheel.Schedule(leg.OkTimer, leg.OkRetransmission.NextDeadline);
                break;
            case InviteOkAction.GiveUp:
                leg.AwaitsAck = false;
                if (leg.OwesBye)
                {
                    // The call was over before; this was the last that it waited for.
                    leg.OwesBye = false;
                    SendBye(leg, Q850.RecoveryOnTimerExpiry, default);
                    Release(leg.Call);
                }
                else
                {
                    End(leg.Call, CallEndReason.NoAck, CallEndSide.Server, Q850.RecoveryOnTimerExpiry);
                }

                break;
            default:
                _context.Wheel.Schedule(leg.OkTimer, leg.OkRetransmission.NextDeadline);
                break;
        }
    }

    /// <summary>CANCEL (RFC 3261 §9.2): it is answered for itself, and its INVITE gets 487 if that is still possible.</summary>
    public void OnCancel(SipMessage cancel, in Flow flow, ServerTransaction? invite)
    {
        if (invite is null)
        {
            _transactions.RespondStateless(cancel, flow, 481, default);
            return;
        }

        Leg? leg = invite.Leg;
        _transactions.NoteTrunk(invite.Trunk);
        if (_transactions.Open(cancel, flow) is { } transaction)
        {
            _transactions.RespondEmpty(transaction, 200, leg is null ? default : leg.Dialog.LocalTag);
        }

        if (leg is null || invite.FinalStatus != 0)
        {
            return;
        }

        if (leg.State == LegState.Inviting)
        {
            RememberReason(cancel);
            EndUnanswered(leg.Call, 487, Q850.NormalClearing, CallEndReason.Cancelled, CallEndSide.Caller);
        }
        else if (ReferenceEquals(leg.Call.ReInviteFrom, leg) && GetOther(leg)?.InviteClient is { HasFinal: false } passed && passed.Canceller.IsNone)
        {
            passed.IsCancelWanted = true;
            CancelReInvite(passed);
        }
    }

    /// <summary>Cancels a re-INVITE that we passed on, once and only after a provisional response (RFC 3261 §9.1).</summary>
    private void CancelReInvite(ClientTransaction passed)
    {
        if (passed is { IsCancelWanted: true, HasProvisional: true, HasFinal: false } && passed.Canceller.IsNone)
        {
            _transactions.SendCancel(passed, default);
        }
    }

    private void OnBye(Leg leg, SipMessage request, in Flow flow)
    {
        if (!leg.IsCaller && leg.State is LegState.Inviting or LegState.Cancelling)
        {
            // RFC 3261 §15: the called side must not hang up what it has not answered; its INVITE still gets its final response.
            _transactions.RespondStateless(request, flow, 481, default);
            return;
        }

        ServerTransaction? transaction = _transactions.Open(request, flow);
        if (transaction is null)
        {
            return;
        }

        Call call = leg.Call;
        leg.HungUp = true;
        if (call.State != CallState.Ended)
        {
            RememberReason(request);
            int cause = Q850.ReadCause(request);
            cause = cause == 0 ? Q850.NormalClearing : cause;
            if (call.State == CallState.Setup && leg.IsCaller)
            {
                EndUnanswered(call, 487, cause, CallEndReason.Cancelled, CallEndSide.Caller);
            }
            else if (call.Transfer is { IsOpen: true } transfer && ReferenceEquals(transfer.Referrer, leg))
            {
                OnReferrerLeft(leg);
            }
            else if (call.ReInviteFrom is { State: LegState.Ended } joining && ReferenceEquals(joining.Replaced, leg))
            {
                OnReplacedLeft(joining, leg);
            }
            else if (!leg.IsCaller && ((call.Control is { Decides: true } && ReferenceEquals(call.Connected, leg)) || leg.Ties is { IsParked: true }))
            {
                OnPartyLeft(leg);
            }
            else if (leg.IsCaller || ReferenceEquals(call.Connected, leg))
            {
                End(call, CallEndReason.Completed, leg.Index == 0 ? CallEndSide.Caller : CallEndSide.Callee, cause);
            }
            else
            {
                TakePassedReason();
                leg.State = LegState.Ended;
                NoteDialog(leg);
            }
        }
        else if (leg.AwaitsAck)
        {
            // The peer hung up what it never acknowledged: there is nothing left to repeat or to end.
            leg.AwaitsAck = leg.OwesBye = false;
            _context.Wheel.Cancel(leg.OkTimer);
        }

        // Only now, with the record written: whoever has this 200 can rely on the record.
        _transactions.RespondEmpty(transaction, 200, default);
        Release(call);
    }

    private void OnReInvite(Leg leg, SipMessage request, in Flow flow)
    {
        Call call = leg.Call;
        Leg? other = GetOther(leg);
        if (RefuseSessionInterval(request, flow, leg.Trunk))
        {
            return;
        }

        if (leg.AwaitsAck || leg.InviteServer is { FinalStatus: 0 } || leg.UpdateServer is not null)
        {
            // RFC 3261 §14.2: a second INVITE before the first is done.
            _transactions.RespondStateless(request, flow, 500, "Retry-After: 5\r\n"u8);
            return;
        }

        bool glare = call.ReInviteFrom is not null || IsOfferPending(leg) || (other is not null && (other.AwaitsAck || OwesAnswer(other) || IsOfferPending(other)))
            || (call.State == CallState.Setup && !leg.IsCaller);
        if (glare || leg.State != LegState.Answered)
        {
            _transactions.RespondStateless(request, flow, 491, default);
            return;
        }

        AudioDescription offered = default;
        bool hasOffer = !request.Body.IsEmpty;
        if (hasOffer && !TryReadSdp(request, leg, ref offered))
        {
            _transactions.RespondStateless(request, flow, 488, default);
            return;
        }

        if (_transactions.Open(request, flow) is not { } transaction)
        {
            return;
        }

        transaction.Leg = leg;
        leg.InviteServer = transaction;
        RefreshTarget(leg, request);
        TakeSessionWish(leg, request);
        if (hasOffer && other is not null && IsRefresh(leg, request, offered))
        {
            // Nothing changes but the time that is left: the other side has a session timer of its own.
            // Keys are between this peer and us, so another one is no news for the other side either.
            leg.SdpVersion -= HasSameKeys(offered, leg.Remote) ? 1UL : 0;
            leg.Remote.Crypto = offered.Crypto;
            leg.Remote.Protocol = offered.Protocol;
            TryWriteAnswer(leg, other, out int sameLength);
            SendOk(leg, sameLength);
            return;
        }

        leg.PreviousRemote = leg.Remote;
        if (hasOffer)
        {
            leg.Remote = offered;
            leg.Media.Latch.SignalsFrom = flow.Remote;
        }

        if (other is null)
        {
            AnswerReInviteByUs(leg, hasOffer);
            return;
        }

        _transactions.RespondEmpty(transaction, 100, default);
        PassOffer(leg, other, byUpdate: false, hasOffer);
    }

    /// <summary>Whether a re-INVITE is a session refresh that changes nothing (RFC 4028 §7.4).</summary>
    private static bool IsRefresh(Leg leg, SipMessage request, in AudioDescription offered) =>
        leg.SessionTimer is { IsActive: true } && request.Has(SipHeaderName.SessionExpires)
        && offered.Rtp == leg.Remote.Rtp && offered.Rtcp == leg.Remote.Rtcp && offered.EffectiveDirection == leg.Remote.EffectiveDirection
        && offered.PtimeMilliseconds == leg.Remote.PtimeMilliseconds && offered.MediaCount == leg.Remote.MediaCount
        && offered.Formats.SequenceEqual(leg.Remote.Formats) && offered.Others is null && leg.Remote.Others is null;

    /// <summary>Nobody is connected (a prompt is playing): the re-INVITE is ours to answer.</summary>
    private void AnswerReInviteByUs(Leg leg, bool hasOffer)
    {
        int length;
        if (hasOffer ? !TryWriteOwnAnswer(leg, out length) : !TryWriteOffer(leg, leg, out length))
        {
            leg.Remote = leg.PreviousRemote;
            _transactions.RespondEmpty(leg.InviteServer!, 488, leg.Dialog.LocalTag, 88);
            return;
        }

        if (hasOffer)
        {
            ExpectMedia(leg);
            SettleAlone(leg);
            leg.Media.Digits?.Settle();
            NoteLeg(leg);
        }

        leg.ExpectsAnswerInAck = !hasOffer;
        SendOk(leg, length);
    }

    private void OnReInviteAnswered(Leg leg, ClientTransaction transaction, SipMessage response, int status)
    {
        Call call = leg.Call;
        if (call.ReInviteFrom is not { } from || !ReferenceEquals(transaction.IsInvite ? leg.InviteClient : leg.UpdateClient, transaction))
        {
            // A repeated 2xx whose offer still waits for the other side's answer gets its ACK with that answer (RFC 3261 §13.2.2.4).
            if (transaction.IsInvite && status < 300 && !(leg.OwesAckWithAnswer && transaction.CSeq == leg.InviteCSeq))
            {
                ResendAck(leg, transaction.CSeq);
            }

            Renegotiate(leg);
            return;
        }

        if (!transaction.IsInvite && status is 405 or 501 && leg.State == LegState.Answered)
        {
            // It takes no UPDATE after all.
            leg.PeerAllowsUpdate = false;
            PassOffer(from, leg, byUpdate: false, hasOffer: true);
            return;
        }

        if (status == 422)
        {
            RaiseInterval(leg, response);
        }

        if (status >= 300)
        {
            FailReInvite(leg, status);
            return;
        }

        RefreshTarget(leg, response);
        TakeAgreedInterval(leg, response, isInitial: false);
        bool offerless = from.UpdateServer is null && from.InviteServer is { HasBody: false };
        bool understood = TryReadSdp(response, leg, ref leg.Remote) && (offerless || AcceptAnswer(leg));
        if (!understood)
        {
            // The far side has changed its session and cannot be asked back: both would disagree from here on (RFC 3261 §14.1).
            if (transaction.IsInvite)
            {
                SendAck(leg);
            }

            FailReInvite(leg, 488);
            End(call, CallEndReason.MediaMismatch, CallEndSide.Server, 88);
            return;
        }

        call.ReInviteFrom = null;
        int length;
        if (offerless)
        {
            leg.OwesAckWithAnswer = true;
            ExpectMedia(leg);
            from.ExpectsAnswerInAck = TryWriteOffer(from, leg, out length);
        }
        else
        {
            if (transaction.IsInvite)
            {
                SendAck(leg);
            }

            ExpectMedia(from);
            TryWriteAnswer(from, leg, out length);
            MapPayloadTypes(from, leg);
            TendSound(call);
        }

        if (from.UpdateServer is { } update)
        {
            from.UpdateServer = null;
            RespondUpdate(from, update, length);
            RenegotiateBoth(call);
            return;
        }

        SendOk(from, length);
        if (from is { IsReplacing: true, State: LegState.Ended })
        {
            OnJoined(from);
        }
    }

    /// <summary>The re-INVITE passed on to <paramref name="leg"/> failed: the session stays as it was, unless the far dialog is gone (RFC 3261 §14.1, §12.2.1.2).</summary>
    private void FailReInvite(Leg leg, int status)
    {
        Call call = leg.Call;
        if (call.ReInviteFrom is not { } from)
        {
            return;
        }

        call.ReInviteFrom = null;
        RestoreRemote(from);
        if (from is { IsReplacing: true, State: LegState.Ended, InviteServer.FinalStatus: 0 })
        {
            RefuseReplacing(from, status is 401 or 407 ? 403 : status);
            CountTransfer(TransferKind.Replaced, TransferResult.Failed);
            if (call.Connected is null && call.State == CallState.Answered)
            {
                // The one to be replaced has left already, so nobody is there to talk to.
                End(call, GetReason(status, Q850.FromStatus(status)), CallEndSide.Server, Q850.FromStatus(status));
                return;
            }
        }

        RefuseOffer(from, status is 401 or 407 ? 403 : status is 420 or 421 or 422 ? 500 : status, Q850.FromStatus(status));
        if (status is 408 or 481 && call.State == CallState.Answered)
        {
            End(call, CallEndReason.SignallingTimeout, CallEndSide.Server, Q850.RecoveryOnTimerExpiry);
        }
    }

    /// <summary>What a peer offered was refused: it is where it was before (RFC 3261 §14.1).</summary>
    private static void RestoreRemote(Leg from)
    {
        from.Remote = from.PreviousRemote;
        if (from is { HasMedia: true, ForkOf: null })
        {
            ExpectMedia(from);
        }
    }

    /// <summary>A final refusal of the peer's offer that was being passed on.</summary>
    private void RefuseOffer(Leg from, int status, int cause = 0)
    {
        if (from.UpdateServer is { } update)
        {
            from.UpdateServer = null;
            _transactions.RespondEmpty(update, status, from.Dialog.LocalTag, cause);
        }
        else if (from.InviteServer is { FinalStatus: 0 } invite && (from.State == LegState.Answered || from.IsReplacing))
        {
            _transactions.RespondEmpty(invite, status, from.Dialog.LocalTag, cause);
        }
    }

    private void RememberReason(SipMessage request)
    {
        var writer = new SipWriter(_passedReason);
        foreach (ReadOnlySpan<byte> reason in request.EnumerateValues(SipHeaderName.Reason))
        {
            if (writer.Length == 0)
            {
                writer.HeaderStart(SipHeaderName.Reason);
            }
            else
            {
                writer.Raw(", "u8);
            }

            writer.Text(reason);
        }

        if (writer.Length > 0)
        {
            writer.EndLine();
        }

        _passedReasonLength = writer.Overflowed ? 0 : writer.Length;
    }

    private int _passedReasonLength;
}
