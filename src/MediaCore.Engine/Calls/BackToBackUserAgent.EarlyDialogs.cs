using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Early dialogs (RFC 3261 §12.1, §13.2.2.4): a proxy behind a target may fork, and each fork that rings is a dialog. The first is the leg's own; each
/// further one gets a leg without media, so that its PRACKs and UPDATEs have their own tags, routes and numbers. All share the leg's port.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>The dialog of a provisional response, made by it if need be; null when there are too many.</summary>
    private Leg? TakeEarlyDialog(Leg leg, SipMessage response)
    {
        ReadOnlySpan<byte> tag = response.ToTag;
        if (tag.IsEmpty)
        {
            return leg;
        }

        if (leg.Dialog.RemoteTag.IsEmpty)
        {
            leg.Dialog.SetRemoteTag(tag);
        }

        Leg? dialog = FindEarlyDialog(leg, tag);
        if (dialog is null)
        {
            dialog = AddEarlyDialog(leg, tag);
            if (dialog is null)
            {
                return null;
            }
        }

        if (!dialog.HasEarlyTarget)
        {
            dialog.HasEarlyTarget = TakeRoutesAndTarget(dialog, response);
        }

        if (response.Has(SipHeaderName.Allow))
        {
            dialog.PeerAllowsUpdate = Allows(response, SipMethod.Update);
        }

        return dialog;
    }

    private static Leg? FindEarlyDialog(Leg leg, ReadOnlySpan<byte> tag)
    {
        if (leg.Dialog.RemoteTag.SequenceEqual(tag))
        {
            return leg;
        }

        foreach (Leg known in leg.Call.Callees)
        {
            if (ReferenceEquals(known.ForkOf, leg) && known.Dialog.RemoteTag.SequenceEqual(tag))
            {
                return known;
            }
        }

        return null;
    }

    private Leg? AddEarlyDialog(Leg leg, ReadOnlySpan<byte> tag)
    {
        Call call = leg.Call;
        int forks = 0;
        foreach (Leg known in call.Callees)
        {
            forks += ReferenceEquals(known.ForkOf, leg) ? 1 : 0;
        }

        if (forks >= EngineLimits.MaxEarlyForks || call.Callees.Count >= EngineLimits.MaxLegsPerCall)
        {
            return null;
        }

        Leg fork = AddFork(leg, tag);
        fork.State = LegState.Ended;
        return fork;
    }

    /// <summary>Another dialog of a leg's INVITE.</summary>
    private static Leg AddFork(Leg leg, ReadOnlySpan<byte> tag)
    {
        Leg fork = leg.Call.AddCallee();
        fork.IsFork = true;
        fork.ForkOf = leg;
        fork.Flow = leg.Flow;
        fork.Peer = leg.Peer;
        fork.PeerIsTrunk = leg.PeerIsTrunk;
        fork.Trunk = leg.Trunk;
        fork.InvitedAt = leg.InvitedAt;
        fork.InviteCSeq = leg.InviteCSeq;
        fork.Formats = leg.Formats;
        fork.ToldRtp = leg.ToldRtp;
        fork.SdpSessionId = leg.SdpSessionId;
        fork.SdpVersion = leg.SdpVersion;
        fork.Dialog.SetIdentity(leg.Dialog.CallId, leg.Dialog.LocalTag, tag, leg.Dialog.LocalAddress, leg.Dialog.RemoteAddress);
        fork.Dialog.SetLocalCSeq(leg.InviteCSeq);
        return fork;
    }

    /// <summary>The dialog that a 2xx confirms becomes the leg's own; what the leg had until then takes the fork's place and ends with it.</summary>
    private static void Adopt(Leg leg, ReadOnlySpan<byte> tag)
    {
        if (FindEarlyDialog(leg, tag) is not { } dialog || ReferenceEquals(dialog, leg))
        {
            return;
        }

        leg.SwapDialog(dialog);
        if (ReferenceEquals(leg.Call.EarlyDialog, dialog) || ReferenceEquals(leg.Call.EarlyDialog, leg))
        {
            leg.Call.EarlyDialog = leg;
        }

        if (ReferenceEquals(leg.Call.ReInviteFrom, dialog) || ReferenceEquals(leg.Call.ReInviteFrom, leg))
        {
            leg.Call.ReInviteFrom = ReferenceEquals(leg.Call.ReInviteFrom, dialog) ? leg : dialog;
        }
    }

    /// <summary>One dialog of an INVITE is confirmed: an offer that a lost one made, or was to answer, has nobody to go to any more.</summary>
    private void DropLostOffer(Leg leg)
    {
        Call call = leg.Call;
        if (call.ReInviteFrom is not { } from)
        {
            return;
        }

        bool isLost = ReferenceEquals(from.ForkOf, leg);
        if (from.IsCaller)
        {
            foreach (Leg fork in call.Callees)
            {
                isLost |= ReferenceEquals(fork.ForkOf, leg) && fork.UpdateClient is { HasFinal: false };
            }
        }

        if (isLost)
        {
            DropReInvite(call);

            // The caller may have been offered what the lost dialog described.
            call.Caller.OwesOffer |= !from.IsCaller;
        }
    }

    /// <summary>SDP of a provisional response: remembers it and, where the policy says that the caller is to hear this dialog, connects it. True when the caller is to be told.</summary>
    private bool TakeEarlyMedia(Leg leg, Leg dialog, SipMessage response)
    {
        Call call = leg.Call;
        Sdp.AudioDescription described = default;
        if (!TryReadSdp(response, dialog, ref described) || !Sdp.OfferAnswer.TryAcceptAnswer(dialog.Formats, described.Formats, out Sdp.AudioFormatList agreed)
            || !TryTakeKeys(dialog, described, apply: false))
        {
            return false;
        }

        described.Formats = agreed;
        dialog.Remote = described;
        bool isChosen = _context.Options.EarlyMedia switch
        {
            EarlyMediaSource.None => false,
            EarlyMediaSource.First => call.EarlyDialog is null || ReferenceEquals(call.EarlyDialog, dialog),
            _ => true,
        };
        if (!isChosen)
        {
            return false;
        }

        TryTakeKeys(dialog, described);
        BridgeEarly(call, dialog);
        return true;
    }

    /// <summary>The caller hears this early dialog from now on.</summary>
    private static void BridgeEarly(Call call, Leg dialog)
    {
        Leg leg = dialog.ForkOf ?? dialog;
        call.EarlyDialog = dialog;
        call.EarlyMedia = leg;
        leg.HasMedia = true;
        ExpectAt(leg.Media, dialog, dialog.Remote.Rtp, dialog.Remote.Rtcp);
        ExpectVoice(leg, dialog.Remote.Formats, dialog.Formats);
        if (!call.Caller.IsNobody)
        {
            MediaLeg.Bridge(call.Caller.Media, leg.Media);
        }
    }

    /// <summary>A leg is out: nothing of it is heard any more.</summary>
    private static void ForgetEarlyMedia(Leg leg)
    {
        if (ReferenceEquals(leg.Call.EarlyMedia, leg))
        {
            leg.Call.EarlyMedia = leg.Call.EarlyDialog = null;
        }
    }

    /// <summary>The dialog at the other end of the media: the connected one, before that the early one that is heard; null when there is none.</summary>
    private static Leg? GetCounterpart(Leg leg)
    {
        Call call = leg.Call;
        if (leg.IsCaller)
        {
            return call.Connected ?? call.EarlyDialog;
        }

        return ReferenceEquals(call.Connected ?? call.EarlyDialog, leg) ? call.Caller : null;
    }

    /// <summary>Whether a message's Allow names a method.</summary>
    private static bool Allows(SipMessage message, SipMethod method)
    {
        int values = 0;
        foreach (ReadOnlySpan<byte> token in message.EnumerateValues(SipHeaderName.Allow))
        {
            if (token.SequenceEqual(SipMethods.GetToken(method)))
            {
                return true;
            }

            if (++values > SipOptionTags.MaxTags)
            {
                break;
            }
        }

        return false;
    }
}
