using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Subscriptions;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// A ringing call that another phone takes (RFC 3891 §3: an early dialog that we have begun): an INVITE with Replaces that names the dialog, or the name by which
/// its watchers know it (<see cref="PickUpName"/>). Whoever picks up is a target that has answered, and the others are cancelled as after any answer.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>The ringing leg that a watcher's name stands for; 0, or the status that refuses it.</summary>
    private int FindRinging(PickUpName name, string? account, out Leg? ringing)
    {
        ringing = null;
        if (name.Call.Shard != _context.Index || !_calls.TryGet(name.Call, out Call? call) || call.Callees.Find(leg => leg.Index == name.Leg) is not { Peer: { } called } leg)
        {
            return 481;
        }

        // Who may see an account's calls may take them; a phone that may not transfer calls may not pull them over either.
        if (account is null || _context.Options.AccountTransfers == TransferPolicy.Refuse || (called != account && _context.Options.DialogSubscriptions != DialogSubscriptions.All))
        {
            return 403;
        }

        ringing = leg;
        return leg.State switch
        {
            LegState.Inviting when call.State != CallState.Ended => 0,
            LegState.Answered => 486,
            _ => 603,
        };
    }

    private void PickUp(Leg ringing, SipMessage request, in Flow flow, Trunk? trunk, string? account, SessionKey inviteKey)
    {
        Call call = ringing.Call;
        Leg caller = call.Caller;
        if (TakeReplacing(call, ringing, request, flow, trunk, account, inviteKey) is not { } leg)
        {
            return;
        }

        Leg? known = caller.Remote.Formats.Count > 0 ? caller : null;
        bool offers = !leg.InviteServer!.HasBody;
        if (!(offers ? TryOfferByUs(leg, known, out int length) : TryAnswerByUs(leg, leg.Remote, known, out length)))
        {
            RefuseReplacing(leg, 488);
            CountTransfer(TransferKind.Replaced, TransferResult.Failed);
            return;
        }

        NoteReplaced(leg, ringing);
        TakePlace(leg, ringing);
        leg.ExpectsAnswerInAck = leg.ConnectsWithAck = offers;
        SendOk(leg, length);
        StopStepTimers(call);
        if (call.ReInviteFrom is { } offerer)
        {
            // An offer between the caller and one that rings: whatever became of it, the caller is told what holds.
            DropReInvite(call);
            caller.OwesOffer |= !offerer.IsCaller;
        }

        CancelCallees(call, except: null, "SIP;cause=200;text=\"Call completed elsewhere\""u8);
        call.Connected = leg;
        caller.RingingAt ??= _context.WallClock;
        if (!offers)
        {
            Connect(call, leg);
        }
    }

    /// <summary>The offer to a phone that picks up without one: what the caller speaks, or what we do where it has not said. The caller is answered once the ACK has brought the answer.</summary>
    private bool TryOfferByUs(Leg leg, Leg? other, out int length)
    {
        if (other is not null)
        {
            return TryWriteOffer(leg, other, out length);
        }

        length = 0;
        return !leg.Call.PassesMedia && TryWriteOwnOffer(leg, out length);
    }
}
