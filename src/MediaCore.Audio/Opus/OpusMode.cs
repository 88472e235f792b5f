namespace MediaCore.Audio.Opus;

/// <summary>What part of Opus coded a packet (RFC 6716 §3.1).</summary>
public enum OpusMode
{
    /// <summary>Linear prediction, for speech; the only one with redundancy beside <see cref="Hybrid"/>.</summary>
    Silk,

    /// <summary>Linear prediction below 8 kHz, transform above.</summary>
    Hybrid,

    /// <summary>Transform, for music and low delay.</summary>
    Celt,
}
