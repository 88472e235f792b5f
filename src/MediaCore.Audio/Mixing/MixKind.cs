namespace MediaCore.Audio.Mixing;

/// <summary>What a member of a conference hears in a tick.</summary>
public enum MixKind
{
    /// <summary>Nothing: it is deaf.</summary>
    Silence,

    /// <summary>Everybody who talks, as all members do who don't talk themselves: <see cref="ConferenceMixer.SharedMix"/>. It has to be encoded once for all of them.</summary>
    Shared,

    /// <summary>A mix of its own: <see cref="MixerMember.OwnMix"/>.</summary>
    Own,
}
