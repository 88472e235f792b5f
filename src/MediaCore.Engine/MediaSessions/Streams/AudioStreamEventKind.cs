namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>What an <see cref="AudioStreamEvent"/> says.</summary>
public enum AudioStreamEventKind
{
    /// <summary>All that was written before the mark was played.</summary>
    MarkPlayed,

    /// <summary>What was written before the mark was dropped by <see cref="IAudioStream.Clear"/>.</summary>
    MarkCleared,

    /// <summary>More was written than fits; the oldest of it was dropped.</summary>
    Dropped,
}
