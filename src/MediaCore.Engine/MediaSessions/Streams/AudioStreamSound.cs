namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>Which sound of a leg goes out on an <see cref="IAudioStream"/>.</summary>
public enum AudioStreamSound
{
    /// <summary>None: the stream is only spoken into.</summary>
    None,

    /// <summary>What the party on the leg says.</summary>
    Said,

    /// <summary>What the party on the leg hears.</summary>
    Heard,

    /// <summary>Both in one channel.</summary>
    Mixed,

    /// <summary>What the party says on the left, what it hears on the right.</summary>
    Stereo,
}
