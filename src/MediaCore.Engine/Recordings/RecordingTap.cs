using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Primitives;

namespace MediaCore.Engine.Recordings;

/// <summary>Where a recording is attached to what its party says, or to what it hears.</summary>
internal sealed class RecordingTap(CallRecording recording, bool isHeard) : IAudioTap
{
    /// <inheritdoc/>
    public int SampleRateHz => recording.SampleRateHz;

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<short> frame, int sampleRateHz, Timestamp now)
    {
        if (isHeard)
        {
            recording.TakeHeard(frame, now);
        }
        else
        {
            recording.TakeSaid(frame, now);
        }
    }
}
