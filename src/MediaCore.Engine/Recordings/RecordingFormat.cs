namespace MediaCore.Engine.Recordings;

/// <summary>What a recording is kept as.</summary>
public enum RecordingFormat : byte
{
    /// <summary>WAVE, PCM of 16 bits.</summary>
    Wav,

    /// <summary>WAVE, G.711 A-law: 8 kHz and half the size.</summary>
    WavALaw,

    /// <summary>WAVE, G.711 µ-law: 8 kHz and half the size.</summary>
    WavMuLaw,

    /// <summary>Ogg Opus (RFC 7845): about a tenth of the size.</summary>
    Opus,
}
