using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>
/// What an offer would make of the streams: drawn up beside those in force, with ports of its own where a line becomes another kind of stream, and in their place once there is an answer. An offer that is
/// refused here or rejected by the other side leaves a talk as it was (RFC 3261 §14.1). Nobody tells of a rejection: such a draft goes with the next offer, or with the session.
/// </summary>
internal sealed partial class NgSessions
{
    /// <summary>Draws up what the offer that was parsed makes of both sides' streams; false when there are no ports left.</summary>
    private bool TryDraft(NgSession session, NgParty from, NgParty to, NgRequest request)
    {
        int fromNetwork = FindNetwork(request, request.FromNetwork);
        int toNetwork = FindNetwork(request, request.ToNetwork);
        for (int i = 0; i < _description.MediaCount; i++)
        {
            SdpMedia media = _description.GetMedia(i);
            bool isCarried = media.Port != 0 && IsRelayable(media);
            NgStream theirs = AddDraft(from, i, media, isCarried);
            NgStream ours = AddDraft(to, i, media, isCarried);
            if (!isCarried)
            {
                Note(theirs, media, request, isOffer: true);
                (ours.Kind, ours.Protocol) = (theirs.Kind, theirs.Protocol);
                continue;
            }

            media.TryGetRtpEndpoint(out NetworkEndpoint signalled);
            bool isIPv6 = request.AddressFamily == 0 ? (ours.Signalled.HasAddress ? ours.Signalled : signalled).IsIPv6 : request.AddressFamily == 6;
            if (!TryOpen(session, theirs, fromNetwork, signalled.IsIPv6) || !TryOpen(session, ours, toNetwork, isIPv6))
            {
                return false;
            }

            Note(theirs, media, request, isOffer: true);
            theirs.Offered.Clear();
            theirs.Offered = theirs.IsSecure ? FilterKeys(media, request) : default;
            theirs.PtimeMilliseconds = request.ReversePtimeMilliseconds != 0 ? request.ReversePtimeMilliseconds : theirs.PtimeMilliseconds;
            ours.PtimeMilliseconds = request.PtimeMilliseconds;
            ours.Kind = theirs.Kind;
            ours.IsOfferer = false;
            ours.Protocol = theirs.IsRtp ? request.Protocol ?? theirs.Protocol : theirs.Protocol;
            ours.WasOfferedMux = theirs.IsRtp
                && (request.Has(NgFlags.MuxOffer | NgFlags.MuxRequire) || (theirs.HasMux && !request.Has(NgFlags.MuxDemux | NgFlags.MuxReject)));
            OfferKeys(ours, request);
            OfferCodecs(theirs, ours, request);
        }

        return true;
    }

    /// <summary>A line goes on at its ports while it is the same kind of stream; as another kind, as when voice gives way to fax, or declined, it is another one.</summary>
    private NgStream AddDraft(NgParty party, int index, SdpMedia media, bool isCarried)
    {
        bool isOpaque = !IsRtp(media.Protocol);
        NgStream? known = index < party.Streams.Count ? party.Streams[index] : null;
        NgStream draft = isCarried && known is { Leg.Port: not null } && known.Leg.IsOpaque == isOpaque ? new NgStream(known) : MakeStream(isOpaque);
        draft.Signalled = known?.Signalled ?? default;
        party.Drafts.Add(draft);
        return draft;
    }

    private NgStream MakeStream(bool isOpaque) => !isOpaque && _streams.TryPop(out NgStream? stream) ? stream : new NgStream(isOpaque);

    /// <summary>The offer is out. Whoever is in a talk goes on in it until the answer; for the others it is in force, as far as it can be before one.</summary>
    private void Propose(NgParty party, bool hasOffered)
    {
        party.HasOffered = hasOffered;
        if (party.Peer is null)
        {
            Commit(party, hasOffered);
        }
    }

    /// <summary>Puts a party's drafts in force, unless they are of an offer of the other side's.</summary>
    private void Commit(NgParty party, bool hasOffered)
    {
        if (party.HasOffered != hasOffered)
        {
            return;
        }

        for (int i = 0; i < party.Drafts.Count; i++)
        {
            NgStream draft = party.Drafts[i];
            if (draft.IsCopy)
            {
                party.Streams[i].Take(draft);
                draft.Offered.Clear();
            }
            else if (i < party.Streams.Count)
            {
                Recycle(party.Streams[i]);
                party.Streams[i] = draft;
            }
            else
            {
                party.Streams.Add(draft);
            }

            Enforce(party.Streams[i]);
        }

        party.Drafts.Clear();
    }

    /// <summary>Forgets what an offer would have made of a party's streams, with the ports that it had for that.</summary>
    private void Drop(NgParty party)
    {
        for (int i = 0; i < party.Drafts.Count; i++)
        {
            NgStream draft = party.Drafts[i];
            if (!draft.IsCopy)
            {
                Recycle(draft);
                continue;
            }

            draft.Offered.Clear();
            if (!ReferenceEquals(draft.Keys, party.Streams[i].Keys))
            {
                draft.Keys?.Clear();
            }
        }

        party.Drafts.Clear();
    }
}
