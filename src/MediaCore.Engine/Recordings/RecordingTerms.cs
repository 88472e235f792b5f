namespace MediaCore.Engine.Recordings;

/// <summary>How one recording is made.</summary>
/// <param name="Format">What it is kept as.</param>
/// <param name="Layout">Which sound goes where.</param>
/// <param name="Pause">What pauses become.</param>
/// <param name="MaxDuration">It stops by itself after so much sound.</param>
public readonly record struct RecordingTerms(RecordingFormat Format, RecordingLayout Layout, RecordingPause Pause, TimeSpan MaxDuration)
{
    /// <summary>Channels of the file.</summary>
    public int Channels => Layout == RecordingLayout.Stereo ? 2 : 1;
}
