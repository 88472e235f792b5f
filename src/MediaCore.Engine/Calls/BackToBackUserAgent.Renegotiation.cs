using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Requests within a dialog that are our own idea: a session refresh, a description that changed behind a peer's back, a probe.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>After a refresh that was refused for another reason than the session's end.</summary>
    private static readonly TimeSpan s_refreshRetry = TimeSpan.FromSeconds(10);

    /// <summary>Sends what a leg is owed, as soon as offers may be made there; called after everything that may have cleared the way.</summary>
    private void Renegotiate(Leg leg)
    {
        Call call = leg.Call;
        if (!(leg.OwesOffer || leg.OwesRefresh) || call.State == CallState.Ended || call.ReInviteFrom is not null || leg.RetryTimer is { IsScheduled: true }
            || !CanOffer(leg, out bool byUpdate))
        {
            return;
        }

        Leg? other = GetCounterpart(leg);
        leg.IsOwnOffer = leg.OwesOffer && (other is not null || leg.Ties is { Hold: not null });
        leg.OwesOffer = leg.OwesRefresh = false;
        if (leg is { IsOwnOffer: true, Ties.Hold: not null })
        {
            leg.Ties.IsHoldOffered = true;
        }

        if (!leg.IsOwnOffer && leg.State != LegState.Answered)
        {
            return;
        }

        if (byUpdate)
        {
            SendUpdate(leg, RequestPurpose.OwnUpdate, leg.IsOwnOffer ? other ?? leg : null);
            return;
        }

        leg.InviteCSeq = leg.Dialog.NextLocalCSeq();
        leg.AckCarriedAnswer = false;
        SendInvite(leg, RequestPurpose.OwnInvite, other ?? leg, 70);
    }

    /// <summary>The answer to a request of ours that was our own idea.</summary>
    private void OnOwnRequestAnswered(Leg leg, ClientTransaction transaction, SipMessage response, int status)
    {
        Call call = leg.Call;
        if (call.State == CallState.Ended || !ReferenceEquals(transaction.IsInvite ? leg.InviteClient : leg.UpdateClient, transaction) || leg.OwnAnswered == transaction.CSeq)
        {
            if (transaction.IsInvite && status < 300)
            {
                ResendAck(leg, transaction.CSeq);
            }

            return;
        }

        leg.OwnAnswered = transaction.CSeq;
        if (status >= 300)
        {
            OnOwnRequestRefused(leg, transaction, response, status);
            return;
        }

        RefreshTarget(leg, response);
        TakeAgreedInterval(leg, response, isInitial: false);
        Leg? moved = null;
        if (!response.Body.IsEmpty && (transaction.IsInvite || leg.IsOwnOffer) && TryReadSdp(response, leg, ref leg.Remote) && AcceptAnswer(leg))
        {
            moved = GetCounterpart(leg);
            if (moved is null)
            {
                SettleAlone(leg);
            }
            else
            {
                MapPayloadTypes(leg, moved);
                TendSound(leg.Call);
            }
        }

        if (transaction.IsInvite)
        {
            SendAck(leg);
        }

        leg.IsOwnOffer = false;
        EndHold(leg, status);
        if (moved is not null)
        {
            TellMove(leg, moved);
        }

        Renegotiate(leg);
    }

    private void OnOwnRequestRefused(Leg leg, ClientTransaction transaction, SipMessage response, int status)
    {
        Call call = leg.Call;
        bool isOffer = leg.IsOwnOffer;
        switch (status)
        {
            case 408 or 481 when call.State == CallState.Answered:
                // RFC 3261 §12.2.1.2, RFC 4028 §10: the peer does not know the dialog any more.
                End(call, CallEndReason.SignallingTimeout, CallEndSide.Server, Q850.RecoveryOnTimerExpiry);
                return;
            case 491:
                Retry(leg, isOffer, GetGlareDelay(leg));
                return;
            case 405 or 501 when !transaction.IsInvite:
                leg.PeerAllowsUpdate = false;
                Retry(leg, isOffer, TimeSpan.Zero);
                return;
            case 422 when RaiseInterval(leg, response):
                Retry(leg, isOffer, TimeSpan.Zero);
                return;
            default:
                break;
        }

        EndHold(leg, status);

        // The peer is there, and the session goes on as it was (RFC 3261 §14.1); a refresh is tried again until the session expires.
        if (leg.SessionTimer is { IsActive: true, IsRefresher: true })
        {
            Retry(leg, isOffer: false, s_refreshRetry);
        }
    }

    /// <summary>Our request met one of the peer's (RFC 3261 §14.1): who owns the Call-ID waits 2.1 to 4 s, the other at most 2 s, both in steps of 10 ms.</summary>
    private TimeSpan GetGlareDelay(Leg leg)
    {
        ulong random = _context.Identifiers.Next() >> 2;
        return TimeSpan.FromMilliseconds(leg.IsInbound ? 10 * (long)(random % 201) : 2100 + (10 * (long)(random % 191)));
    }

    private void Retry(Leg leg, bool isOffer, TimeSpan delay)
    {
        leg.OwesOffer |= isOffer;
        leg.OwesRefresh |= !isOffer;
        if (leg.Call.State == CallState.Ended)
        {
            return;
        }

        CallTimer timer = leg.RetryTimer ??= new CallTimer(CallTimerKind.Renegotiation, leg.Call, leg);
        _context.Wheel.Schedule(timer, _context.Now + delay);
    }

    /// <summary>A call on which nobody may be expected to talk is asked whether it is still there, on both sides (RFC 3261 §11, §12.2.1.2).</summary>
    private void Probe(Call call)
    {
        call.Holds++;
        SendProbe(call.Caller);
        if (call.Connected is { } connected)
        {
            SendProbe(connected);
        }

        call.Holds--;
        Release(call);
    }

    private void SendProbe(Leg leg)
    {
        if (leg.State != LegState.Answered || leg.Call.State != CallState.Answered)
        {
            return;
        }

        ReopenFlow(leg);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = leg.Dialog.NextLocalCSeq();
        if (_transactions.Open(SipMethod.Options, cseq, RequestPurpose.Probe, leg.Flow, leg, branch) is not { } transaction)
        {
            return;
        }

        SipWriter writer = BeginRequest(leg, SipMethod.Options, cseq, branch, 70, out int branchOffset);
        OurContact.Write(ref writer, leg.Flow, _context.Index);
        writer.Header(SipHeaderName.Accept, Capabilities.Accept);
        FinishRequest(ref writer, leg, SipMethod.Options, 0);
        leg.OpenRequests++;
        _transactions.Start(transaction, writer, branchOffset);
    }

    /// <summary>Any answer but "no such dialog" and silence shows that somebody is there.</summary>
    private void OnProbeAnswered(Leg leg, int status)
    {
        if (status is 408 or 481 && leg.Call.State == CallState.Answered)
        {
            End(leg.Call, CallEndReason.SignallingTimeout, CallEndSide.Server, Q850.RecoveryOnTimerExpiry);
        }
    }
}
