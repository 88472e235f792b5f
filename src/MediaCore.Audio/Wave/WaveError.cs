namespace MediaCore.Audio.Wave;

/// <summary>Why a WAVE file was not read.</summary>
public enum WaveError
{
    /// <summary>It was read.</summary>
    None = 0,

    /// <summary>Not a RIFF file of type WAVE.</summary>
    NotWave,

    /// <summary>Larger than <see cref="WaveLimits.MaxFileBytes"/>.</summary>
    TooLarge,

    /// <summary>More chunks than <see cref="WaveLimits.MaxChunks"/>.</summary>
    TooManyChunks,

    /// <summary>No <c>fmt </c> chunk before the samples, or one that is too short.</summary>
    NoFormat,

    /// <summary>No <c>data</c> chunk, or one without a whole sample.</summary>
    NoSamples,

    /// <summary>Not PCM of 8, 16, 24 or 32 bits, floating point, A-law or µ-law.</summary>
    UnsupportedEncoding,

    /// <summary>No channel, or more than <see cref="WaveLimits.MaxChannels"/>.</summary>
    UnsupportedChannels,

    /// <summary>A sample rate outside <see cref="WaveLimits.MinSampleRateHz"/> to <see cref="WaveLimits.MaxSampleRateHz"/>.</summary>
    UnsupportedSampleRate,
}
