using MediaCore.Audio.Tones;

namespace MediaCore.Engine.Control;

/// <summary>A piece of sound to be played.</summary>
public abstract record PlayMedia;

/// <summary>A file of the prompt directory: WAVE, or Opus in Ogg.</summary>
/// <param name="Path">Path below the directory.</param>
public sealed record FileMedia(string Path) : PlayMedia;

/// <summary>A finished recording, WAVE or Ogg Opus, of the directory of recordings. For the server's own services, which take the path from their rows: no document and no control plane can name one.</summary>
/// <param name="Path">Path below the directory, as <see cref="Recordings.RecordingInfo.File"/>.</param>
public sealed record RecordedMedia(string Path) : PlayMedia;

/// <summary>A text that is spoken.</summary>
/// <param name="Text">The text.</param>
/// <param name="Voice">The voice; null for the synthesizer's own.</param>
public sealed record TextMedia(string Text, string? Voice = null) : PlayMedia;

/// <summary>A tone of the server's country.</summary>
/// <param name="Name">Which.</param>
/// <param name="Duration">How long.</param>
public sealed record CountryToneMedia(ToneName Name, TimeSpan Duration) : PlayMedia;

/// <summary>A tone.</summary>
/// <param name="Tone">Its segments, which repeat.</param>
/// <param name="Duration">How long.</param>
public sealed record ToneMedia(Tone Tone, TimeSpan Duration) : PlayMedia;

/// <summary>Silence.</summary>
/// <param name="Duration">How long.</param>
public sealed record SilenceMedia(TimeSpan Duration) : PlayMedia;
