using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Conferences;

namespace MediaCore.Engine.MediaSessions.Control;

/// <summary>
/// What can be done to the sound of a leg while it lasts, whoever owns it: calls, the control protocol of rtpengine, the control plane. On the leg's shard. Every command says whether it could be done; a leg without
/// anything negotiated refuses.
/// </summary>
internal sealed partial class MediaControl(AudioSessions sessions, ShardConferences conferences)
{
    /// <summary>Plays a source to a leg, from the next tick on; what was played before ends.</summary>
    /// <param name="leg">Who hears it.</param>
    /// <param name="source">What; it belongs to the leg until its end.</param>
    /// <param name="mode">Whether the other side is heard meanwhile.</param>
    /// <param name="listener">Told of its end, from a tick or from the command that ends it.</param>
    /// <returns>False when the leg's peer takes no codec of ours, or nothing is negotiated.</returns>
    public bool Play(MediaLeg leg, IAudioSource source, SourceMode mode, IPlaybackListener? listener = null)
    {
        if (OpenHearer(leg) is not { } party)
        {
            return false;
        }

        party.Play(source, mode, listener);
        return true;
    }

    /// <summary>
    /// Plays something short over what is played to a leg, which goes on after it or beside it: a digit, a beep. What is interjected already comes first.
    /// </summary>
    /// <returns>False when the leg's peer takes no codec of ours, nothing is negotiated, or <see cref="AudioLimits.MaxInterjections"/> wait.</returns>
    public bool Interject(MediaLeg leg, IAudioSource source, SourceMode mode, IPlaybackListener? listener = null) => OpenHearer(leg)?.TryInterject(source, mode, listener) == true;

    /// <summary>Ends an interjection; false when it is not under way nor waiting.</summary>
    public bool StopInterjection(MediaLeg leg, IAudioSource source)
    {
        if (leg.Audio?.EndInterjection(source, completed: false) != true)
        {
            return false;
        }

        Relax(leg);
        return true;
    }

    /// <summary>Ends what is played to a leg; false when nothing is.</summary>
    public bool StopPlaying(MediaLeg leg)
    {
        if (leg.Audio is not { Source: not null } party)
        {
            return false;
        }

        party.EndPlayback(completed: false);
        Relax(leg);
        return true;
    }

    /// <summary>Attaches a tap to what a leg says, after decoding; a relayed call goes on being relayed. False when nothing is negotiated or there are too many.</summary>
    public bool TapSaid(MediaLeg leg, IAudioTap tap) => sessions.Open(leg) is { } party && party.Said.TryAdd(tap);

    /// <summary>Attaches a tap to what a leg hears, with what is played to it.</summary>
    public bool TapHeard(MediaLeg leg, IAudioTap tap)
    {
        if (sessions.Open(leg) is not { } party || !party.Heard.TryAdd(tap))
        {
            return false;
        }

        OpenOther(leg);
        return true;
    }

    /// <summary>Detaches a tap from wherever it is on the leg; false when it was nowhere.</summary>
    public bool RemoveTap(MediaLeg leg, IAudioTap tap)
    {
        if (leg.Audio is not { } party || !(party.Said.Remove(tap) | party.Heard.Remove(tap)))
        {
            return false;
        }

        Relax(leg);
        return true;
    }

    /// <summary>Mutes what a leg says, for the other side; its own taps still hear it. The call is decoded meanwhile.</summary>
    public bool Mute(MediaLeg leg, bool muted)
    {
        if (sessions.Open(leg) is not { } party)
        {
            return false;
        }

        party.IsMuted = muted;
        OpenOther(leg);
        Relax(leg);
        return true;
    }

    /// <summary>The party of a leg that can be sent sound, with that of the other side.</summary>
    private AudioParty? OpenHearer(MediaLeg leg)
    {
        if (sessions.Open(leg) is not { } party)
        {
            return null;
        }

        if (!party.CanBePlayedTo)
        {
            sessions.Relax(leg);
            return null;
        }

        OpenOther(leg);
        return party;
    }

    /// <summary>What the other side sends does not go past the graph any more.</summary>
    private void OpenOther(MediaLeg leg)
    {
        if (leg.Peer is { } peer)
        {
            sessions.Open(peer);
        }
    }

    private void Relax(MediaLeg leg)
    {
        MediaLeg? peer = leg.Peer;
        sessions.Relax(leg);
        if (peer is not null)
        {
            sessions.Relax(peer);
        }
    }
}
