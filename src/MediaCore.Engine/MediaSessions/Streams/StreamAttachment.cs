using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>An <see cref="AudioStream"/> on a leg: taps for what goes out, a source for what comes in. Owned by the leg's shard.</summary>
internal sealed class StreamAttachment : IAudioSource
{
    public StreamAttachment(AudioStream stream)
    {
        Stream = stream;
        AudioStreamSound sound = stream.Options.Sound;
        Said = sound is AudioStreamSound.Said or AudioStreamSound.Mixed or AudioStreamSound.Stereo ? new Tap(stream, isHeard: false) : null;
        Heard = sound is AudioStreamSound.Heard or AudioStreamSound.Mixed or AudioStreamSound.Stereo ? new Tap(stream, isHeard: true) : null;
    }

    /// <summary>The stream.</summary>
    public AudioStream Stream { get; }

    /// <summary>Takes what the party says; null where the stream does not want it.</summary>
    public IAudioTap? Said { get; }

    /// <summary>Takes what it hears; null where the stream does not want it.</summary>
    public IAudioTap? Heard { get; }

    /// <inheritdoc/>
    public int SampleRateHz => Stream.SampleRateHz;

    /// <inheritdoc/>
    public bool IsQuiet => Stream.IsQuiet;

    /// <inheritdoc/>
    public bool Read(Span<short> frame) => Stream.Play(frame);

    private sealed class Tap(AudioStream stream, bool isHeard) : IAudioTap
    {
        public int SampleRateHz => stream.SampleRateHz;

        public void Take(ReadOnlySpan<short> frame, int sampleRateHz, Timestamp now)
        {
            if (isHeard)
            {
                stream.TakeHeard(frame, now);
            }
            else
            {
                stream.TakeSaid(frame, now);
            }
        }
    }
}
