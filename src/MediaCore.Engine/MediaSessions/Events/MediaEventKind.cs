namespace MediaCore.Engine.MediaSessions.Events;

/// <summary>What has happened in the media of a leg.</summary>
internal enum MediaEventKind : byte
{
    /// <summary>A digit is over.</summary>
    Digit,

    /// <summary>Somebody has begun to talk.</summary>
    TalkStarted,

    /// <summary>Nobody has talked for a while.</summary>
    TalkStopped,

    /// <summary>A tone was recognised.</summary>
    Tone,

    /// <summary>It is known who answered.</summary>
    Answerer,
}
