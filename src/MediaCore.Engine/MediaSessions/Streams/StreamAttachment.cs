using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>An <see cref="AudioStream"/> on a leg: taps for what goes out, a source for what comes in. Owned by the leg's shard.</summary>
internal sealed class StreamAttachment : IAudioSource
{
    private readonly AudioStream _stream;

    /// <summary>For one stream.</summary>
    public StreamAttachment(AudioStream stream)
    {
        _stream = stream;
        Said = new Tap(stream, isHeard: false);
        Heard = new Tap(stream, isHeard: true);
    }

    /// <summary>Takes what the party says.</summary>
    public IAudioTap Said { get; }

    /// <summary>Takes what it hears.</summary>
    public IAudioTap Heard { get; }

    /// <inheritdoc/>
    public int SampleRateHz => _stream.SampleRateHz;

    /// <inheritdoc/>
    public bool Read(Span<short> frame) => _stream.Play(frame);

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
