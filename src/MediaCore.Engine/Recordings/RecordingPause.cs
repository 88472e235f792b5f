namespace MediaCore.Engine.Recordings;

/// <summary>What the time of a pause becomes in the file.</summary>
public enum RecordingPause : byte
{
    /// <summary>Silence: the file's time stays the call's.</summary>
    Silence,

    /// <summary>Nothing: the sound after the pause follows the sound before it.</summary>
    Cut,
}
