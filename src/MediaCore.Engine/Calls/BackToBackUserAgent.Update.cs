using MediaCore.Engine.Signalling;
using MediaCore.Sdp;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>UPDATE (RFC 3311), in early and confirmed dialogs, and who may offer when (RFC 3264 §4, RFC 6337 §2).</summary>
internal sealed partial class BackToBackUserAgent
{
    private void OnUpdate(Leg leg, SipMessage request, in Flow flow)
    {
        Call call = leg.Call;
        LegState state = (leg.ForkOf ?? leg).State;
        bool isEarly = call.State == CallState.Setup && state == LegState.Inviting;
        if (!isEarly && (leg.ForkOf is not null || state != LegState.Answered))
        {
            _transactions.RespondStateless(request, flow, 481, default);
            return;
        }

        if (RefuseSessionInterval(request, flow, leg.Trunk))
        {
            return;
        }

        AudioDescription offered = default;
        bool hasOffer = !request.Body.IsEmpty;
        if (leg.UpdateServer is not null || (hasOffer && OwesAnswer(leg)))
        {
            // RFC 3311 §5.2: the last offer of this peer is not answered yet.
            _transactions.RespondStateless(request, flow, 500, "Retry-After: 2\r\n"u8);
            return;
        }

        Leg? other = GetCounterpart(leg);
        if (hasOffer && (IsOfferPending(leg) || call.ReInviteFrom is not null || (other is { State: LegState.Answered } && (OwesAnswer(other) || IsOfferPending(other)))))
        {
            _transactions.RespondStateless(request, flow, 491, default);
            return;
        }

        if (hasOffer && !TryReadSdp(request, leg, ref offered))
        {
            _transactions.RespondStateless(request, flow, 488, default);
            return;
        }

        if (_transactions.Open(request, flow) is not { } transaction)
        {
            return;
        }

        RefreshTarget(leg, request);
        TakeSessionWish(leg, request);
        if (!hasOffer)
        {
            RespondUpdate(leg, transaction, 0);
            return;
        }

        (leg.ForkOf ?? leg).Media.Latch.SignalsFrom = flow.Remote;
        if (other is not null && CanOffer(other, out bool byUpdate))
        {
            transaction.Leg = leg;
            leg.UpdateServer = transaction;
            leg.PreviousRemote = leg.Remote;
            leg.Remote = offered;
            PassOffer(leg, other, byUpdate, hasOffer: true);
            return;
        }

        if (!TryAnswerByUs(leg, offered, other, out int length))
        {
            _transactions.RespondEmpty(transaction, 488, leg.Dialog.LocalTag, 88);
            return;
        }

        RespondUpdate(leg, transaction, length);
    }

    /// <summary>Passes an offer on: by UPDATE where the other side takes it, else, once the call is up, by re-INVITE.</summary>
    private void PassOffer(Leg from, Leg other, bool byUpdate, bool hasOffer)
    {
        from.Call.ReInviteFrom = from;
        if (byUpdate)
        {
            SendUpdate(other, RequestPurpose.Update, from);
            return;
        }

        other.InviteCSeq = other.Dialog.NextLocalCSeq();
        other.AckCarriedAnswer = false;
        SendInvite(other, RequestPurpose.ReInvite, hasOffer ? from : null, 70);
    }

    /// <summary>
    /// Whether we may offer on this dialog now (RFC 6337 §2.2), and how. In an early dialog only by UPDATE, and only after a reliable answer
    /// (RFC 3311 §5.1).
    /// </summary>
    private static bool CanOffer(Leg leg, out bool byUpdate)
    {
        bool isConfirmed = leg.State == LegState.Answered;
        byUpdate = leg.PeerAllowsUpdate && !leg.Dialog.RemoteTarget.IsEmpty;
        if (OwesAnswer(leg) || IsOfferPending(leg))
        {
            return false;
        }

        return isConfirmed
            ? !leg.AwaitsAck
            : byUpdate && leg.AnsweredReliably && leg.Pending is not { IsOutstanding: true };
    }

    /// <summary>Whether the peer has offered and we have not answered yet.</summary>
    private static bool OwesAnswer(Leg leg)
    {
        if (leg.UpdateServer is not null)
        {
            return true;
        }

        return leg.InviteServer is { FinalStatus: 0 } && (leg.State == LegState.Answered || (!leg.AnsweredReliably && !leg.Call.IsDelayedOffer));
    }

    /// <summary>Whether we have offered and the peer has not answered yet.</summary>
    private static bool IsOfferPending(Leg leg)
    {
        if (leg.UpdateClient is { HasFinal: false } || leg.OwesAckWithAnswer || leg.ExpectsAnswerInAck || leg.Pending is { ExpectsAnswer: true })
        {
            return true;
        }

        ClientTransaction? invite = (leg.ForkOf ?? leg).InviteClient;
        return invite is { HasFinal: false } && (leg.State == LegState.Answered || !leg.AnsweredReliably);
    }

    /// <summary>
    /// Answers a peer's offer ourselves, from what the other side has agreed to; the relay makes up for a moved address and for other payload
    /// types. False, with nothing changed, when no codec is left in common.
    /// </summary>
    private bool TryAnswerByUs(Leg leg, in AudioDescription offered, Leg? other, out int length)
    {
        length = 0;
        if (leg.Call.PassesMedia && other is not { Remote.Formats.Count: > 0 })
        {
            // Nobody is there to talk to, and we have no port.
            return false;
        }

        AudioDescription answer;
        if (other is { Remote.Formats.Count: > 0 })
        {
            if (!OfferAnswer.TryAnswer(offered, other.Remote.Formats, other.Remote.EffectiveDirection, default, default, rtcpMux: false, out answer))
            {
                if (!TryGetAnswer(leg, offered.Formats, other, out AudioFormatList made))
                {
                    return false;
                }

                answer = OfferAnswer.CreateAnswer(offered, made, other.Remote.EffectiveDirection, default, default, rtcpMux: false);
            }
        }
        else if (!TryChooseOwn(offered, out answer))
        {
            return false;
        }

        leg.Remote = offered;
        leg.Remote.Formats = answer.Formats;
        ExpectMedia(leg);
        bool written = TryWriteOwn(leg, other ?? leg, DescriptionKind.Answer, ref answer, out length);
        if (other is not null)
        {
            MapPayloadTypes(leg, other);
            if (leg.State != LegState.Ended)
            {
                // Of one who picks the call up the other is told by the answer to its own call.
                TellMove(leg, other);
            }
        }
        else
        {
            SettleAlone(leg);
        }

        return written;
    }

    private void RespondUpdate(Leg leg, ServerTransaction transaction, int bodyLength)
    {
        SipWriter writer = transaction.BeginResponse(_context.Scratch, 200, leg.Dialog.LocalTag);
        OurContact.Write(ref writer, leg.Flow, _context.Index);
        writer.Header(SipHeaderName.Allow, _context.Capabilities.Allow);
        WriteSupported(ref writer, leg);
        WriteAgreedInterval(ref writer, leg);
        FinishResponse(ref writer, leg, SipMethod.Update, 200, bodyLength);
        _transactions.Respond(transaction, 200, writer);
    }

    /// <summary>Sends an UPDATE: with an offer of what <paramref name="offerer"/> described, or without SDP.</summary>
    private void SendUpdate(Leg leg, RequestPurpose purpose, Leg? offerer)
    {
        ReopenFlow(leg);
        int bodyLength = 0;
        if (offerer is not null && !TryWriteOffer(leg, offerer, out bodyLength))
        {
            FailUpdate(leg, purpose, 500);
            return;
        }

        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = leg.Dialog.NextLocalCSeq();
        if (_transactions.Open(SipMethod.Update, cseq, purpose, leg.Flow, leg, branch) is not { } transaction)
        {
            FailUpdate(leg, purpose, 503);
            return;
        }

        SipWriter writer = BeginRequest(leg, SipMethod.Update, cseq, branch, 70, out int branchOffset);
        OurContact.Write(ref writer, leg.Flow, _context.Index);
        writer.Header(SipHeaderName.Allow, _context.Capabilities.Allow);
        WriteSupported(ref writer, leg);
        WriteOwnInterval(ref writer, leg, isInitial: false);
        FinishRequest(ref writer, leg, SipMethod.Update, bodyLength);
        leg.UpdateClient = transaction;
        leg.OpenRequests++;
        _transactions.Start(transaction, writer, branchOffset);
    }

    private void FailUpdate(Leg leg, RequestPurpose purpose, int status)
    {
        if (purpose == RequestPurpose.Update)
        {
            FailReInvite(leg, status);
        }
    }

    /// <summary>Target refresh (RFC 3261 §12.2.1.2): the peer's Contact, where it gave one.</summary>
    private void RefreshTarget(Leg leg, SipMessage message)
    {
        if (message.TryGetContact(out NameAddress contact) && !contact.IsWildcard && SetTarget(leg, contact.Uri))
        {
            FollowTarget(leg);
        }

        if (message.Has(SipHeaderName.Allow))
        {
            leg.PeerAllowsUpdate = Allows(message, SipMethod.Update);
        }
    }

    /// <summary>
    /// Lets each side send with the numbers that it was told and hear those that it asked for: where the two descriptions number a format
    /// differently, it is rewritten on the way.
    /// </summary>
    private void MapPayloadTypes(Leg first, Leg second)
    {
        MapPayloadTypesTowards(second, first);
        MapPayloadTypesTowards(first, second);
        SettleSound(first, second);
        SettleDigits(first, second);
    }

    private static void MapPayloadTypesTowards(Leg to, Leg from)
    {
        MediaSessions.MediaLeg media = (to.ForkOf ?? to).Media;
        media.ClearPayloadTypes();
        for (int i = 0; i < from.Formats.Count; i++)
        {
            if (!to.Remote.Formats.TryFindSame(from.Formats, i, out int known))
            {
                // It was of our adding, and it may send it.
                if (from.Formats[i].IsVoice && from.Remote.Formats.TryFindSame(from.Formats, i, out _))
                {
                    media.BarPayloadType(from.Formats[i].PayloadType);
                }
            }
            else if (to.Remote.Formats[known].PayloadType != from.Formats[i].PayloadType)
            {
                media.MapPayloadType(from.Formats[i].PayloadType, to.Remote.Formats[known].PayloadType);
            }
        }
    }
}
