using System.Diagnostics.CodeAnalysis;
using MediaCore.Audio.Codecs;
using MediaCore.Control.Mapping;
using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions.Streams;

namespace MediaCore.Control.Streaming;

/// <summary>What a stream of sound is to be: its first message, read.</summary>
/// <param name="CallId">The call.</param>
/// <param name="LegId">The leg; null for the caller's.</param>
/// <param name="Codec">How sound is coded, both ways.</param>
/// <param name="Options">What the engine makes of it.</param>
internal sealed record AudioTerms(string CallId, string? LegId, V1.AudioCodec Codec, AudioStreamOptions Options)
{
    private const int DefaultRateHz = 16_000;

    /// <summary>Reads the first message; null for a client that has sent none.</summary>
    public static bool TryRead(V1.AudioRequest? first, [NotNullWhen(true)] out AudioTerms? terms, [NotNullWhen(false)] out string? problem)
    {
        terms = null;
        if (first?.Start is not { } start)
        {
            problem = "A stream's first message is start.";
            return false;
        }

        Problems problems = new();
        if (start.CallId.Length is 0 or > ControlLimits.MaxCallIdChars || start.LegId.Length > ControlLimits.MaxCallIdChars * 2)
        {
            problems.Add("start.call_id says which call; start.leg_id which leg of it, as events name them.");
        }

        V1.AudioCodec codec = ToCodec(start.Codec, problems);
        AudioStreamSound sound = ToSound(start.Listen, problems);
        if (sound == AudioStreamSound.None && start.Speak == V1.AudioStart.Types.Speak.None)
        {
            problems.Add("start.listen and start.speak are both none: there is nothing to do.");
        }

        if (start.Speak is not (V1.AudioStart.Types.Speak.Mix or V1.AudioStart.Types.Speak.Replace or V1.AudioStart.Types.Speak.None))
        {
            problems.Add($"start.speak: this server knows no value {start.Speak:D}.");
        }

        TimeSpan buffer = DurationMapping.Read(start.Buffer, TimeSpan.FromMilliseconds(AudioStreamLimits.DefaultOutgoingMilliseconds), "start.buffer", problems);
        if (buffer < ControlServiceLimits.MinAudioBuffer || buffer.TotalMilliseconds > AudioStreamLimits.MaxOutgoingMilliseconds)
        {
            problems.Add($"start.buffer is {ControlServiceLimits.MinAudioBuffer.TotalMilliseconds:0} ms to {AudioStreamLimits.MaxOutgoingMilliseconds / 1000} s.");
        }

        AudioStreamOptions options = new()
        {
            SampleRateHz = ToRate(start.SampleRateHz, codec, problems),
            Sound = sound,
            Speaks = start.Speak != V1.AudioStart.Types.Speak.None,
            Replaces = start.Speak == V1.AudioStart.Types.Speak.Replace,
            OutgoingMilliseconds = (int)buffer.TotalMilliseconds,
        };
        problem = problems.First;
        terms = problem is null ? new AudioTerms(start.CallId, TextMapping.ToNullable(start.LegId), codec, options) : null;
        return terms is not null;
    }

    private static V1.AudioCodec ToCodec(V1.AudioCodec codec, Problems problems)
    {
        switch (codec)
        {
            case V1.AudioCodec.Unspecified or V1.AudioCodec.L16:
                return V1.AudioCodec.L16;
            case V1.AudioCodec.Pcmu:
                return V1.AudioCodec.Pcmu;
            case V1.AudioCodec.Opus when CodecDescriptor.Opus.IsAvailable:
                return V1.AudioCodec.Opus;
            case V1.AudioCodec.Opus:
                problems.Add("start.codec: this machine has no libopus; use L16 or PCMU.");
                return V1.AudioCodec.L16;
            default:
                problems.Add($"start.codec: this server knows no value {codec:D}.");
                return V1.AudioCodec.L16;
        }
    }

    private static int ToRate(int rateHz, V1.AudioCodec codec, Problems problems)
    {
        switch (rateHz)
        {
            case 0:
                return codec switch
                {
                    V1.AudioCodec.Pcmu => 8000,
                    V1.AudioCodec.Opus => 48_000,
                    _ => DefaultRateHz,
                };
            case 8000:
                return rateHz;
            case 16_000 or 24_000 or 48_000 when codec != V1.AudioCodec.Pcmu:
                return rateHz;
            default:
                problems.Add("start.sample_rate_hz is 8000, 16000, 24000 or 48000; PCMU has 8000 alone.");
                return DefaultRateHz;
        }
    }

    private static AudioStreamSound ToSound(V1.AudioStart.Types.Listen listen, Problems problems)
    {
        switch (listen)
        {
            case V1.AudioStart.Types.Listen.Said:
                return AudioStreamSound.Said;
            case V1.AudioStart.Types.Listen.Heard:
                return AudioStreamSound.Heard;
            case V1.AudioStart.Types.Listen.Mixed:
                return AudioStreamSound.Mixed;
            case V1.AudioStart.Types.Listen.Both:
                return AudioStreamSound.Stereo;
            case V1.AudioStart.Types.Listen.None:
                return AudioStreamSound.None;
            default:
                problems.Add($"start.listen: this server knows no value {listen:D}.");
                return AudioStreamSound.None;
        }
    }
}
