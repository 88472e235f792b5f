using MediaCore.Engine.MediaSessions.Control;

namespace MediaCore.Engine.Ng;

/// <summary>
/// Recording sessions: the first voice of the offerer's, what it says and what it hears, as the settings of recordings say. A session that is to be recorded is so whenever two parties are connected, into a
/// further file where the stream was closed in between.
/// </summary>
internal sealed partial class NgSessions
{
    private NgDictionary StartRecording(NgSession session)
    {
        session.IsToBeRecorded = true;
        if (FindRecorded(session) is { } paused && MediaControl.ResumeRecording(paused.Recording!, _context.Now))
        {
            return NgAnswers.Ok();
        }

        return TryRecord(session, out string problem) ? NgAnswers.Ok() : NgAnswers.Error("Not recorded: " + problem);
    }

    private NgDictionary PauseRecording(NgSession session)
    {
        if (FindRecorded(session) is { } stream)
        {
            MediaControl.PauseRecording(stream.Recording!, _context.Now);
        }

        return NgAnswers.Ok();
    }

    private NgDictionary StopRecording(NgSession session)
    {
        session.IsToBeRecorded = false;
        if (FindRecorded(session) is { } stream)
        {
            EndRecording(stream);
        }

        return NgAnswers.Ok();
    }

    /// <summary>Two parties have been connected, perhaps anew.</summary>
    private void SettleRecording(NgSession session, NgRequest request)
    {
        if (session.IsToBeRecorded && !TryRecord(session, out string problem))
        {
            request.Warn("not recorded: " + problem);
        }
    }

    /// <summary>Begins the recording of a session unless there is one, or nobody is connected yet. False, with the reason, where it cannot be.</summary>
    private bool TryRecord(NgSession session, out string problem)
    {
        problem = "";
        if (_context.Services.Recordings is not { } store)
        {
            problem = "there is no section \"recording\" in the configuration";
            return false;
        }

        if (FindRecorded(session) is not null
            || session.Parties.Find(static p => p is { IsOfferer: true, Peer: not null }) is not { } offerer
            || FindAudio(offerer) is not { } stream)
        {
            return true;
        }

        stream.Recording = _media.StartRecording(
            stream.Leg, store, store.Options.Terms, store.Options.SampleRateHz, session.CallId, 0, session.Recordings + 1, _context.Now, out problem);
        session.Recordings += stream.Recording is null ? 0 : 1;
        return stream.Recording is not null;
    }

    private void EndRecording(NgStream stream)
    {
        if (stream.Recording is { } recording)
        {
            stream.Recording = null;
            _media.StopRecording(stream.Leg, recording, _context.Now, discard: false);
        }
    }

    private static NgStream? FindRecorded(NgSession session) => session.Streams.FirstOrDefault(static s => s.Recording is not null);
}
