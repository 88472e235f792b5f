using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>A target has answered: its dialog, its forks, and the 200 to the caller.</summary>
internal sealed partial class BackToBackUserAgent
{
    private void OnAnswered(Leg leg, ClientTransaction transaction, SipMessage response)
    {
        Call call = leg.Call;
        if (leg.AnsweredAt is not null)
        {
            OnAnsweredAgain(leg, response, transaction.CSeq);
            return;
        }

        leg.AnsweredAt = _context.WallClock;
        NoteHopAlive(leg);
        Adopt(leg, response.ToTag);
        DropLostOffer(leg);
        if (!leg.Dialog.RemoteTag.SequenceEqual(response.ToTag))
        {
            // A fork that never rang: nothing said so far was said by it.
            leg.Remote = default;
            leg.AnsweredReliably = leg.PeerAllowsUpdate = false;
        }

        leg.PeerSupports = SipOptionTags.Read(response, SipHeaderName.Supported);
        if (response.Has(SipHeaderName.Allow))
        {
            leg.PeerAllowsUpdate = Allows(response, SipMethod.Update);
        }

        if (!TakeDialog(leg, response))
        {
            LoseAnswered(leg, response);
            return;
        }

        if (leg.State != LegState.Inviting || call.State == CallState.Ended)
        {
            // The answer crossed our CANCEL (RFC 3261 §9.1): accept it and hang up.
            SendAck(leg);
            SendBye(leg, Q850.NormalClearing, default);
            return;
        }

        leg.State = LegState.Answered;
        leg.RingingAt ??= leg.AnsweredAt;
        leg.SipStatus = 200;
        leg.Q850Cause = Q850.NormalClearing;
        bool delayed = !leg.WasOffered && !leg.AnsweredReliably && !leg.OwesPrackWithAnswer;

        // RFC 3261 §13.2.1: without SDP the 2xx repeats what a provisional response of this dialog said. So does one that overtakes the answer to such an offer, which
        // our PRACK will bring (RFC 3262 §5).
        bool isDescribed = response.Body.IsEmpty || leg.OwesPrackWithAnswer ? !delayed && leg.Remote.Formats.Count > 0 : TryReadSdp(response, leg, ref leg.Remote);

        // Not before its description was read: whether it holds us is told with it.
        NoteDialog(leg);
        if (!isDescribed || (!delayed && !leg.OwesPrackWithAnswer && !AcceptAnswer(leg)))
        {
            SendAck(leg);
            SendBye(leg, 88, default);
            leg.EndedAt = _context.WallClock;
            leg.EndedBy = CallEndSide.Server;
            CloseMedia(leg);
            NoteFailure(call, 488, 88);
            ContinueStep(call, tryAnother: false);
            return;
        }

        StopStepTimers(call);
        RememberRecvInfo(response);
        if (delayed)
        {
            // While it is not connected: another fork may have been heard at its ports.
            ExpectMedia(leg);
        }

        call.Connected = leg;
        CancelCallees(call, leg, "SIP;cause=200;text=\"Call completed elsewhere\""u8);
        if (delayed)
        {
            leg.OwesAckWithAnswer = true;
        }
        else
        {
            SendAck(leg);
        }

        TakeAgreedInterval(leg, response, isInitial: true);
        Connect(call, leg);
        _recvInfoLength = 0;
    }

    /// <summary>A 2xx that cannot be used: acknowledged and ended, without a usable Contact where its INVITE went, and treated as a failure of the target.</summary>
    private void LoseAnswered(Leg leg, SipMessage response)
    {
        if (!TakeDialog(leg, response))
        {
            leg.Dialog.SetRemoteTag(response.ToTag);
        }

        SendAck(leg);
        bool wasWanted = leg.State == LegState.Inviting;
        SendBye(leg, Q850.TemporaryFailure, default);
        leg.State = wasWanted ? LegState.Inviting : LegState.Ended;
        LoseTarget(leg, 500, Q850.TemporaryFailure, 502, isHopFailure: true);
    }

    /// <summary>A 2xx came again, or a second fork of a proxy behind the target answered too (RFC 3261 §13.2.2.4).</summary>
    private void OnAnsweredAgain(Leg leg, SipMessage response, uint cseq)
    {
        if (leg.Dialog.RemoteTag.SequenceEqual(response.ToTag))
        {
            if (!leg.OwesAckWithAnswer)
            {
                ResendAck(leg, cseq);
            }

            return;
        }

        foreach (Leg known in leg.Call.Callees)
        {
            if (known.IsFork && known.Dialog.Matches(leg.Dialog.CallId, leg.Dialog.LocalTag, response.ToTag))
            {
                if (known.AnsweredAt is null)
                {
                    EndStray(known, response);
                }
                else if (!known.Dialog.RemoteTarget.IsEmpty)
                {
                    SendAck(known);
                }

                return;
            }
        }

        if (leg.Call.Callees.Count >= EngineLimits.MaxLegsPerCall)
        {
            // Nobody forks so widely by right; what is not acknowledged gives up by itself (RFC 3261 §13.3.1.4).
            return;
        }

        // The other fork gets its ACK and BYE by a leg of its own, so that the right tags and routes are used.
        EndStray(AddFork(leg, response.ToTag), response);
    }

    private void EndStray(Leg stray, SipMessage response)
    {
        stray.AnsweredAt = stray.EndedAt = _context.WallClock;
        stray.SipStatus = 200;
        stray.EndedBy = CallEndSide.Server;
        if (TakeDialog(stray, response))
        {
            SendAck(stray);
            SendBye(stray, Q850.NormalClearing, default);
        }

        stray.State = LegState.Ended;
    }

    /// <summary>Remote tag, target and route set of the dialog that a 2xx makes (RFC 3261 §12.1.2).</summary>
    private bool TakeDialog(Leg leg, SipMessage response)
    {
        if (!leg.Dialog.SetRemoteTag(response.ToTag) || !TakeRoutesAndTarget(leg, response))
        {
            return false;
        }

        leg.Dialog.Confirm();
        return true;
    }

    private bool TakeRoutesAndTarget(Leg leg, SipMessage response)
    {
        if (!response.TryGetContact(out NameAddress contact) || contact.IsWildcard || !SetTarget(leg, contact.Uri))
        {
            return false;
        }

        leg.Dialog.ClearRoutes();
        foreach (ReadOnlySpan<byte> route in response.EnumerateValues(SipHeaderName.RecordRoute))
        {
            if (!leg.Dialog.PrependRoute(route))
            {
                return false;
            }
        }

        FollowTarget(leg);
        return true;
    }

    /// <summary>The target has answered: tell the caller, or if the caller was answered before (by a prompt), join them.</summary>
    private void Connect(Call call, Leg leg)
    {
        if (call is { Origination: not null, State: CallState.Setup })
        {
            OnOriginationAnswered(call, leg);
            return;
        }

        SettleMediaWay(call, leg);
        MediaLeg.Bridge(call.Caller.Media, leg.Media);
        MediaLeg.Answer(call.Caller.Media, leg.Media, _context.Now);
        StopPlayback(call.Caller);
        ScheduleTalkTimers(call);
        Leg caller = call.Caller;
        if (call.Control is { } control)
        {
            NoteConnected(call, control, leg);
        }

        if (call.State == CallState.Answered)
        {
            MapPayloadTypes(caller, leg);
            TendSound(call);
            if (call.Control is { Decides: true } && call.Transfer is not { IsOpen: true })
            {
                // He may have agreed on something else with whom he talked before.
                caller.OwesOffer |= !KnowsDescription(caller, leg);
                Renegotiate(caller);
            }

            if (call.Transfer is { IsOpen: true } transfer)
            {
                CompleteTransfer(transfer, leg);
            }

            return;
        }

        if (caller.Pending is { IsOutstanding: true, HasBody: true } pending)
        {
            // RFC 3262 §3: no 2xx before the PRACK of a response with SDP.
            pending.OwesAnswer = true;
            HoldAnswerHeaders(pending);
            return;
        }

        int bodyLength = 0;
        bool written = true;
        bool offers = leg.OwesAckWithAnswer || (leg.IsReplacing && call.IsDelayedOffer && !caller.AnsweredReliably);
        if (caller.AnsweredReliably)
        {
            caller.OwesOffer |= !KnowsDescription(caller, leg) && call.ProvisionalHadBody && (leg.WasOffered || leg.IsReplacing);
        }
        else if (offers)
        {
            written = TryWriteOffer(caller, leg, out bodyLength);
        }
        else
        {
            // A caller that keeps to the first description it got (RFC 3261 §13.2.1) is brought to this one by an offer after its ACK.
            caller.OwesOffer |= call.ProvisionalHadBody && (call.ProvisionalChanged || !KnowsDescription(caller, leg));
            written = TryWriteAnswer(caller, leg, out bodyLength);
        }

        if (!written)
        {
            EndUnanswered(call, 488, 88, CallEndReason.MediaMismatch, CallEndSide.Server);
            return;
        }

        if (!offers)
        {
            MapPayloadTypes(caller, leg);
        }

        AnswerCaller(call, bodyLength, expectsAnswerInAck: offers);
        TendSound(call);
    }

    /// <summary>Sends the 200 to the caller's INVITE with the description in the part buffer.</summary>
    private void AnswerCaller(Call call, int bodyLength, bool expectsAnswerInAck)
    {
        Leg caller = call.Caller;
        StopReliable(caller);
        call.State = CallState.Answered;
        caller.State = LegState.Answered;
        caller.AnsweredAt = _context.WallClock;
        NoteDialog(caller);
        caller.SipStatus = 200;
        caller.Q850Cause = Q850.NormalClearing;
        caller.ExpectsAnswerInAck = expectsAnswerInAck;
        caller.Dialog.Confirm();
        _context.Wheel.Cancel(call.MaxRingingTimer);
        SendOk(caller, bodyLength);
    }

    /// <summary>Sends a 200 with SDP to a leg's pending INVITE and repeats it until the ACK (RFC 3261 §13.3.1.4).</summary>
    private void SendOk(Leg leg, int bodyLength)
    {
        ServerTransaction transaction = leg.InviteServer!;
        SipWriter writer = transaction.BeginResponse(_context.Scratch, 200, leg.Dialog.LocalTag, recordRoutes: true);
        WriteAnswerHeaders(ref writer, leg, 200);
        FinishResponse(ref writer, leg, SipMethod.Invite, 200, bodyLength);
        leg.AwaitsAck = true;
        leg.OkRetransmission.Start(_context.Now, _context.Timers);
        _context.Wheel.Schedule(leg.OkTimer, leg.OkRetransmission.NextDeadline);
        _transactions.Respond(transaction, 200, writer);
    }

    private void ScheduleTalkTimers(Call call)
    {
        call.Caller.Flow.Stream?.KeepFor(s_streamSilence);
        call.Connected?.Flow.Stream?.KeepFor(s_streamSilence);
        _context.Wheel.Schedule(call.DurationTimer, _context.Now + _context.Options.MaxCallDuration);
        if (GetMediaCheckInterval() is { Ticks: > 0 } interval)
        {
            call.Caller.Media.LastHeard = Later(call.Caller.Media.LastHeard, _context.Now);
            _context.Wheel.Schedule(call.MediaTimer, _context.Now + interval);
        }
    }

    private static Timestamp Later(Timestamp left, Timestamp right) => left > right ? left : right;
}
