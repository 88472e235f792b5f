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

        if (!TryAnswerByUs(leg, leg.Remote, caller.Remote.Formats.Count > 0 ? caller : null, out int length))
        {
            RefuseReplacing(leg, 488);
            CountTransfer(TransferKind.Replaced, TransferResult.Failed);
            return;
        }

        NoteReplaced(leg, ringing);
        TakePlace(leg, ringing);
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
        Connect(call, leg);
    }
}
