using MediaCore.Audio.Ogg;
using MediaCore.Audio.Resampling;
using MediaCore.Audio.Wave;

namespace MediaCore.Numbers.Transcription;

/// <summary>Makes of a recording what engines listen to.</summary>
internal static class SpeechSound
{
    /// <summary>The sound of a file, WAV or Ogg Opus, as mono at <see cref="TranscriptionLimits.SampleRateHz"/>.</summary>
    /// <exception cref="TranscriptionException">It is neither, or too long.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<short[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > WaveLimits.MaxFileBytes)
        {
            throw new TranscriptionException("The sound is too large to be transcribed.");
        }

        byte[] file = await File.ReadAllBytesAsync(path, cancellationToken);
        if (OggOpusFile.LooksLikeOgg(file))
        {
            return OggOpusFile.TryRead(file, TranscriptionLimits.SampleRateHz, TranscriptionLimits.MaxSound, out OggOpusFile? opus, out OggOpusError opusError)
                ? opus.Samples
                : throw new TranscriptionException($"The sound cannot be read: {opusError}.");
        }

        if (!WaveFile.TryRead(file, out WaveFile? wave, out WaveError error))
        {
            throw new TranscriptionException($"The sound cannot be read: {error}.");
        }

        if (wave.Duration > TranscriptionLimits.MaxSound)
        {
            throw new TranscriptionException("The sound is too long to be transcribed.");
        }

        return wave.SampleRateHz == TranscriptionLimits.SampleRateHz ? wave.Samples
            : Resampler.TryGetShared(wave.SampleRateHz, TranscriptionLimits.SampleRateHz, out Resampler? resampler) ? resampler.Convert(wave.Samples)
            : throw new TranscriptionException($"A sound of {wave.SampleRateHz} samples a second cannot be transcribed.");
    }
}
