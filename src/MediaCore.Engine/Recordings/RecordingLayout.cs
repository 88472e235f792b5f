namespace MediaCore.Engine.Recordings;

/// <summary>Which sound of a party goes where in its recording.</summary>
public enum RecordingLayout : byte
{
    /// <summary>Two channels: what the party says on the left, what it hears on the right. Recorded at the caller, that is the caller left and the callee right.</summary>
    Stereo,

    /// <summary>One channel with both.</summary>
    Mixed,

    /// <summary>One channel: what the party says.</summary>
    Said,

    /// <summary>One channel: what the party hears.</summary>
    Heard,
}
