namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>What became of what was written into an <see cref="IAudioStream"/>.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Mark">The mark's name; null for <see cref="AudioStreamEventKind.Dropped"/>.</param>
/// <param name="Position">Samples written before the mark; for <see cref="AudioStreamEventKind.Dropped"/> where what is played goes on.</param>
/// <param name="Samples">For <see cref="AudioStreamEventKind.Dropped"/>: how many are lost.</param>
public readonly record struct AudioStreamEvent(AudioStreamEventKind Kind, string? Mark, long Position, long Samples);
