using MediaCore.Audio.Prompts;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Control;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Recordings;
using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>Recording calls: because a trunk, a route, a number or an account says so, or on command.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Begins a recording of a leg on command; false, with the reason, when it could not.</summary>
    public bool StartRecording(SessionHandle handle, int legIndex, in RecordingTerms terms, out string problem)
    {
        if (_calls.TryGet(handle, out Call? call) && FindLeg(call, legIndex) is { } leg)
        {
            return TryRecord(call, leg, terms, out problem);
        }

        problem = "there is no such call or leg";
        return false;
    }

    /// <summary>Pauses the recording of a leg.</summary>
    public bool PauseRecording(SessionHandle handle, int legIndex) => FindRecording(handle, legIndex, out _) is { } recording && MediaControl.PauseRecording(recording, _context.Now);

    /// <summary>Goes on with the recording of a leg.</summary>
    public bool ResumeRecording(SessionHandle handle, int legIndex) => FindRecording(handle, legIndex, out _) is { } recording && MediaControl.ResumeRecording(recording, _context.Now);

    /// <summary>Ends the recording of a leg and saves it, or keeps nothing of it.</summary>
    public bool StopRecording(SessionHandle handle, int legIndex, bool discard) =>
        FindRecording(handle, legIndex, out Leg? leg) is { } recording && _media.StopRecording(leg!.Media, recording, _context.Now, discard);

    private static Leg? FindLeg(Call call, int index)
    {
        if (call.Caller.Index == index)
        {
            return call.Caller.IsNobody ? null : call.Caller;
        }

        foreach (Leg leg in call.Callees)
        {
            if (leg.Index == index && !leg.IsNobody)
            {
                return leg;
            }
        }

        return null;
    }

    private CallRecording? FindRecording(SessionHandle handle, int legIndex, out Leg? leg)
    {
        leg = _calls.TryGet(handle, out Call? call) ? FindLeg(call, legIndex) : null;
        return leg is null ? null : call!.Recordings?.Find(leg);
    }

    /// <summary>Two parties have been connected: the call is recorded where somebody wants it to be. Costs a comparison where there is no store.</summary>
    private void RecordIfWanted(Call call, Leg callee)
    {
        // Once for each pair: what was stopped by command is not begun again by the next offer.
        if (_context.Services.Recordings is not { } store || !IsToBeRecorded(call, callee) || call.Recordings?.IsOf(call.Caller, callee) == true || call.Caller.Remote.Formats.Count == 0)
        {
            return;
        }

        // After a transfer, who has gone is recorded no longer; who stays has its recording still.
        EndRecordings(call, callee);
        RecordingOptions options = store.Options;
        call.Recordings ??= new CallRecordings();
        call.Recordings.Note(call.Caller, callee);
        bool begun = TryRecord(call, call.Caller, options.Terms, out string problem);
        if (begun && options.PerLeg)
        {
            begun = TryRecord(call, callee, options.Terms, out problem);
        }

        if (!begun)
        {
            RecordingLog.NotStarted(_log, call.Id, problem);
            return;
        }

        Announce(call, options);
    }

    /// <summary>What was negotiated between two parties is settled: whoever wants to record them or to play music to one of them begins, or ends.</summary>
    private void TendSound(Call call)
    {
        if (call.Connected is { } connected && call.State == CallState.Answered)
        {
            NoteLeg(call.Caller);
            NoteLeg(connected);
            TraceMedia(call.Caller);
            TraceMedia(connected);
            RecordIfWanted(call, connected);
            SettleMusic(call);
        }
    }

    private bool IsToBeRecorded(Call call, Leg callee)
    {
        IReadOnlySet<string> names = _context.Options.RecordedNames;
        return call.Plan.Record
            || call.InboundTrunk is { Record: true }
            || callee.Trunk is { Record: true }
            || (names.Count > 0 && ((call.Plan.Number is { } number && names.Contains(number)) || (call.Account is { } account && names.Contains(account)) || (callee is { PeerIsTrunk: false, Peer: { } peer } && names.Contains(peer))));
    }

    private bool TryRecord(Call call, Leg leg, in RecordingTerms terms, out string problem)
    {
        problem = "";
        call.Recordings ??= new CallRecordings();
        if (call.Recordings.Find(leg) is not null)
        {
            return true;
        }

        if (_context.Services.Recordings is not { } store)
        {
            problem = "there is no section \"recording\" in the configuration";
        }
        else if (call.PassesMedia || leg.Media.Port is null)
        {
            problem = "its media does not come by here";
        }
        else if (!call.Recordings.HasRoom)
        {
            problem = "it has been recorded too often";
        }
        else
        {
            int ordinal = call.Recordings.NextOrdinal(leg);
            if (_media.StartRecording(leg.Media, store, terms, store.Options.SampleRateHz, call.Id, leg.Index, ordinal, _context.Now, out problem) is { } recording)
            {
                call.Recordings.Add(leg, recording, isOfCall: ReferenceEquals(leg, call.Caller));
                recording.Ended = () => OnRecordingEnded(leg, recording);
                NoteRecording(leg, recording, RecordingStage.Started);
                return true;
            }
        }

        return false;
    }

    /// <summary>Ends the recordings of legs that are in the call no longer; all of them where it ends.</summary>
    private void EndRecordings(Call call, Leg? staying)
    {
        if (call.Recordings is not { } recordings)
        {
            return;
        }

        foreach ((Leg leg, CallRecording recording) in recordings.All)
        {
            if (!recording.IsEnded && (staying is null || (!ReferenceEquals(leg, staying) && !ReferenceEquals(leg, call.Caller))))
            {
                _media.StopRecording(leg.Media, recording, _context.Now, discard: false);
            }
        }
    }

    /// <summary>A leg's media ends, and with it its recording.</summary>
    private void EndRecording(Leg leg)
    {
        if (leg.Call.Recordings?.Find(leg) is { } recording)
        {
            _media.StopRecording(leg.Media, recording, _context.Now, discard: false);
        }
    }

    /// <summary>
    /// A party leaves a call that goes on. The recording of the call, which is in the caller's place, goes on with whoever stays: a transfer does not make two files of it. One of that party alone ends with it.
    /// </summary>
    private void KeepRecording(Leg leaving)
    {
        Call call = leaving.Call;
        if (call.Recordings?.Find(leaving) is not { HasBothSides: true } recording || call.State == CallState.Ended || !call.Recordings.IsOfCall(recording)
            || ReferenceEquals(call.Caller, leaving) || call.Caller.State != LegState.Answered || call.Recordings.Find(call.Caller) is not null)
        {
            return;
        }

        Leg staying = call.Caller;
        if (_media.MoveRecording(leaving.Media, staying.Media, recording))
        {
            call.Recordings.Move(recording, staying);
            recording.Ended = () => OnRecordingEnded(staying, recording);
        }
    }

    private void Announce(Call call, RecordingOptions options)
    {
        if (options.Announcement.Kind == PromptKind.None)
        {
            if (options.Beep)
            {
                PlayToBoth(call, RecordingBeep.Clip);
            }

            return;
        }

        if (_context.Services.Prompts is { } prompts && prompts.TryGetCached(options.Announcement, out AudioClip? clip))
        {
            PlayToBoth(call, clip);
        }
        else if (_context.Services.Prompts is not null)
        {
            call.Recordings!.AwaitsAnnouncement = true;
            _context.Output.FetchPrompt(options.Announcement, call.Handle);
        }
    }

    /// <summary>Sound that nobody waits for with the plan: an announcement of the recording, or music.</summary>
    private void OnSoundReady(Call call, AudioClip? clip, string problem)
    {
        bool isAnnouncement = call.Recordings is { AwaitsAnnouncement: true };
        if (clip is null)
        {
            CallLog.PromptFailed(_log, call.Id, isAnnouncement ? "announcement of the recording" : "music on hold", problem);
        }

        if (isAnnouncement)
        {
            call.Recordings!.AwaitsAnnouncement = false;
            if (clip is not null)
            {
                PlayToBoth(call, clip);
            }
        }
        else if (clip is not null)
        {
            SettleMusic(call);
            SettleHolds(call);
        }
    }

    /// <summary>Both hear it, and each other as ever.</summary>
    private void PlayToBoth(Call call, AudioClip clip)
    {
        if (call.Connected is { } connected)
        {
            _ = _media.Interject(call.Caller.Media, new ClipSource(clip), SourceMode.Mixed);
            _ = _media.Interject(connected.Media, new ClipSource(clip), SourceMode.Mixed);
        }
    }
}
