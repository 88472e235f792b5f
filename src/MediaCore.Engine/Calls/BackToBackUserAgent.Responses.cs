using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Signalling;
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
            // Grown too large by the trunk's own rules: as if it had not come, but for a final one, which is a failure of the target.
            _context.Statistics.MalformedMessages++;
            if (status >= 300 && transaction.Purpose == RequestPurpose.InitialInvite)
            {
                LoseTarget(leg, 500, Q850.TemporaryFailure, status);
            }

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
            case RequestPurpose.ReInvite:
                OnReInviteAnswered(leg, transaction, response, status);
                break;
            default:
                break;
        }

        _answerHeadersLength = 0;
        Release(leg.Call);
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
            case RequestPurpose.InitialInvite:
                // RFC 3261 §8.1.3.1: no answer is a 408, a dead transport a 503; which is never passed on as one, since it would say that we are overloaded (§16.7).
                NoteHopDead(leg);
                LoseTarget(leg, timedOut ? 408 : 500, timedOut ? Q850.RecoveryOnTimerExpiry : Q850.TemporaryFailure, timedOut ? 408 : 503, isHopFailure: true);
                break;
            case RequestPurpose.ReInvite:
                FailReInvite(leg, 408);
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

        leg.RingingAt ??= _context.WallClock;
        call.Caller.RingingAt ??= _context.WallClock;
        if (!response.ToTag.IsEmpty)
        {
            leg.Dialog.SetRemoteTag(response.ToTag);
        }

        if (call.State == CallState.Answered)
        {
            return;
        }

        bool withMedia = !call.IsDelayedOffer && !response.Body.IsEmpty
            && (call.EarlyMedia is null || ReferenceEquals(call.EarlyMedia, leg))
            && TryReadSdp(response, ref leg.Remote);
        if (withMedia)
        {
            call.EarlyMedia = leg;
            AcceptAnswer(leg);
            MediaLeg.Bridge(call.Caller.Media, leg.Media);
        }

        SendProvisional(call, status, withMedia ? leg : null);
    }

    /// <summary>An INVITE that rings long is reminded every minute, or proxies before us give it up (RFC 3261 §13.3.1.1, timer C).</summary>
    private void RepeatProvisional(Call call)
    {
        if (call.State == CallState.Setup && call.Caller.InviteServer is { FinalStatus: 0 } transaction && !transaction.Response.IsEmpty)
        {
            _transactions.Resend(transaction);
            _context.Wheel.Schedule(call.ProvisionalTimer, _context.Now + s_provisionalInterval);
        }
    }

    /// <summary>Passes a provisional on, each kind once; with SDP when early media flows.</summary>
    private void SendProvisional(Call call, int status, Leg? mediaFrom)
    {
        if (call.Caller.InviteServer is not { } transaction || (status == call.ProvisionalSent && (mediaFrom is null || call.ProvisionalHadBody)))
        {
            return;
        }

        int bodyLength = 0;
        if (mediaFrom is not null && !TryWriteAnswer(call.Caller, mediaFrom, out bodyLength))
        {
            bodyLength = 0;
        }

        call.ProvisionalSent = status;
        _context.Wheel.Schedule(call.ProvisionalTimer, _context.Now + s_provisionalInterval);
        call.ProvisionalHadBody |= bodyLength > 0;
        SipWriter writer = transaction.BeginResponse(_context.Scratch, status, call.Caller.Dialog.LocalTag, recordRoutes: true);
        WriteAnswerHeaders(ref writer, call.Caller, status);
        FinishResponse(ref writer, call.Caller, status, bodyLength);
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
        if (!TakeDialog(leg, response))
        {
            // A 2xx without a usable Contact: acknowledged and ended where its INVITE went, and treated as a failure of the target.
            leg.Dialog.SetRemoteTag(response.ToTag);
            SendAck(leg);
            bool wasWanted = leg.State == LegState.Inviting;
            SendBye(leg, Q850.TemporaryFailure, default);
            leg.State = wasWanted ? LegState.Inviting : LegState.Ended;
            LoseTarget(leg, 500, Q850.TemporaryFailure, 502, isHopFailure: true);
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
        bool delayed = call.IsDelayedOffer && call.State == CallState.Setup;
        if (!TryReadSdp(response, ref leg.Remote) || (!delayed && !AcceptAnswer(leg)))
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

        Connect(call, leg);
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
                if (!known.Dialog.RemoteTarget.IsEmpty)
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
        Leg stray = leg.Call.AddCallee();
        stray.IsFork = true;
        stray.Flow = leg.Flow;
        stray.Peer = leg.Peer;
        stray.PeerIsTrunk = leg.PeerIsTrunk;
        stray.Trunk = leg.Trunk;
        stray.InvitedAt = leg.InvitedAt;
        stray.AnsweredAt = stray.EndedAt = _context.WallClock;
        stray.SipStatus = 200;
        stray.EndedBy = CallEndSide.Server;
        stray.InviteCSeq = leg.InviteCSeq;
        stray.Dialog.SetLocalCSeq(leg.InviteCSeq);
        if (stray.Dialog.SetIdentity(leg.Dialog.CallId, leg.Dialog.LocalTag, response.ToTag, leg.Dialog.LocalAddress, leg.Dialog.RemoteAddress) && TakeDialog(stray, response))
        {
            SendAck(stray);
            SendBye(stray, Q850.NormalClearing, default);
        }

        stray.State = LegState.Ended;
    }

    /// <summary>Remote tag, target and route set of the dialog that a 2xx makes (RFC 3261 §12.1.2).</summary>
    private bool TakeDialog(Leg leg, SipMessage response)
    {
        if (!response.TryGetContact(out NameAddress contact) || contact.IsWildcard
            || !leg.Dialog.SetRemoteTag(response.ToTag) || !SetTarget(leg, contact.Uri))
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

        leg.Dialog.Confirm();
        FollowTarget(leg);
        return true;
    }

    private void OnRefused(Leg leg, SipMessage response, int status)
    {
        int passed = status is 401 or 407 ? 403 : status == 503 ? 500 : status;
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
            if (ReferenceEquals(call.EarlyMedia, leg))
            {
                call.EarlyMedia = null;
            }
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
        if (call.State == CallState.Answered)
        {
            MapPayloadTypes(leg);
            return;
        }

        int bodyLength;
        bool written = leg.OwesAckWithAnswer ? TryWriteOffer(call.Caller, leg, out bodyLength) : TryWriteAnswer(call.Caller, leg, out bodyLength);
        if (!written)
        {
            EndUnanswered(call, 488, 88, CallEndReason.MediaMismatch, CallEndSide.Server);
            return;
        }

        AnswerCaller(call, bodyLength, expectsAnswerInAck: leg.OwesAckWithAnswer);
    }

    /// <summary>Sends the 200 to the caller's INVITE with the description in the part buffer.</summary>
    private void AnswerCaller(Call call, int bodyLength, bool expectsAnswerInAck)
    {
        Leg caller = call.Caller;
        call.State = CallState.Answered;
        caller.State = LegState.Answered;
        caller.AnsweredAt = _context.WallClock;
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
        FinishResponse(ref writer, leg, 200, bodyLength);
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
        if (_context.Options.MediaTimeout > TimeSpan.Zero)
        {
            call.Caller.Media.LastHeard = Later(call.Caller.Media.LastHeard, _context.Now);
            _context.Wheel.Schedule(call.MediaTimer, _context.Now + _context.Options.MediaTimeout);
        }
    }

    private static Timestamp Later(Timestamp left, Timestamp right) => left > right ? left : right;
}
