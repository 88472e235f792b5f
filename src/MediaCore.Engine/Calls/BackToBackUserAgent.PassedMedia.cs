using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Sdp;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Calls whose media goes from peer to peer (<see cref="TrunkMedia.Pass"/>). Descriptions are still ours, line by line, but show the address of the peer at the other
/// end; no port is taken. What a relay would make up for (a moved address, other payload types) has to be told to the other side instead.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>
    /// Offers of ours in one call that only tell a side where the other has moved to. Two peers that answer each offer from another address would keep us
    /// offering for ever; after these they talk where they said first.
    /// </summary>
    private const int MaxFollowUpOffers = 8;

    /// <summary>Whether all that a plan may lead to is trunks that talk to the caller's trunk by themselves.</summary>
    private static bool MayPassMedia(Call call)
    {
        // Keys end here: whoever offers them is anchored.
        if (call.InboundTrunk is not { MayPassMedia: true } || call.Caller.Remote.Crypto.Count > 0 || call.Plan.Record)
        {
            return false;
        }

        foreach (RouteStep step in call.Plan.Steps)
        {
            if (step is not DialStep dial)
            {
                return false;
            }

            foreach (DialTarget target in dial.Targets)
            {
                if (target is not TrunkTarget { Trunk.MayPassMedia: true })
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>
    /// A party that the plan did not name (a redirection's, a transfer's) may need its media anchored. While nobody was told where the other is the call is anchored as a whole.
    /// Later both ports are taken, and the call becomes anchored once that party has answered (<see cref="SettleMediaWay"/>): until then the others talk past us. False when
    /// there is no port.
    /// </summary>
    private bool KeepMediaWay(Call call, Leg staying, Trunk? trunk)
    {
        if (!call.PassesMedia || trunk is { MayPassMedia: true })
        {
            return true;
        }

        if (call.State == CallState.Setup && !call.ProvisionalHadBody && !call.Caller.AnsweredReliably && !IsAnyInviting(call))
        {
            call.PassesMedia = false;
        }

        if (staying.Media.Port is null)
        {
            if (!TryOpenPort(staying))
            {
                return false;
            }

            if (staying.Remote.Formats.Count > 0)
            {
                ExpectMedia(staying);
            }
        }

        return true;
    }

    /// <summary>It is settled who talks with the caller: with a port of its own the call is anchored from now on, else the caller's, taken for another, is given back.</summary>
    private void SettleMediaWay(Call call, Leg party)
    {
        if (call.PassesMedia && party.Media.Port is not null)
        {
            call.PassesMedia = false;
        }
        else if (call.PassesMedia && call.Caller.Media.Port is not null)
        {
            CloseMedia(call.Caller);
        }
    }

    /// <summary>Whether two parties of a call send to each other: at least one of them has no port.</summary>
    private static bool Passes(Leg leg, Leg other) => leg.Call.PassesMedia && ((leg.ForkOf ?? leg).Media.Port is null || (other.ForkOf ?? other).Media.Port is null);

    private static bool IsAnyInviting(Call call)
    {
        foreach (Leg leg in call.Callees)
        {
            // The leg that is being made has no number yet.
            if (leg.State is LegState.Inviting or LegState.Cancelling && leg.InviteCSeq != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where media for <paramref name="leg"/>'s peer is to be sent: to a port of ours, or, passed, to where <paramref name="source"/> listens.</summary>
    private void SetOwnAddress(Leg leg, Leg source, bool isAnswer, ref AudioDescription audio)
    {
        if (Passes(leg, source))
        {
            audio.Rtp = ReferenceEquals(leg, source) ? default : source.Remote.Rtp;
            audio.Rtcp = ReferenceEquals(leg, source) ? default : source.Remote.Rtcp;
        }
        else
        {
            audio.Rtp = GetOwnEndpoint(leg);
            audio.Rtcp = audio.Rtp.WithPort((ushort)(audio.Rtp.Port + 1));
        }

        leg.ToldRtp = audio.Rtp;
        if (source.Remote.IsWithoutAudio || (isAnswer && leg.Remote.IsWithoutAudio))
        {
            audio.Rtp = audio.Rtp.WithPort(0);
        }
    }

    /// <summary>Whether a leg knows what the other said last: the formats, and where its media goes, to us or past us.</summary>
    private bool KnowsDescription(Leg leg, Leg other)
    {
        if (!leg.Formats.SequenceEqual(other.Remote.Formats) && !KnowsFormats(leg, other))
        {
            return false;
        }

        return Passes(leg, other) ? leg.ToldRtp == other.Remote.Rtp : (leg.ForkOf ?? leg).Media.Port is null || leg.ToldRtp == GetOwnEndpoint(leg);
    }

    /// <summary>A side has moved and the other was not told by the exchange itself: it gets an offer when it takes one.</summary>
    private void TellMove(Leg moved, Leg other)
    {
        Call call = moved.Call;
        if (!call.PassesMedia || call.FollowUpOffers >= MaxFollowUpOffers || KnowsDescription(other, moved))
        {
            return;
        }

        call.FollowUpOffers++;
        other.OwesOffer = true;
        Renegotiate(other);
    }
}
