using MediaCore.Engine.Recordings;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Control;

/// <summary>Recording a leg: what its peer says and hears. A relayed call goes on being relayed.</summary>
internal sealed partial class MediaControl
{
    /// <summary>Begins a recording; null, with the reason, when it could not.</summary>
    /// <param name="leg">Whose sound.</param>
    /// <param name="store">Where it goes.</param>
    /// <param name="terms">How it is made.</param>
    /// <param name="sampleRateHz">8000 or 16000; 0 for what the codec of its peer is worth.</param>
    /// <param name="callId">Identifier in the file's name and description.</param>
    /// <param name="legIndex">Number of the leg, likewise.</param>
    /// <param name="ordinal">1 for the leg's first recording.</param>
    /// <param name="now">Time zero of the file.</param>
    /// <param name="problem">Why there is none.</param>
    public CallRecording? StartRecording(
        MediaLeg leg, RecordingStore store, in RecordingTerms terms, int sampleRateHz, string callId, int legIndex, int ordinal, Timestamp now, out string problem)
    {
        if (sessions.Open(leg) is not { } party)
        {
            problem = "nothing that can be decoded is negotiated with its peer";
            return null;
        }

        int rate = sampleRateHz != 0 ? sampleRateHz : party.NaturalRateHz > 8000 ? 16_000 : 8000;
        if (store.TryStart(terms, rate, callId, legIndex, ordinal, out problem) is not { } recording)
        {
            Relax(leg);
            return null;
        }

        recording.Begin(now);
        if ((!recording.TakesSaid || TapSaid(leg, recording.Said)) && (!recording.TakesHeard || TapHeard(leg, recording.Heard)))
        {
            return recording;
        }

        problem = "too many listen to it already";
        StopRecording(leg, recording, now, discard: true);
        return null;
    }

    /// <summary>Ends a recording, and saves or discards it; false when it had ended before.</summary>
    public bool StopRecording(MediaLeg leg, CallRecording recording, Timestamp now, bool discard)
    {
        bool stopped = recording.Stop(now, discard);
        RemoveTap(leg, recording.Said);
        RemoveTap(leg, recording.Heard);
        return stopped;
    }

    /// <summary>
    /// Goes on with a recording at the other party of its call. What was heard is said there, and the other way round: each side stays in its channel. False, and all is as it was, where that party cannot be listened to.
    /// </summary>
    public bool MoveRecording(MediaLeg from, MediaLeg to, CallRecording recording)
    {
        if (!TapSaid(to, recording.Heard))
        {
            return false;
        }

        if (!TapHeard(to, recording.Said))
        {
            RemoveTap(to, recording.Heard);
            return false;
        }

        RemoveTap(from, recording.Said);
        RemoveTap(from, recording.Heard);
        return true;
    }

    /// <summary>Leaves out what comes from now on; false when it is paused or over.</summary>
    public static bool PauseRecording(CallRecording recording, Timestamp now) => recording.Pause(now);

    /// <summary>Goes on after a pause; false when there is none.</summary>
    public static bool ResumeRecording(CallRecording recording, Timestamp now) => recording.Resume(now);
}
