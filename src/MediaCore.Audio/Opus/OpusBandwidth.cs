namespace MediaCore.Audio.Opus;

/// <summary>Audio bandwidth (RFC 6716 §2, table 1). The values are libopus' own.</summary>
public enum OpusBandwidth
{
    /// <summary>4 kHz, sampled at 8 kHz.</summary>
    Narrow = 1101,

    /// <summary>6 kHz, sampled at 12 kHz.</summary>
    Medium = 1102,

    /// <summary>8 kHz, sampled at 16 kHz.</summary>
    Wide = 1103,

    /// <summary>12 kHz, sampled at 24 kHz.</summary>
    SuperWide = 1104,

    /// <summary>20 kHz, sampled at 48 kHz.</summary>
    Full = 1105,
}
