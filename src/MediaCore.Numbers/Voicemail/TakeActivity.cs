using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Voicemail;

/// <summary>Records what an owner says after a tone, a greeting or a comment, until a key, silence of five seconds or the longest time, and ends when its file is there. Who has run it lets go of that; otherwise it goes with the call.</summary>
/// <param name="prompt">What is said first; any key skips it.</param>
/// <param name="messages">Sees to it that nothing is left behind, whatever ends the call or the server.</param>
internal sealed class TakeActivity(PlayMedia prompt, VoicemailRecordings messages) : CallActivity
{
    private const string FileTimer = "file";
    private const string SilenceTimer = "silence";
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(5);

    private string _record = "";
    private string _key = "";
    private string _prompt = "";
    private string _room = "";
    private RecordingInfo? _begun;
    private bool _isStopping;

    /// <inheritdoc/>
    public override string Kind => "take";

    /// <summary>What was recorded; null unless it ended as completed.</summary>
    public RecordingInfo? Recording { get; private set; }

    /// <inheritdoc/>
    protected override void OnStart() => _prompt = Send(new GatherCommand { CommandId = "", Prompt = [prompt], Terminators = "", Flush = true, InitialTimeout = TimeSpan.FromMilliseconds(100) });

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case RecordingChanged { Stage: RecordingStage.Started } started when _record.Length > 0 && _key.Length == 0:
                Begin(started.Recording);
                SetTimer(SilenceTimer, s_silence);
                _key = Send(new GatherCommand { CommandId = "", Terminators = "", Flush = true, InitialTimeout = ControlLimits.MaxGatherTime });
                break;
            case RecordingChanged { Stage: RecordingStage.Saved } saved when _key.Length > 0:
                Recording = saved.Recording;
                Finish(new ActivityResult(ActivityOutcome.Completed));
                break;
            case RecordingChanged { Stage: RecordingStage.Failed or RecordingStage.Discarded } when _key.Length > 0:
                Finish(new ActivityResult(ActivityOutcome.Failed, "the recording was not kept"));
                break;
            case RecordingEnded { Outcome: CommandOutcome.HungUp } ended when ended.CommandId == _record:
                Finish(new ActivityResult(ActivityOutcome.HungUp));
                break;
            case RecordingEnded ended when ended.CommandId == _record:
                CancelTimer(SilenceTimer);
                if (!_isStopping)
                {
                    // The longest time: nobody waits for a key any more.
                    _isStopping = true;
                    Send(new StopPlaybackCommand { CommandId = "", Playback = _key });
                }

                SetTimer(FileTimer, VoicemailLimits.FileTime);
                break;
            case GatherEnded { Reason: not GatherEnd.HungUp } typed when typed.CommandId == _key && !_isStopping:
                EndTake();
                break;
            case GatherEnded { Reason: not GatherEnd.HungUp } heard when heard.CommandId == _prompt:
                Record();
                break;
            case CommandEnded stopped when stopped.CommandId == _room:
                _room = "";
                Record();
                break;
            case TalkStarted:
                CancelTimer(SilenceTimer);
                break;
            case TalkStopped when _key.Length > 0 && !_isStopping:
                SetTimer(SilenceTimer, s_silence);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRefused(CallCommand command, CommandReply reply)
    {
        switch (command)
        {
            case RecordStartCommand when reply.Status == CommandStatus.FailedPrecondition && _room.Length == 0:
                // The call may be recorded already; that recording ends where this begins.
                Trace(reply.Problem);
                _room = Send(new RecordStopCommand { CommandId = "" });
                break;
            case RecordStopCommand when _key.Length > 0:
            case StopPlaybackCommand:
                // It has ended by itself; its end is on the way.
                break;
            default:
                base.OnRefused(command, reply);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnTimer(string name)
    {
        if (name == SilenceTimer)
        {
            Send(new StopPlaybackCommand { CommandId = "", Playback = _key });
            EndTake();
        }
        else
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, "the disk does not take the recording"));
        }
    }

    /// <inheritdoc/>
    protected override void OnStopped() => LetGo();

    private new void Finish(ActivityResult result)
    {
        if (Recording is null)
        {
            LetGo();
        }

        base.Finish(result);
    }

    private void Begin(RecordingInfo recording)
    {
        var intent = new VoicemailIntent { TenantId = Call.Facts.TenantId, BoxId = Guid.Empty, CallId = recording.CallId, StartedAt = recording.StartedAt, File = recording.File, IsTake = true };
        if (!messages.TryBegin(intent, isHeld: true))
        {
            Trace("too many recordings wait for the database: this one may stay when the caller hangs up");
            return;
        }

        _begun = recording;
        Ask(_ => Task.FromResult(messages.Keep(intent)), kept =>
        {
            if (!kept.IsGiven)
            {
                Trace($"the recording would outlive a crash: {kept.Fault.Message}");
            }
        });
    }

    private void LetGo()
    {
        if (_begun is { } recording)
        {
            messages.LetGo(recording);
        }
    }

    private void Record() => _record = Send(new RecordStartCommand { CommandId = "", Layout = RecordingLayout.Said, MaxDuration = VoicemailLimits.LongestTake, Beep = true, ReportsTalk = true });

    private void EndTake()
    {
        _isStopping = true;
        CancelTimer(SilenceTimer);
        Send(new RecordStopCommand { CommandId = "" });
    }
}
