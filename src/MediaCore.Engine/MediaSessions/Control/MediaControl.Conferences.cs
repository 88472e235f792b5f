using MediaCore.Engine.MediaSessions.Conferences;

namespace MediaCore.Engine.MediaSessions.Control;

/// <summary>Conferences, and supervisors who listen to a call, whisper or barge in.</summary>
internal sealed partial class MediaControl
{
    /// <summary>Takes a leg into a conference; what it was connected to does not hear it any more, nor it that.</summary>
    /// <param name="leg">Who.</param>
    /// <param name="room">Name of the room, which is opened where nobody is in it.</param>
    /// <param name="options">How it is held, for the one who opens it.</param>
    /// <param name="role">How it takes part.</param>
    public ConferenceResult Join(MediaLeg leg, string room, ConferenceOptions options, ConferenceRole role = ConferenceRole.Member) =>
        conferences.Join(leg, room, options, role);

    /// <summary>Takes a leg out of its conference; false when it is in none.</summary>
    public bool LeaveConference(MediaLeg leg)
    {
        if (leg.Audio is not { Member: { } member } party)
        {
            return false;
        }

        sessions.Withdraw(party, member.Share.Transcodes);
        return true;
    }

    /// <summary>Changes how a member takes part: a supervisor goes from listening to whispering to barging in. False when the leg is in no conference.</summary>
    public bool Assume(MediaLeg leg, ConferenceRole role)
    {
        leg.Audio?.Member?.Assume(role);
        return leg.Audio?.Member is not null;
    }

    /// <summary>How loud a member is to the others, as a factor of 0 to 10; false when the leg is in no conference. Muting is <see cref="Mute"/>, as for every call.</summary>
    public bool SetGain(MediaLeg leg, float gain)
    {
        if (leg.Audio?.Member is not { } member)
        {
            return false;
        }

        member.Mixer.Gain = gain;
        return true;
    }

    /// <summary>Lets a member hear nothing, or everything again; false when the leg is in no conference.</summary>
    public bool Deafen(MediaLeg leg, bool isDeaf)
    {
        if (leg.Audio?.Member is not { } member)
        {
            return false;
        }

        member.Mixer.IsDeaf = isDeaf;
        return true;
    }

    /// <summary>
    /// Opens a connected call to supervisors: its two sides go on hearing each other, over a mixer, and whoever joins the room as <see cref="ConferenceRole.Listener"/>, <see cref="ConferenceRole.Coach"/> (heard by the
    /// agent alone) or <see cref="ConferenceRole.Member"/> takes part. The supervisor may be on any shard. A call that was relayed is decoded while this lasts, in the same streams.
    /// </summary>
    /// <param name="agent">The side that hears a coach.</param>
    /// <param name="room">Name of the room; no other call may use it.</param>
    /// <returns>False when the leg is connected to none, or one of them cannot be mixed.</returns>
    public bool OpenToSupervisors(MediaLeg agent, string room)
    {
        if (agent.Peer is not { } peer || sessions.Open(agent) is not { } first)
        {
            return false;
        }

        bool transcodes = first.Session.IsTranscoding;
        if (conferences.Join(agent, room, SupervisorOptions, ConferenceRole.Coached) != ConferenceResult.Joined)
        {
            return false;
        }

        if (conferences.Join(peer, room, SupervisorOptions, ConferenceRole.Member) != ConferenceResult.Joined)
        {
            sessions.Withdraw(first, transcodes);
            return false;
        }

        first.Member!.Share.Transcodes = transcodes;
        return true;
    }

    /// <summary>Closes a call to supervisors: its two sides are by themselves again, relayed where they were.</summary>
    public bool CloseToSupervisors(MediaLeg agent)
    {
        if (agent.Audio is not { Member: { } member } party)
        {
            return false;
        }

        bool transcodes = member.Share.Transcodes;
        MediaLeg? peer = agent.Peer;
        sessions.Withdraw(party, transcodes);
        if (peer?.Audio is { Member: not null } other)
        {
            sessions.Withdraw(other, transcodes);
        }

        return true;
    }

    private static ConferenceOptions SupervisorOptions { get; } = new() { Tones = false };
}
