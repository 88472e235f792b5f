namespace MediaCore.Audio.Opus;

/// <summary>What an encoder is told about its input. The values are libopus' own.</summary>
public enum OpusSignal
{
    /// <summary>It finds out by itself.</summary>
    Auto = -1000,

    /// <summary>Speech.</summary>
    Voice = 3001,

    /// <summary>Music, as while on hold.</summary>
    Music = 3002,
}
