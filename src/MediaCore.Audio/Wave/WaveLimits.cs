namespace MediaCore.Audio.Wave;

/// <summary>Bounds of what a WAVE file can make us read.</summary>
public static class WaveLimits
{
    /// <summary>Largest file: 64 MiB, 11 minutes of 16-bit stereo at 48 kHz. A prompt is seconds; music on hold is minutes.</summary>
    public const int MaxFileBytes = 64 * 1024 * 1024;

    /// <summary>Most chunks before the samples: real files have under ten; a file of empty chunks must not cost a long walk.</summary>
    public const int MaxChunks = 256;

    /// <summary>Most channels mixed down: 8, a 7.1 recording.</summary>
    public const int MaxChannels = 8;

    /// <summary>Lowest sample rate read, Hz.</summary>
    public const int MinSampleRateHz = 4000;

    /// <summary>Highest sample rate read, Hz.</summary>
    public const int MaxSampleRateHz = 192_000;
}
