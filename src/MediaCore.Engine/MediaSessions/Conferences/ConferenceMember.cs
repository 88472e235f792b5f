using MediaCore.Audio.Mixing;
using MediaCore.Engine.MediaSessions.Audio;

namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>A leg in a conference. Owned by its shard.</summary>
internal sealed class ConferenceMember
{
    public ConferenceMember(ConferenceShare share, AudioParty party, MixerMember mixer)
    {
        Share = share;
        Party = party;
        Mixer = mixer;
    }

    /// <summary>Its shard's part of the conference.</summary>
    public ConferenceShare Share { get; }

    /// <summary>Its sound.</summary>
    public AudioParty Party { get; }

    /// <summary>Its place in the mix.</summary>
    public MixerMember Mixer { get; }

    /// <summary>How it takes part.</summary>
    public ConferenceRole Role { get; private set; }

    /// <summary>The encoder that it shares with others; null where there is none for it.</summary>
    public SharedEncoding? Encoding { get; set; }

    /// <summary>The configuration of its output that <see cref="Encoding"/> was chosen for.</summary>
    public int EncodingVersion { get; set; } = -1;

    /// <summary>Takes part in another way, from the next tick on.</summary>
    public void Assume(ConferenceRole role)
    {
        Role = role;
        Mixer.IsCoach = role == ConferenceRole.Coach;
        Mixer.HearsCoaches = role == ConferenceRole.Coached;
    }
}
