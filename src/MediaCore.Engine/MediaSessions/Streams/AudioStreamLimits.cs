namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>Bounds of an <see cref="AudioStream"/>.</summary>
public static class AudioStreamLimits
{
    /// <summary>Most sound that may wait for a consumer which does not read, in milliseconds; what is older is dropped. Ten seconds: a consumer that is further behind is not live any more.</summary>
    public const int MaxOutgoingMilliseconds = 10_000;

    /// <summary>The same where nothing is said.</summary>
    public const int DefaultOutgoingMilliseconds = 1_000;

    /// <summary>Sound that waits to be played in milliseconds; what is older is dropped. Half a minute: an engine that speaks hands over whole sentences at once.</summary>
    public const int MaxIncomingMilliseconds = 30_000;

    /// <summary>The same in samples: 30 s at 24 kHz, 15 s at 48 kHz, 1.4 MB.</summary>
    public const int MaxIncomingSamples = 720_000;

    /// <summary>Frames of silence after which a stream that speaks in place of the other side lets that be heard again: 200 ms, so that what comes in pieces is not cut into.</summary>
    public const int HangoverFrames = 10;

    /// <summary>Streams on one leg: as many listeners as Twilio has one-way streams on a call, 4. One of them may speak.</summary>
    public const int MaxStreamsPerLeg = 4;

    /// <summary>Marks that have not come back yet; more are refused. One to each word of what waits to be played at most.</summary>
    public const int MaxMarks = 128;

    /// <summary>Longest name of a mark, in characters.</summary>
    public const int MaxMarkLength = 256;

    /// <summary>Sound in one frame, in milliseconds.</summary>
    public const int FrameMilliseconds = 20;
}
