namespace MediaCore.Engine.Control.Events;

/// <summary>What has happened to a recording.</summary>
public enum RecordingStage
{
    /// <summary>It has begun.</summary>
    Started,

    /// <summary>What comes is left out.</summary>
    Paused,

    /// <summary>It goes on.</summary>
    Resumed,

    /// <summary>It has its last sound, and is being saved.</summary>
    Stopped,

    /// <summary>Its file is whole.</summary>
    Saved,

    /// <summary>It was not wanted; there is no file.</summary>
    Discarded,

    /// <summary>There is no file, or none that is whole.</summary>
    Failed,
}
