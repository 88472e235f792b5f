using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Voicemail;

/// <summary>
/// Takes a message: answers, greets, records what the caller says. <c>#</c> skips the greeting and ends the message, 0 leads to the operator, any other key skips the greeting, too. Silence, the longest time and hanging up end the message as well;
/// who ends it by <c>#</c> is asked what becomes of it where the box wants that (<see cref="ReviewActivity"/>). It is put into the box by <see cref="VoicemailRecordings"/> when its file is there, which may be after the call.
/// </summary>
internal sealed class VoicemailActivity(VoicemailAction action) : CallActivity
{
    private const string SilenceTimer = "silence";
    private const string LongestTimer = "longest";
    private const string FileTimer = "file";
    private const string EndKey = "#";

    private VoicemailBox? _box;
    private VoicemailSettings _settings = VoicemailSettings.None;
    private VoicemailRecordings? _messages;
    private string _answer = "";
    private string _greeting = "";
    private string _full = "";
    private string _room = "";
    private string _record = "";
    private string _keys = "";
    private string _legId = "";
    private string _ending = "longest";
    private DateTimeOffset _startedAt;
    private RecordingInfo? _held;
    private ReviewActivity? _review;
    private bool _isFull;
    private bool _isRecording;

    /// <inheritdoc/>
    public override string Kind => "voicemail";

    /// <inheritdoc/>
    internal override bool KeepsRecordings => true;

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (!Call.Configuration.Boxes.TryGetValue(action.Box, out _box))
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, $"there is no box {action.Box}"));
            return;
        }

        if (Call.Services.Voicemail is not { } messages)
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, "the server keeps no recordings"));
            return;
        }

        _messages = messages;
        _settings = Call.Configuration.Parsed(_box, VoicemailSettings.Of);
        VoicemailBox box = _box;
        Ask(stop => messages.IsFullAsync(box, stop), full =>
        {
            if (!full.IsGiven)
            {
                Trace($"whether the box is full is not known: {full.Fault.Message}");
            }

            _isFull = full.IsGiven && full.Value;
            if (Call.IsAnswered)
            {
                Greet();
            }
            else
            {
                _answer = Send(new AnswerCommand { CommandId = "" });
            }
        });
    }

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case RecordingEnded ended when ended.CommandId == _record:
                OnRecorded(ended);
                break;
            case GatherEnded { Reason: not GatherEnd.HungUp } given when given.CommandId == _greeting:
                OnGreeted(given.Digits);
                break;
            case GatherEnded { Reason: not GatherEnd.HungUp } typed when typed.CommandId == _keys:
                OnTyped(typed.Digits);
                break;
            case CommandEnded answered when answered.CommandId == _answer:
                if (answered.Outcome == CommandOutcome.Completed)
                {
                    Greet();
                }
                else
                {
                    Finish(new ActivityResult(ActivityOutcome.Failed, answered.Problem));
                }

                break;
            case CommandEnded said when said.CommandId == _full:
                Finish(new ActivityResult(ActivityOutcome.Full));
                break;
            case CommandEnded stopped when stopped.CommandId == _room:
                SendRecord();
                break;
            case RecordingChanged { Stage: RecordingStage.Started } started when _record.Length > 0 && !_isRecording:
                OnRecording(started.Recording);
                break;
            case RecordingChanged { Stage: RecordingStage.Saved } saved when IsToBeReviewed && saved.Recording.StartedAt == _held?.StartedAt:
                CancelTimer(FileTimer);
                _review = new ReviewActivity(_messages!, saved.Recording);
                Run(_review);
                break;
            case TalkStarted when callEvent.LegId == _legId:
                CancelTimer(SilenceTimer);
                break;
            case TalkStopped when callEvent.LegId == _legId:
                SetTimer(SilenceTimer, Silence);
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
                // The call may be recorded already; that recording ends where the message begins.
                Trace(reply.Problem);
                _room = Send(new RecordStopCommand { CommandId = "" });
                break;
            case RecordStopCommand when _isRecording:
                // It has ended by itself; its end is on the way.
                break;
            case GatherCommand when reply.Status != CommandStatus.NotFound && command.CommandId == _greeting:
                Trace(reply.Problem);
                SendRecord();
                break;
            case GatherCommand when reply.Status != CommandStatus.NotFound:
                Trace(reply.Problem);
                break;
            case PlayCommand when reply.Status != CommandStatus.NotFound:
                Finish(new ActivityResult(ActivityOutcome.Full, reply.Problem));
                break;
            default:
                base.OnRefused(command, reply);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnTimer(string name)
    {
        if (name == FileTimer)
        {
            Trace("the disk is slow: the message is kept as it is");
            Finish(new ActivityResult(ActivityOutcome.Completed, _ending));
            return;
        }

        // Silence at the end is part of no message: what is left without it has to be long enough.
        TimeSpan said = Now - _startedAt - (name == SilenceTimer ? Silence : TimeSpan.Zero);
        Stop(name, discard: said < TimeSpan.FromSeconds(_box!.MinSeconds));
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result)
    {
        if (child == _review)
        {
            OnReviewed(result);
        }
        else if (result.Outcome is ActivityOutcome.Talked or ActivityOutcome.Completed or ActivityOutcome.Exited)
        {
            Finish(new ActivityResult(ActivityOutcome.Exited, "to the operator"));
        }
        else if (result.Outcome == ActivityOutcome.HungUp)
        {
            Finish(result);
        }
        else
        {
            Trace($"the operator: {result.Outcome}");
            SendRecord();
        }
    }

    /// <inheritdoc/>
    protected override void OnStopped() => LetGo();

    private new void Finish(ActivityResult result)
    {
        LetGo();
        base.Finish(result);
    }

    private bool IsToBeReviewed => _settings.Review && _ending == EndKey && _held is not null;

    private TimeSpan Silence => TimeSpan.FromSeconds(Math.Max(1, _box!.MaxSilenceSeconds));

    private TimeSpan Longest => TimeSpan.FromSeconds(Math.Max(1, _box!.MaxSeconds));

    private void Greet()
    {
        if (_isFull)
        {
            Trace("the box is full");
            _full = Send(new PlayCommand { CommandId = "", Media = [new TextMedia(VoicemailTexts.Full(Call.Language), Call.Language)] });
            return;
        }

        PlayMedia? given = _settings.Greetings(action.Greeting).Select(choice => PromptMedia.Find(choice, Call)).FirstOrDefault(static media => media is not null);
        _greeting = Send(new GatherCommand
        {
            CommandId = "",
            Prompt = given is not null ? [given] : [.. _settings.Name is { } name && PromptMedia.Find(name, Call) is { } said ? new[] { said } : [], new TextMedia(VoicemailTexts.Greeting(action.Greeting, Call.Language), Call.Language)],
            Terminators = "",
            Flush = true,
            InitialTimeout = TimeSpan.FromMilliseconds(100),
        });
    }

    private void OnGreeted(string digits)
    {
        if (digits == "0" && _settings.Operator is { } reached)
        {
            Trace("0: to the operator");
            Run(ActivityCatalog.Make(reached));
        }
        else
        {
            SendRecord();
        }
    }

    private void SendRecord() => _record = Send(new RecordStartCommand { CommandId = "", Layout = RecordingLayout.Said, MaxDuration = Longest, Beep = true, ReportsTalk = true });

    private void OnRecording(RecordingInfo recording)
    {
        _isRecording = true;
        _legId = recording.LegId;
        _startedAt = Now;
        var intent = new VoicemailIntent
        {
            TenantId = _box!.TenantId,
            BoxId = _box.Id,
            CallId = recording.CallId,
            Caller = Call.Facts.Caller,
            Called = Call.Facts.Number,
            StartedAt = recording.StartedAt,
            MinMs = _box.MinSeconds * 1000,
            File = recording.File,
        };
        if (!_messages!.TryBegin(intent, isHeld: _settings.Review))
        {
            Stop("too many messages wait for the database", discard: true);
            return;
        }

        _held = _settings.Review ? recording : null;
        VoicemailRecordings messages = _messages;
        Ask(_ => Task.FromResult(messages.Keep(intent)), kept =>
        {
            if (!kept.IsGiven)
            {
                Trace($"the message would not outlive the server: {kept.Fault.Message}");
            }
        });
        SetTimer(SilenceTimer, Silence);

        // The recording ends itself; a caller whose phone sends nothing is not waited for longer either.
        SetTimer(LongestTimer, Longest);
        AwaitKey();
    }

    private void AwaitKey() => _keys = Send(new GatherCommand { CommandId = "", Terminators = "", Flush = true, InitialTimeout = ControlLimits.MaxGatherTime });

    private void OnTyped(string digits)
    {
        _keys = "";
        if (digits == EndKey)
        {
            Stop(EndKey, discard: false);
        }
        else
        {
            AwaitKey();
        }
    }

    private void Stop(string why, bool discard)
    {
        _ending = discard ? $"{why}: too little was said" : why;
        CancelTimer(SilenceTimer);
        CancelTimer(LongestTimer);
        Send(new RecordStopCommand { CommandId = "", Discard = discard });
    }

    private void OnRecorded(RecordingEnded ended)
    {
        if (_keys.Length > 0 && ended.Outcome != CommandOutcome.HungUp)
        {
            Send(new StopPlaybackCommand { CommandId = "", Playback = _keys });
        }

        if (ended.Outcome == CommandOutcome.Completed && IsToBeReviewed)
        {
            SetTimer(FileTimer, VoicemailLimits.FileTime);
            return;
        }

        Trace($"ended by {(ended.Outcome == CommandOutcome.HungUp ? "hanging up" : _ending)}");
        Finish(ended.Outcome switch
        {
            CommandOutcome.HungUp => new ActivityResult(ActivityOutcome.HungUp),
            CommandOutcome.Failed => new ActivityResult(ActivityOutcome.Failed, ended.Problem),
            _ => new ActivityResult(ActivityOutcome.Completed, _ending),
        });
    }

    private void OnReviewed(ActivityResult result)
    {
        if (_review!.WantsAgain && _held is { } former)
        {
            // The former one is nobody's message any more; should the server die before that is noted, the box has both.
            VoicemailRecordings messages = _messages!;
            Ask(_ => Task.FromResult(messages.Change(former, static intent => intent with { IsTake = true })), dropped =>
            {
                if (!dropped.IsGiven)
                {
                    Trace($"the former one would outlive a crash: {dropped.Fault.Message}");
                }

                LetGo();
                (_isRecording, _record, _room, _ending) = (false, "", "", "longest");
                SendRecord();
            });
        }
        else
        {
            Finish(result.Outcome == ActivityOutcome.HungUp ? result : new ActivityResult(ActivityOutcome.Completed, EndKey));
        }
    }

    private void LetGo()
    {
        if (_held is { } message)
        {
            _held = null;
            _messages!.LetGo(message);
        }
    }
}
