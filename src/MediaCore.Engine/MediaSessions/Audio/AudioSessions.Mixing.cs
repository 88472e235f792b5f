using MediaCore.Engine.MediaSessions.Conferences;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>Parties that are mixed: they leave the sessions that they were in for the one of a conference, and come back.</summary>
internal sealed partial class AudioSessions
{
    /// <summary>Begins this shard's part of a conference, with a session of its own.</summary>
    public ConferenceShare OpenShare(ShardConferences owner, Conference conference)
    {
        var share = new ConferenceShare(owner, conference, _codecs, _context.Index) { Session = _sessions.Get() };
        share.Session.Mixer = share;
        share.Session.SampleRateHz = conference.Options.SampleRateHz;
        return share;
    }

    /// <summary>Moves a party into a session that is mixed. Its stream goes on (SSRC, sequence numbers, timestamps).</summary>
    public void Move(AudioParty party, AudioSession session)
    {
        Leave(party.Session, party);
        session.Add(party);
        party.Configure(_context.Options);
        _clock.Add(session);
    }

    /// <summary>Takes a party out of the session that it is mixed in. It is alone after that; with the other side of its call, where that is not mixed (any more).</summary>
    /// <param name="party">Who.</param>
    /// <param name="transcode">Whether the two sides of the call transcode.</param>
    public void Withdraw(AudioParty party, bool transcode)
    {
        Leave(party.Session, party);
        _sessions.Get().Add(party);
        Arrange(party.Session);
        if (party.Leg.Peer is not { } peer)
        {
            Relax(party.Leg);
        }
        else if (peer.Audio is not { Session.Mixer: not null })
        {
            Settle(party.Leg, peer, transcode);
        }
    }

    /// <summary>What was negotiated with a leg that is connected to no other has changed.</summary>
    public void Renew(MediaLeg leg)
    {
        if (leg.Audio is { } party)
        {
            party.Refresh();
            party.Configure(_context.Options);
        }
    }
}
