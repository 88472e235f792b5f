namespace MediaCore.Audio.Wave;

/// <summary>How the samples of a WAVE file that we write are coded.</summary>
public enum WaveEncoding
{
    /// <summary>PCM of 16 bits.</summary>
    Pcm16 = 0,

    /// <summary>G.711 A-law, half the size.</summary>
    ALaw,

    /// <summary>G.711 µ-law, half the size.</summary>
    MuLaw,
}
