using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Control;
using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.Calls;

/// <summary>Commands to the sound of a leg: muting and recording.</summary>
internal sealed partial class BackToBackUserAgent
{
    private CommandReply MuteByCommand(Call call, Leg? leg, MuteCommand command)
    {
        leg ??= call.Caller;
        if (RefuseSilent(leg) is { } refusal)
        {
            return refusal;
        }

        if ((command.Direction & ~MuteDirection.Both) != MuteDirection.None)
        {
            return Refuse(CommandStatus.InvalidArgument, "direction is none, in, out or both.");
        }

        ControlledLeg to = GetControl(call).GetLeg(leg);
        MuteDirection former = to.Muted;
        to.Muted = command.Direction;
        if (!SettleMute(leg))
        {
            to.Muted = former;
            return Refuse(CommandStatus.FailedPrecondition, "Nothing that the server can decode is agreed on with the leg's peer, so it cannot be muted.");
        }

        if (GetOther(leg) is { } other)
        {
            SettleMute(other);
        }

        return Complete(call, command, leg);
    }

    /// <summary>A leg says nothing to others while it is muted, or while the other side is to hear nothing; false when that cannot be brought about.</summary>
    private bool SettleMute(Leg leg)
    {
        ControlledCall? control = leg.Call.Control;
        bool isMuted = control?.FindLeg(leg) is { } own && own.Muted.HasFlag(MuteDirection.In);
        isMuted |= GetOther(leg) is { } other && control?.FindLeg(other) is { } listener && listener.Muted.HasFlag(MuteDirection.Out);
        return (leg.Media.Audio?.IsMuted ?? false) == isMuted || _media.Mute(leg.Media, isMuted);
    }

    private CommandReply RecordByCommand(Call call, Leg? leg, RecordStartCommand command)
    {
        leg ??= call.Caller;
        if (!IsHeardBeforeAck(leg) && RefuseSilent(leg) is { } refusal)
        {
            return refusal;
        }

        if (_context.Services.Recordings is not { } store)
        {
            return Refuse(CommandStatus.FailedPrecondition, "The server keeps no recordings: write \"recording\": {} into its configuration, and start it anew.");
        }

        if (call.Recordings?.Find(leg) is not null)
        {
            return Refuse(CommandStatus.FailedPrecondition, "The leg is being recorded; stop that first, or pause and resume it.");
        }

        if (command.MaxDuration < TimeSpan.Zero)
        {
            return Refuse(CommandStatus.InvalidArgument, "max_duration is not negative.");
        }

        if (command.ReportsTalk)
        {
            Watch(leg, leg.Media, LineDetection.Talk);
            if ((leg.Watched & LineDetection.Talk) == LineDetection.None)
            {
                return Refuse(CommandStatus.FailedPrecondition, "Too many listen to the leg already, so nobody can tell when it talks.");
            }
        }

        RecordingTerms terms = store.Options.Terms;
        terms = new RecordingTerms(
            command.Format ?? terms.Format,
            command.Layout ?? terms.Layout,
            command.Pause ?? terms.Pause,
            command.MaxDuration > TimeSpan.Zero && command.MaxDuration < terms.MaxDuration ? command.MaxDuration : terms.MaxDuration);
        if (!TryRecord(call, leg, terms, out string problem))
        {
            return Refuse(CommandStatus.FailedPrecondition, $"It cannot be recorded: {problem}.");
        }

        if (command.Beep)
        {
            _ = _media.Interject(leg.Media, new ClipSource(RecordingBeep.Clip), SourceMode.Mixed);
        }

        return Accept(Begin(call, new RecordOperation(command, leg, call.Recordings!.Find(leg)!)), call);
    }

    // A dial ends with its 200 to the caller: who is to be recorded from then on cannot be told to wait for an ACK of which nobody tells.
    private static bool IsHeardBeforeAck(Leg leg) =>
        leg is { State: LegState.Answered, AwaitsAck: true, ExpectsAnswerInAck: false, OwesAckWithAnswer: false, ForkOf: null } && leg.Media.Port is not null;

    private CommandReply PauseByCommand(Call call, Leg? leg, RecordPauseCommand command)
    {
        leg ??= call.Caller;
        if (call.Recordings?.Find(leg) is not { } recording || !MediaControl.PauseRecording(recording, _context.Now))
        {
            return Refuse(CommandStatus.FailedPrecondition, "The leg is not being recorded, or that is paused.");
        }

        NoteRecording(leg, recording, RecordingStage.Paused);
        return Complete(call, command, leg);
    }

    private CommandReply ResumeByCommand(Call call, Leg? leg, RecordResumeCommand command)
    {
        leg ??= call.Caller;
        if (call.Recordings?.Find(leg) is not { } recording || !MediaControl.ResumeRecording(recording, _context.Now))
        {
            return Refuse(CommandStatus.FailedPrecondition, "No recording of the leg is paused.");
        }

        NoteRecording(leg, recording, RecordingStage.Resumed);
        return Complete(call, command, leg);
    }

    private CommandReply StopRecordingByCommand(Call call, Leg? leg, RecordStopCommand command)
    {
        leg ??= call.Caller;
        if (call.Recordings?.Find(leg) is not { } recording)
        {
            return Refuse(CommandStatus.FailedPrecondition, "The leg is not being recorded.");
        }

        // Its end comes first, then that of the command that has ended it.
        OpenCommand open = Begin(call, command, leg);
        _ = _media.StopRecording(leg.Media, recording, _context.Now, command.Discard);
        Finish(call, open, CommandOutcome.Completed);
        return Accept(open, call);
    }

    /// <summary>A recording has its last sound: stopped, as long as it may be, or its leg is over.</summary>
    private void OnRecordingEnded(Leg leg, CallRecording recording)
    {
        Call call = leg.Call;
        NoteRecording(leg, recording, RecordingStage.Stopped);
        if (call.Control is { } control && control.Open.OfType<RecordOperation>().FirstOrDefault(open => ReferenceEquals(open.Recording, recording)) is { } open)
        {
            Finish(call, open, call.State == CallState.Ended || leg.State != LegState.Answered ? CommandOutcome.HungUp : CommandOutcome.Completed);
        }
    }

    private void NoteRecording(Leg leg, CallRecording recording, RecordingStage stage)
    {
        if (WantsEvents)
        {
            Publish(leg.Call, new RecordingChanged { LegId = GetLegId(leg), Stage = stage, Recording = recording.Info });
        }
    }

    /// <summary>A recording's file is there, or will not be.</summary>
    internal void NoteRecordingSaved(RecordingInfo recording)
    {
        if (!WantsEvents)
        {
            return;
        }

        var saved = new RecordingChanged { LegId = recording.LegId, Stage = RecordingSaved.GetStage(recording.Status), Recording = recording };
        if (FindCall(recording.CallId) is { } call)
        {
            Publish(call, saved);
            return;
        }

        // Its call is over, and with it the numbers of its events.
        saved.Stamp(recording.CallId, 0, _context.WallClock);
        _context.Services.CallEvents?.Publish(saved);
    }
}
