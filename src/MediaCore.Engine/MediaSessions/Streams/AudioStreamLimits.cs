namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>Bounds of an <see cref="AudioStream"/>.</summary>
public static class AudioStreamLimits
{
    /// <summary>Sound that waits for a consumer which does not read, in milliseconds; what is older is dropped. Two seconds: a consumer that is further behind is not live any more.</summary>
    public const int MaxOutgoingMilliseconds = 2_000;

    /// <summary>Sound that waits to be played in milliseconds; what is older is dropped. Half a minute: an engine that speaks hands over whole sentences at once.</summary>
    public const int MaxIncomingMilliseconds = 30_000;

    /// <summary>Marks that have not come back yet; more are refused.</summary>
    public const int MaxMarks = 64;

    /// <summary>Longest name of a mark, in characters.</summary>
    public const int MaxMarkLength = 256;

    /// <summary>Sound in one frame, in milliseconds.</summary>
    public const int FrameMilliseconds = 20;
}
