namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>
/// The sound of a call, live, for a consumer on a thread of its own: L16 samples out of the call and into it. Neither side waits for the other: who does not keep up loses the oldest sound and is told how much. One
/// thread at a time may read (frames, events), and one may write (sound, marks, <see cref="Clear"/>); they may be different.
/// </summary>
public interface IAudioStream : IDisposable
{
    /// <summary>Samples per second in both directions.</summary>
    int SampleRateHz { get; }

    /// <summary>Interleaved channels that come out: 2 for <see cref="AudioStreamSound.Stereo"/>, else 1. One channel goes in.</summary>
    int Channels { get; }

    /// <summary>Whether the leg has ended or the stream was taken off it; what waits can still be read.</summary>
    bool IsEnded { get; }

    /// <summary>Samples written that were not played yet.</summary>
    long Queued { get; }

    /// <summary>The next 20 ms of the call; false when there are none yet.</summary>
    /// <param name="samples">Room for a frame: 20 ms of all channels.</param>
    /// <param name="frame">What was read and what is missing before it.</param>
    bool TryRead(Span<short> samples, out AudioStreamFrame frame);

    /// <summary>The next event; false when there is none.</summary>
    bool TryReadEvent(out AudioStreamEvent streamEvent);

    /// <summary>Waits until there may be a frame or an event, or the stream has ended.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    ValueTask WaitAsync(CancellationToken cancellationToken);

    /// <summary>Appends sound to what is to be played, any number of samples. Never waits: of what is more than fits the oldest is dropped, and an event says so.</summary>
    void Write(ReadOnlySpan<short> samples);

    /// <summary>Asks to be told when all that was written so far has been played.</summary>
    /// <param name="name">Comes back with the event; at most <see cref="AudioStreamLimits.MaxMarkLength"/> characters.</param>
    /// <returns>False when <see cref="AudioStreamLimits.MaxMarks"/> have not come back yet.</returns>
    /// <exception cref="ArgumentException">The name is too long.</exception>
    bool TryMark(string name);

    /// <summary>Drops all that was written and is not played yet: the party has begun to speak. Marks in it come back as cleared.</summary>
    void Clear();

    /// <summary>Nothing more will be written: a stream that speaks ends by itself once all was heard and its marks have come back.</summary>
    void Finish();
}
