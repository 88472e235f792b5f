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
        if (call.InboundTrunk is not { Media: TrunkMedia.Pass })
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
                if (target is not TrunkTarget { Trunk.Media: TrunkMedia.Pass })
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>
    /// A target that the plan did not name (a redirection's) may need its media anchored. That is possible until anybody was told where the other is; false
    /// when it is too late.
    /// </summary>
    private bool KeepMediaWay(Call call, Trunk? trunk)
    {
        if (!call.PassesMedia || trunk is { Media: TrunkMedia.Pass })
        {
            return true;
        }

        if (call.State != CallState.Setup || call.ProvisionalHadBody || call.Caller.AnsweredReliably || IsAnyInviting(call))
        {
            return false;
        }

        call.PassesMedia = false;
        if (!OpenMedia(call.Caller))
        {
            return false;
        }

        if (!call.IsDelayedOffer)
        {
            ExpectMedia(call.Caller);
        }

        return true;
    }

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
    private void SetOwnAddress(Leg leg, Leg source, ref AudioDescription audio)
    {
        if (leg.Call.PassesMedia)
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
    }

    /// <summary>Whether a leg knows what the other said last: the formats, and where its media goes when nobody is between them.</summary>
    private static bool KnowsDescription(Leg leg, Leg other) =>
        leg.Formats.SequenceEqual(other.Remote.Formats) && (!leg.Call.PassesMedia || leg.ToldRtp == other.Remote.Rtp);

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
