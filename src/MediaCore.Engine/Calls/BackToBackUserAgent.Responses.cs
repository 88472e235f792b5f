using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>What the called sides answer to our INVITEs.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>A response to a request of one of our legs.</summary>
    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (transaction.Leg is not { } leg)
        {
            // A CANCEL's own response, or a retransmission for a call that is long over.
            return;
        }

        int status = response.StatusCode;
        if (status >= 200)
        {
            Close(leg, transaction);
        }

        if (!TryFilterInbound(leg.Trunk, ref response))
        {
            _context.Statistics.MalformedMessages++;
            OnUnreadable(leg, transaction, response, status);
            Release(leg.Call);
            return;
        }

        if (transaction.Purpose == RequestPurpose.InitialInvite)
        {
            RememberAnswerHeaders(leg, response);
        }

        switch (transaction.Purpose)
        {
            case RequestPurpose.InitialInvite when status < 200:
                OnProvisional(leg, response, status);
                break;
            case RequestPurpose.InitialInvite when status < 300:
                OnAnswered(leg, transaction, response);
                break;
            case RequestPurpose.InitialInvite:
                OnRefused(leg, response, status);
                break;
            case RequestPurpose.ReInvite when status < 200:
                CancelReInvite(transaction);
                break;
            case RequestPurpose.ReInvite or RequestPurpose.Update when status >= 200:
                OnReInviteAnswered(leg, transaction, response, status);
                break;
            case RequestPurpose.OwnInvite or RequestPurpose.OwnUpdate when status >= 200:
                OnOwnRequestAnswered(leg, transaction, response, status);
                break;
            case RequestPurpose.Probe when status >= 200:
                OnProbeAnswered(leg, status);
                break;
            case RequestPurpose.Renegotiation when status >= 200:
                OnRenegotiated(leg, transaction, response, status);
                break;
            default:
                break;
        }

        _answerHeadersLength = 0;
        Release(leg.Call);
    }

    /// <summary>
    /// A response that the trunk's own rules made too large. A provisional one is as if it had not come; of a final one the status counts, and a 2xx, whose session nobody
    /// can read, ends what it began: acknowledged first, since its sender repeats it until then (RFC 3261 §13.2.2.4).
    /// </summary>
    private void OnUnreadable(Leg leg, ClientTransaction transaction, SipMessage response, int status)
    {
        switch (transaction.Purpose)
        {
            case RequestPurpose.InitialInvite when status >= 300:
                LoseTarget(leg, 500, Q850.TemporaryFailure, status);
                break;
            case RequestPurpose.InitialInvite when status >= 200 && leg.AnsweredAt is not null:
                OnAnsweredAgain(leg, response, transaction.CSeq);
                break;
            case RequestPurpose.InitialInvite when status >= 200:
                leg.AnsweredAt = _context.WallClock;
                Adopt(leg, response.ToTag);
                LoseAnswered(leg, response);
                break;
            case RequestPurpose.Probe when status >= 200:
                OnProbeAnswered(leg, status);
                break;
            case RequestPurpose.ReInvite or RequestPurpose.Update or RequestPurpose.OwnInvite or RequestPurpose.OwnUpdate or RequestPurpose.Renegotiation when status is >= 200 and < 300:
                if (transaction.IsInvite)
                {
                    ResendAck(leg, transaction.CSeq);
                }

                FailReInvite(leg, 500);
                End(leg.Call, CallEndReason.Failed, CallEndSide.Server, Q850.TemporaryFailure);
                break;
            case RequestPurpose.ReInvite or RequestPurpose.Update when status >= 300:
                FailReInvite(leg, status);
                break;
            case RequestPurpose.OwnInvite or RequestPurpose.OwnUpdate when status >= 300:
                Retry(leg, leg.IsOwnOffer, s_refreshRetry);
                break;
            case RequestPurpose.Renegotiation when status >= 300:
                OnRenegotiationRefused(leg, status);
                break;
            default:
                break;
        }
    }

    /// <summary>A request of one of our legs got no answer, or could not be delivered.</summary>
    public void OnFailure(ClientTransaction transaction, bool timedOut)
    {
        if (transaction.Leg is not { } leg)
        {
            return;
        }

        switch (transaction.Purpose)
        {
            case RequestPurpose.InitialInvite when !timedOut && TryUseDatagrams(leg, transaction):
                break;
            case RequestPurpose.InitialInvite:
                // RFC 3261 §8.1.3.1: no answer is a 408, a dead transport a 503; which is never passed on as one, since it would say that we are overloaded (§16.7).
                NoteHopDead(leg, timedOut ? DestinationBlock.Silent : DestinationBlock.Unreachable);
                LoseTarget(leg, timedOut ? 408 : 500, timedOut ? Q850.RecoveryOnTimerExpiry : Q850.TemporaryFailure, timedOut ? 408 : 503, isHopFailure: true);
                break;
            case RequestPurpose.ReInvite or RequestPurpose.Update:
                FailReInvite(leg, 408);
                break;
            case RequestPurpose.OwnInvite or RequestPurpose.OwnUpdate when !timedOut:
                Retry(leg, leg.IsOwnOffer, s_refreshRetry);
                break;
            case RequestPurpose.OwnInvite or RequestPurpose.OwnUpdate or RequestPurpose.Probe when leg.Call.State == CallState.Answered:
                End(leg.Call, CallEndReason.SignallingTimeout, CallEndSide.Server, Q850.RecoveryOnTimerExpiry);
                break;
            case RequestPurpose.Renegotiation:
                OnRenegotiationRefused(leg, 408);
                break;
            default:
                break;
        }
    }

    /// <summary>A client transaction is over; an INVITE or BYE without a final response no longer keeps its call.</summary>
    public void OnEnded(ClientTransaction transaction)
    {
        if (transaction.Leg is not { } leg)
        {
            return;
        }

        Close(leg, transaction);
        if (ReferenceEquals(leg.InviteClient, transaction))
        {
            leg.InviteClient = null;
        }

        if (ReferenceEquals(leg.UpdateClient, transaction))
        {
            leg.UpdateClient = null;
        }

        Release(leg.Call);
    }

    /// <summary>The request has its final response; what follows is only absorption (RFC 6026).</summary>
    private static void Close(Leg leg, ClientTransaction transaction)
    {
        if (!transaction.HasFinal)
        {
            transaction.HasFinal = true;
            leg.OpenRequests--;
        }
    }

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
            return;
        }

        NoteHopAlive(leg);
        if (TakeEarlyDialog(leg, response) is not { } dialog || !TakesTurn(dialog, response, out bool isReliable))
        {
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
        if (isOffer && call.EarlyDialog is null && TakesReliable(call.Caller) && call.Caller.Pending is not { IsOutstanding: true } && TryReadSdp(response, ref dialog.Remote))
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
        NoteDialog(leg);
        leg.SipStatus = 200;
        leg.Q850Cause = Q850.NormalClearing;
        bool delayed = !leg.WasOffered && !leg.AnsweredReliably && !leg.OwesPrackWithAnswer;

        // RFC 3261 §13.2.1: without SDP the 2xx repeats what a provisional response of this dialog said. So does one that overtakes the answer to such an offer, which
        // our PRACK will bring (RFC 3262 §5).
        bool isDescribed = response.Body.IsEmpty || leg.OwesPrackWithAnswer ? !delayed && leg.Remote.Formats.Count > 0 : TryReadSdp(response, ref leg.Remote);
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
        call.Connected = leg;
        CancelCallees(call, leg, "SIP;cause=200;text=\"Call completed elsewhere\""u8);
        if (delayed)
        {
            leg.OwesAckWithAnswer = true;
            ExpectMedia(leg);
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

    private void OnRefused(Leg leg, SipMessage response, int status)
    {
        // What we require of a target, or it of us, is nothing that the caller could do something about.
        int passed = status is 401 or 407 ? 403 : status is 503 or 420 or 421 or 422 ? 500 : status;
        if (status == 422 && leg.State == LegState.Inviting && leg.Dialog.RemoteTag.IsEmpty && RaiseInterval(leg, response))
        {
            leg.InviteCSeq = leg.Dialog.NextLocalCSeq();
            leg.SdpVersion -= leg.WasOffered ? 1u : 0u;
            SendInitialInvite(leg);
            return;
        }

        int cause = Q850.ReadCause(response);
        int shown = GetShownStatus(leg, response, status, cause);
        leg.SipStatus = status;
        NoteHopRefusal(leg, response, status);
        _refusalReason = CopyReason(response);
        LoseTarget(leg, passed, cause == 0 ? Q850.FromStatus(status) : cause, status, shown: shown);
        _refusalReason = [];
    }

    /// <summary>A target is out of the race.</summary>
    /// <param name="leg">Its leg.</param>
    /// <param name="status">What that is to the caller.</param>
    /// <param name="cause">The Q.850 cause.</param>
    /// <param name="received">What it answered, or what its silence or loss counts as.</param>
    /// <param name="isHopFailure">Whether it is a failure of the hop whatever the status.</param>
    /// <param name="shown">What the caller is told should no other target do better, where the trunk says otherwise; 0 for <paramref name="status"/>.</param>
    private void LoseTarget(Leg leg, int status, int cause, int received, bool isHopFailure = false, int shown = 0)
    {
        Call call = leg.Call;
        bool wasWanted = leg.State == LegState.Inviting;
        if (wasWanted)
        {
            FailLeg(leg, received, cause);
            int told = shown == 0 ? status : shown;
            NoteFailure(call, told, cause);
            if (call.BestStatus == told && call.BestCause == cause)
            {
                call.BestReason = _refusalReason;
            }

            _context.Wheel.Cancel(call.AttemptTimer);
            ForgetEarlyMedia(leg);
        }

        leg.State = LegState.Ended;
        if (wasWanted && !leg.IsStarting && call.State != CallState.Ended)
        {
            if (status >= 600)
            {
                // A global failure ends the search for this target everywhere (RFC 3261 §16.7, step 5); the plan's next step is another target.
                CancelCallees(call, except: null, default);
            }

            bool tryAnother = isHopFailure || IsWorthAnotherTarget(leg, received);
            if (tryAnother)
            {
                leg.Hop.Status?.CountFailover();
            }

            ContinueStep(call, tryAnother);
        }
    }

    private static byte[] CopyContacts(SipMessage response)
    {
        Span<byte> buffer = stackalloc byte[2048];
        var writer = new SipWriter(buffer);
        foreach (ReadOnlySpan<byte> contact in response.EnumerateValues(SipHeaderName.Contact))
        {
            writer.HeaderStart(SipHeaderName.Contact);
            writer.Text(contact);
            writer.EndLine();
        }

        return writer.Overflowed ? [] : writer.Written.ToArray();
    }

    /// <summary>The target has answered: tell the caller, or if the caller was answered before (by a prompt), join them.</summary>
    private void Connect(Call call, Leg leg)
    {
        MediaLeg.Bridge(call.Caller.Media, leg.Media);
        StopPlayback(call.Caller);
        ScheduleTalkTimers(call);
        Leg caller = call.Caller;
        if (call.State == CallState.Answered)
        {
            MapPayloadTypes(caller, leg);
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
