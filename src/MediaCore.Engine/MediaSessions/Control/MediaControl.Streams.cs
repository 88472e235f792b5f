using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Streams;

namespace MediaCore.Engine.MediaSessions.Control;

/// <summary>Live sound of a leg, out of it and into it.</summary>
internal sealed partial class MediaControl
{
    /// <summary>
    /// Puts a stream on a leg: what its options say goes out, and what the consumer writes is played to the party, beside what it hears or in place of it. It stays until <see cref="Detach"/>, until its consumer
    /// disposes it, or until the leg ends; the stream says so (<see cref="IAudioStream.IsEnded"/>). What was played to the leg ends.
    /// </summary>
    /// <returns>What <see cref="Detach"/> takes; null when nothing is negotiated, or as much listens to the leg as may.</returns>
    public StreamAttachment? Attach(MediaLeg leg, AudioStream stream)
    {
        StreamAttachment attachment = new(stream);
        AudioStreamSound sound = stream.Options.Sound;
        bool said = sound is AudioStreamSound.Said or AudioStreamSound.Mixed or AudioStreamSound.Stereo;
        bool heard = sound is AudioStreamSound.Heard or AudioStreamSound.Mixed or AudioStreamSound.Stereo;
        if ((said && !TapSaid(leg, attachment.Said))
            || (heard && !TapHeard(leg, attachment.Heard))
            || !Play(leg, attachment, stream.Options.Replaces ? SourceMode.Exclusive : SourceMode.Mixed, new StreamEnd(this, attachment, stream)))
        {
            RemoveTap(leg, attachment.Said);
            RemoveTap(leg, attachment.Heard);
            return null;
        }

        return attachment;
    }

    /// <summary>Takes a stream off a leg and ends it; false when it is not on it.</summary>
    public bool Detach(MediaLeg leg, StreamAttachment attachment) => ReferenceEquals(leg.Audio?.Source, attachment) && StopPlaying(leg);

    /// <summary>The playing half of a stream has ended: stopped, replaced, its consumer gone or the leg closed. So has the listening half.</summary>
    private sealed class StreamEnd(MediaControl control, StreamAttachment attachment, AudioStream stream) : IPlaybackListener
    {
        public void OnPlaybackEnded(MediaLeg leg, IAudioSource source, bool completed)
        {
            stream.End();
            control.RemoveTap(leg, attachment.Said);
            control.RemoveTap(leg, attachment.Heard);
        }
    }
}
