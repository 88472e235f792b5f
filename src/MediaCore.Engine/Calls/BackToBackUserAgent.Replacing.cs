using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// INVITE with Replaces (RFC 3891): a new leg in a call that we have. The party that stays is asked by re-INVITE to talk with the new one; when it agrees, the
/// new one is answered and the replaced one gets a BYE. Until then nothing changes.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>An INVITE with Replaces of a party that was admitted.</summary>
    public void OnReplacingInvite(SipMessage request, in Flow flow, Trunk? trunk, string? account)
    {
        Leg? replaced = null;
        int refusal = request.TryGetHeader(SipHeaderName.Replaces, out ReadOnlySpan<byte> value) && ReplacesHeader.TryParse(value, out ReplacesHeader replaces)
            ? FindReplaced(replaces, flow, trunk, account, out replaced)
            : 400;
        Call? call = replaced?.Call;
        bool isPickUp = replaced is { State: LegState.Inviting };
        if (refusal == 0 && !isPickUp
            && (call!.ReInviteFrom is not null || call.Transfer is { IsOpen: true } || GetOther(replaced!) is not { State: LegState.Answered, InviteClient: null or { HasFinal: true } } other || !CanOffer(other, out _)))
        {
            refusal = 491;
        }

        SessionKey inviteKey = TransactionLayer.GetInviteKey(request);
        if (refusal == 0 && _context.Sessions.TryGet(inviteKey, out _))
        {
            _context.Statistics.MergedRequests++;
            refusal = 482;
        }

        if (refusal == 0 && call!.Callees.Count >= EngineLimits.MaxLegsPerCall)
        {
            refusal = 503;
        }

        if (refusal != 0)
        {
            CountTransfer(TransferKind.Replaced, TransferResult.Refused);
            _transactions.RespondStateless(request, flow, refusal, default);
            return;
        }

        if (flow.Stream is not LoopbackFlow && (RefuseRequired(request, flow, trunk) || RefuseSessionInterval(request, flow, trunk)))
        {
            CountTransfer(TransferKind.Replaced, TransferResult.Refused);
        }
        else if (isPickUp)
        {
            PickUp(replaced!, request, flow, trunk, account, inviteKey);
        }
        else
        {
            Join(replaced!, request, flow, trunk, account, inviteKey);
        }
    }

    /// <summary>The leg to be replaced; 0, or the status of RFC 3891 §3 that refuses it.</summary>
    private int FindReplaced(scoped in ReplacesHeader replaces, in Flow flow, Trunk? trunk, string? account, out Leg? replaced)
    {
        if (PickUpName.TryRead(replaces, _context.HashKey, out PickUpName name))
        {
            return FindRinging(name, account, out replaced);
        }

        replaced = FindLeg(replaces.CallId, replaces.ToTag, replaces.FromTag);
        if (replaced is not { } leg)
        {
            return 481;
        }

        // Whoever knows the tags of a dialog may have overheard them: only the replaced party itself, or we in its name, may take its place (RFC 3891 §3, §8).
        bool isLoop = flow.Stream is LoopbackFlow;
        string? peer = flow.Stream is LoopbackFlow loop ? loop.Peer : trunk?.Name ?? account;
        bool peerIsTrunk = flow.Stream is LoopbackFlow way ? way.PeerIsTrunk : trunk is not null;
        if (leg.Peer is null || leg.Peer != peer || leg.PeerIsTrunk != peerIsTrunk || (!isLoop && GetTransferPolicy(leg) == TransferPolicy.Refuse))
        {
            return 403;
        }

        if (leg.Call.State == CallState.Ended || leg.State is LegState.Ended or LegState.Cancelling)
        {
            return 603;
        }

        if (leg is { State: LegState.Inviting, IsInbound: false, ForkOf: null } && leg.Call.Connected is null or { State: LegState.Answered })
        {
            return 0;
        }

        // An early dialog that the peer has begun cannot be replaced.
        bool isTalking = leg.State == LegState.Answered && leg.Call.State == CallState.Answered && (leg.IsCaller || ReferenceEquals(leg.Call.Connected, leg));
        return !isTalking ? 481 : replaces.IsEarlyOnly ? 486 : 0;
    }

    private void Join(Leg replaced, SipMessage request, in Flow flow, Trunk? trunk, string? account, SessionKey inviteKey)
    {
        Call call = replaced.Call;
        Leg staying = GetOther(replaced)!;
        if (TakeReplacing(call, replaced, request, flow, trunk, account, inviteKey) is not { } leg)
        {
            return;
        }

        leg.PreviousRemote = leg.Remote;
        if (!staying.IsCaller)
        {
            call.SwapRoles();
            leg.HasSwappedRoles = true;
        }

        call.ReInviteFrom = leg;
        staying.InviteCSeq = staying.Dialog.NextLocalCSeq();
        staying.AckCarriedAnswer = false;
                // Without an offer the other party is asked for one, which our 2xx brings (RFC 3261 §13.2.1).
        SendInvite(staying, RequestPurpose.ReInvite, leg.InviteServer!.HasBody ? leg : null, 70);
    }

    /// <summary>The leg of an INVITE with Replaces, its transaction open and its 100 sent; null when it was refused.</summary>
    private Leg? TakeReplacing(Call call, Leg replaced, SipMessage request, in Flow flow, Trunk? trunk, string? account, SessionKey inviteKey)
    {
        Leg leg = call.AddCallee();
        leg.IsReplacing = true;
        leg.Replaced = replaced;
        leg.State = LegState.Ended;
        leg.Flow = flow;
        leg.Trunk = trunk;
        leg.Peer = trunk?.Name ?? account;
        leg.PeerIsTrunk = trunk is not null;
        leg.InvitedAt = leg.EndedAt = _context.WallClock;
        leg.EndedBy = CallEndSide.Server;
        int refusal = !request.Body.IsEmpty && !TryReadSdp(request, leg, ref leg.Remote) ? 488
            : !TakeInvite(leg, request) ? 400
            : !Register(call, leg) || !KeepMediaWay(call, replaced.State == LegState.Inviting ? call.Caller : GetOther(replaced)!, trunk) || !OpenMedia(leg) || _context.Sessions.TryAdd(inviteKey, call.Handle) != SessionAddResult.Added ? 503
            : 0;
        if (refusal != 0)
        {
            leg.SipStatus = refusal;
            CloseMedia(leg);
            Unregister(call, leg);
            CountTransfer(TransferKind.Replaced, TransferResult.Refused);
            _transactions.RespondStateless(request, flow, refusal, default);
            return null;
        }

        TraceLeg(leg);
        if (_transactions.Open(request, flow) is not { } transaction)
        {
            leg.SipStatus = 503;
            _context.Sessions.TryRemove(inviteKey, call.Handle);
            CloseMedia(leg);
            Unregister(call, leg);
            return null;
        }

        transaction.InviteKey = inviteKey;
        transaction.InviteOwner = call.Handle;
        transaction.HasInviteKey = true;
        transaction.Leg = leg;
        leg.InviteServer = transaction;
        if (flow.Stream is not LoopbackFlow)
        {
            // Between two calls of ours neither can be gone without the other, and what either can do is known.
            leg.PeerAllowsUpdate = Allows(request, SipMethod.Update);
            TakeSessionWish(leg, request);
        }

        FollowTarget(leg);
        _transactions.RespondEmpty(transaction, 100, default);
        return leg;
    }

    /// <summary>Who would have joined is refused, and the call stays as it was.</summary>
    private void RefuseReplacing(Leg leg, int status)
    {
        leg.SipStatus = status;
        _transactions.RespondEmpty(leg.InviteServer!, status, leg.Dialog.LocalTag, Q850.FromStatus(status));
        CloseMedia(leg);
        if (leg.Call.Connected is { } connected)
        {
            SettleMediaWay(leg.Call, connected);
        }

        if (leg.HasSwappedRoles && leg.Call.Connected is not null)
        {
            leg.HasSwappedRoles = false;
            leg.Call.SwapRoles();
        }
    }

    /// <summary>A party has taken another's place: it counts where that one did.</summary>
    private void NoteReplaced(Leg leg, Leg replaced)
    {
        Call call = leg.Call;
        leg.State = LegState.Answered;
        leg.AnsweredAt = _context.WallClock;
        leg.EndedBy = CallEndSide.None;
        leg.SipStatus = 200;
        leg.Q850Cause = Q850.NormalClearing;
        leg.Dialog.Confirm();
        NoteDialog(leg);
        CountTransfer(TransferKind.Replaced, TransferResult.Completed);
        AddRecord(call, new TransferRecord
        {
            At = _context.WallClock,
            Kind = TransferKind.Replaced,
            By = $"{call.Id}-{replaced.Index}",
            To = $"{call.Id}-{leg.Index}",
            Status = 200,
        });
        CallLog.Transferred(_log, call.Id, TransferKind.Replaced, replaced.Index, 200);
    }

    /// <summary>The staying party agreed and the new one has its 200: they are the call from now on.</summary>
    private void OnJoined(Leg leg)
    {
        Call call = leg.Call;
        Leg replaced = leg.Replaced!;
        NoteReplaced(leg, replaced);
        if (leg.HasSwappedRoles)
        {
            // Should it be transferred later, it is the one who is presented; what was asserted was true of the one who left.
            RememberStaying(call, call.Caller);
            call.Identities = null;
        }

        TakePlace(leg, replaced);
        call.Connected = leg;
        SettleMediaWay(call, leg);
        MediaLeg.Bridge(call.Caller.Media, leg.Media);
        MediaLeg.Answer(call.Caller.Media, leg.Media, _context.Now);
        LetGo(replaced);
    }

    /// <summary>The replaced party hangs up before the other one has agreed to the new one: the exchange goes on without it.</summary>
    private void OnReplacedLeft(Leg joining, Leg replaced)
    {
        TakePassedReason();
        replaced.EndedAt = _context.WallClock;
        replaced.EndedBy = CallEndSide.Callee;
        replaced.State = LegState.Ended;
        replaced.AwaitsAck = replaced.OwesBye = false;
        _context.Wheel.Cancel(replaced.OkTimer);
        LimitWait(replaced);
        TakePlace(joining, replaced);
        Leave(replaced);
        replaced.Call.Connected = null;
    }

    /// <summary>
    /// A party counts at its trunk or account in the place of the one that it replaces: both are of the same one, and the calls are no more than before. A call
    /// between two calls of ours counts where its ends do.
    /// </summary>
    private static void TakePlace(Leg leg, Leg replaced)
    {
        if (leg.Flow.Stream is LoopbackFlow)
        {
            return;
        }

        if (replaced.IsCountedInbound)
        {
            (leg.IsCountedInbound, replaced.IsCountedInbound) = (true, false);
        }

        if (replaced.IsOnTrunk)
        {
            leg.Hop = replaced.Hop;
            (leg.IsOnTrunk, replaced.IsOnTrunk) = (true, false);
        }
    }
}
