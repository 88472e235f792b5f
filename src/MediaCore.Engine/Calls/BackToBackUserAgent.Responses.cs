using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>What the called sides answer to our INVITEs, and what becomes of a target that refuses.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>A response to a request of one of our legs.</summary>
    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        int status = response.StatusCode;
        if (transaction.Leg is not { } leg)
        {
            // A CANCEL's own response, or a retransmission for a call that is long over.
            if (transaction.IsInvite && status is >= 200 and < 300)
            {
                AcknowledgeLate(transaction, response);
            }

            return;
        }

        if (transaction.IsInvite && status is >= 200 and < 300)
        {
            NoteAnswer(transaction, response);
        }

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
        if (transaction.IsInvite && status is >= 200 and < 300 && transaction.Leg is { } kept)
        {
            // Where its dialog's requests go, should it have to be acknowledged once the leg is gone.
            transaction.Redirect(kept.Flow);
        }

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
            if (IsFlowFailure(leg, received, isHopFailure))
            {
                ForgetEarlyMedia(leg);
                if (OnFlowFailed(leg, received))
                {
                    return;
                }

                // What becomes of our contacts is nothing to the caller (and perhaps one that has flows of its own to us).
                status = status == 430 ? 480 : status;
                shown = shown == 430 ? 480 : shown;
            }

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
                call.Groups = null;
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
}
