namespace MediaCore.Engine.Recordings;

/// <summary>What became of a recording.</summary>
public enum RecordingStatus : byte
{
    /// <summary>Still being written.</summary>
    Running,

    /// <summary>The file is whole and has its name.</summary>
    Saved,

    /// <summary>It was not wanted; there is no file.</summary>
    Discarded,

    /// <summary>The disk did not take it; there is no file, or none that could be finished.</summary>
    Failed,

    /// <summary>The process died while it was written; what had been written was made a whole file at the next start.</summary>
    Recovered,
}
