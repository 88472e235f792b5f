namespace MediaCore.Audio.Codecs;

/// <summary>The codecs of our own, which code the waveform.</summary>
public enum WaveformCoding
{
    /// <summary>G.711 µ-law.</summary>
    Pcmu,

    /// <summary>G.711 A-law.</summary>
    Pcma,

    /// <summary>G.722.</summary>
    G722,

    /// <summary>Uncompressed.</summary>
    L16,
}
