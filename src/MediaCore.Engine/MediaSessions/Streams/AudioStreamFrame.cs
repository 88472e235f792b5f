namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>One frame that was read from an <see cref="IAudioStream"/>.</summary>
/// <param name="Position">Samples per channel from the beginning of the stream to this frame, on the call's clock: never goes back, counts gaps and what was dropped.</param>
/// <param name="Samples">Samples per channel in the frame.</param>
/// <param name="Dropped">Samples per channel right before this frame that the consumer did not read in time.</param>
/// <param name="Gap">Samples per channel right before this frame, besides the dropped ones, for which the call had no sound at all.</param>
public readonly record struct AudioStreamFrame(long Position, int Samples, long Dropped, long Gap);
