namespace MediaCore.Engine.Recordings;

/// <summary>When a recording is forced from the kernel's memory to the disk. The death of the process loses nothing of what was written either way; a power cut may.</summary>
public enum RecordingSync : byte
{
    /// <summary>When the kernel sees fit.</summary>
    Never,

    /// <summary>Once, before the recording is called saved.</summary>
    AtEnd,

    /// <summary>Every second too: costs a disk flush per second and recording.</summary>
    Always,
}
