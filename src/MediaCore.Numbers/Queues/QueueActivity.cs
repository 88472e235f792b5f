using MediaCore.Audio.Tones;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Queues.Matching;
using MediaCore.Numbers.Schedules;

namespace MediaCore.Numbers.Queues;

/// <summary>
/// Lets the caller wait in a queue: he is answered, hears music and announcements, may leave by a key or ask to be called back, and is put through to the agent whom the queue finds. Which agent, when and in which order is the desk's to
/// say (<see cref="QueueDesk"/>); this rings them and tells what has come of it.
/// </summary>
/// <param name="action">Which queue.</param>
/// <param name="returning">A callback's entry, whose place the caller takes; null for a caller who comes.</param>
internal sealed class QueueActivity(QueueAction action, QueueTicket? returning = null) : ConnectingActivity
{
    private const string Closing = "closing";
    private static readonly TimeSpan s_longestGather = TimeSpan.FromMinutes(10);
    private readonly AgentRing _ring = new();
    private readonly Queue<CallAction> _actions = [];
    private QueueRules _rules = new() { Id = Guid.Empty };
    private Schedule? _schedule;
    private QueueTicket? _ticket;
    private ICallLine? _line;
    private string _answering = "";
    private string _music = "";
    private string _saying = "";
    private QueueAnnouncement? _unsaid;
    private string _gather = "";
    private string _goodbye = "";
    private string _whisper = "";
    private ActivityResult _result;
    private OfferedAgent? _talker;
    private string? _talkerLeg;
    private bool _isJoined;
    private bool _isDialling;
    private bool _hasLeft;
    private bool _offersCallback;
    private bool _ringsAnew;
    private bool _leadsOut;

    /// <inheritdoc/>
    public override string Kind => "queue";

    private bool CanDial => _isJoined && _answering.Length == 0 && Call.IsAnswered && !_isDialling && !IsTalking && !_hasLeft;

    /// <summary>What a dial's outcome says of the agent.</summary>
    public static OfferEnd EndOf(ActivityOutcome outcome) => outcome switch
    {
        ActivityOutcome.NoAnswer or ActivityOutcome.TimedOut => OfferEnd.NoAnswer,
        ActivityOutcome.Busy => OfferEnd.Busy,
        ActivityOutcome.Rejected => OfferEnd.Rejected,
        _ => OfferEnd.Failed,
    };

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (!Call.Configuration.Queues.TryGetValue(action.Queue, out CallQueue? queue) || Call.Services.Queues is not { } desks)
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, $"there is no queue \"{action.Queue}\""));
            return;
        }

        _rules = QueueSettings.Of(Call.Configuration, queue);

        // As it is now, and not when the call came: who is led here from a menu finds the queue as all others do.
        _schedule = _rules.Schedule is { } name ? Call.Services.Schedules?.Invoke(Call.Facts.TenantId, name) ?? Call.Configuration.Schedules.GetValueOrDefault(name) : null;
        _leadsOut = _rules.Closing == ClosingPolicy.Leave;
        _line = OpenLine();
        if (returning is not null)
        {
            _ticket = returning;
            _ticket.Return(_line);
            return;
        }

        if (Hours is { IsOpen: false })
        {
            Finish(new ActivityResult(ActivityOutcome.Unreachable, "the queue is closed"));
            return;
        }

        var request = new JoinRequest
        {
            Queue = queue.Id,
            CallId = Call.Facts.CallId,
            Caller = Call.Facts.IsAnonymous ? "" : Call.Facts.Caller,
            Priority = action.Priority,
            Skills = action.Skills,
        };
        _ticket = desks.Join(request, Call.Facts.TenantId, _line);
        if (_ticket is null)
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, "the queue takes nobody now"));
        }
    }

    /// <inheritdoc/>
    protected override void OnMessage(object message)
    {
        switch (message)
        {
            case QueueJoined joined:
                Trace($"waits at position {joined.Position}");
                _isJoined = true;
                if (Call.IsAnswered)
                {
                    Begin();
                }
                else
                {
                    _answering = Send(new AnswerCommand { CommandId = "" });
                }

                AwaitClosing();
                break;
            case QueueOver over:
                Over(over);
                break;
            case QueueHours hours when _schedule is { } own && hours.Schedule.Name.Equals(own.Name, StringComparison.OrdinalIgnoreCase):
                _schedule = hours.Schedule;
                AwaitClosing();
                break;
            case QueueMoved moved:
                Trace($"goes on in queue {moved.Queue}");
                if (Call.Configuration.Queues.TryGetValue(moved.Queue, out CallQueue? queue))
                {
                    _rules = QueueSettings.Of(Call.Configuration, queue);
                    PlayMusic();
                }

                break;
            case QueueOffers offers:
                _ring.Add(offers.Agents);
                Ring();
                break;
            case QueueOfferTaken taken:
                TakeBack(taken.Agent);
                break;
            case QueueAnnouncement announcement:
                Announce(announcement);
                break;
            case QueueCallbackAnswer answer:
                TakeCallbackAnswer(answer.IsTaken);
                break;
            default:
                break;
        }
    }

    /// <summary>The business hours of the queue that the caller came to, in which he stays wherever the overflow leads him; null where it is always open, or they are gone.</summary>
    private ScheduleState? Hours => _schedule is null ? null : ScheduleEvaluator.Evaluate(_schedule, Now);

    private void AwaitClosing()
    {
        if (!_leadsOut || Hours is not { } hours || !_isJoined)
        {
            return;
        }

        if (!hours.IsOpen)
        {
            Close();
        }
        else if (hours.Until is { } until)
        {
            // Longer than anybody waits is never.
            SetTimer(Closing, TimeSpan.FromTicks(Math.Clamp((until - Now).Ticks, 0, TimeSpan.FromDays(30).Ticks)));
        }
        else
        {
            CancelTimer(Closing);
        }
    }

    private void Close()
    {
        if (IsTalking || _hasLeft)
        {
            return;
        }

        Trace("the queue has closed");
        _ticket!.Close();
        LeaveWith(new ActivityResult(ActivityOutcome.Unreachable, "the queue has closed"));
    }

    /// <inheritdoc/>
    protected override void OnTimer(string name)
    {
        if (name == Closing)
        {
            Close();
        }
    }

    /// <inheritdoc/>
    protected override void OnOther(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case CommandEnded ended when ended.CommandId == _answering && _answering.Length > 0:
                _answering = "";
                Begin();
                break;
            case PlaybackEnded { CommandId: var id } when id == _saying:
                _saying = "";
                GoOnWaiting();
                break;
            case PlaybackEnded { CommandId: var id, Outcome: not CommandOutcome.HungUp } when id == _music:
                // A key, or a dial that came to nothing, has ended it.
                _music = "";
                PlayMusic();
                break;
            case PlaybackEnded { CommandId: var id } when id == _whisper:
                _whisper = "";
                Send(new StopPlaybackCommand { CommandId = "" });
                break;
            case PlaybackEnded { CommandId: var id } when id == _goodbye && _goodbye.Length > 0:
                Finish(_result);
                break;
            case GatherEnded gathered when gathered.CommandId == _gather:
                _gather = "";
                TakeKey(gathered);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnLeg(LegChanged changed)
    {
        if (IsTalking || changed.LegId is not { } leg)
        {
            return;
        }

        if (changed.Phase != LegPhase.Ended)
        {
            if (!changed.PeerIsTrunk)
            {
                _ring.NoteLeg(leg, changed.Peer);
            }

            return;
        }

        if (_ring.EndLeg(leg, changed.SipStatus is > 0 and not 487, out OfferedAgent over))
        {
            _ticket!.EndOffer(over.Id, EndOf(DialOutcomes.Of(changed.SipStatus, changed.Q850Cause).Outcome));
        }
    }

    /// <inheritdoc/>
    protected override void OnConnected(DialEnded ended, string? peer)
    {
        _isDialling = false;
        _talkerLeg = ended.LegId;
        _talker = _ring.Answer(ended.LegId, peer);
        Trace($"{_talker.Value.Account} answered");
        _ticket!.Answer(_talker.Value.Id, _line!);
        if (_gather.Length > 0)
        {
            Send(new StopPlaybackCommand { CommandId = "", Playback = _gather });
        }

        // The answer has ended what was played then. Music that was to begin at that moment would be heard in place of the agent.
        if (_music.Length > 0)
        {
            Send(new StopPlaybackCommand { CommandId = "", Playback = _music });
        }

        if (_rules.Record)
        {
            Send(new RecordStartCommand { CommandId = "" });
        }

        if (_rules.Whisper is { } whisper && PromptMedia.Find(whisper, Call) is { } said)
        {
            // Each hears his own until the agent's is over: then they hear each other.
            Send(new PlayCommand { CommandId = "", Media = [Music], Rounds = 0 });
            _whisper = Send(new PlayCommand { CommandId = "", LegId = _talkerLeg, Media = [said] });
        }
    }

    /// <inheritdoc/>
    protected override void OnNobody(DialEnded ended)
    {
        _isDialling = false;
        OfferEnd end = EndOf(DialOutcomes.Of(ended.SipStatus, ended.Q850Cause).Outcome);
        if (_ringsAnew)
        {
            // They go on ringing, together with those who were added.
            _ringsAnew = false;
            _ring.BeginAnew();
        }

        EndOffers(end);
        if (_hasLeft)
        {
            Go();
            return;
        }

        PlayMusic();
        Ring();
    }

    /// <inheritdoc/>
    protected override void OnTalked()
    {
        _hasLeft = true;
        _ticket!.EndTalk();
        base.OnTalked();
    }

    /// <inheritdoc/>
    protected override void OnRefused(CallCommand command, CommandReply reply)
    {
        switch (command)
        {
            case DialCommand:
                Trace(reply.Problem);
                _isDialling = false;
                EndOffers(OfferEnd.Failed);
                break;
            case PlayCommand when command.CommandId == _goodbye:
                Finish(_result);
                break;
            case StopPlaybackCommand:
                // It was over already.
                break;
            case PlayCommand or GatherCommand or RecordStartCommand or HangupCommand:
                // He waits without it.
                Trace(reply.Problem);
                break;
            default:
                base.OnRefused(command, reply);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result)
    {
        if (result.Outcome == ActivityOutcome.Completed && _actions.TryDequeue(out CallAction? next))
        {
            Run(ActivityCatalog.Make(next, ActivityOutcome.TimedOut));
        }
        else
        {
            Finish(result);
        }
    }

    /// <inheritdoc/>
    protected override void OnStopped()
    {
        if (!_hasLeft)
        {
            _hasLeft = true;
            _ticket?.Leave(byKey: false);
        }
    }

    private new void Finish(ActivityResult result)
    {
        if (!_hasLeft)
        {
            _hasLeft = true;
            _ticket?.Leave(byKey: false);
        }

        base.Finish(result);
    }

    private PlayMedia Music => _rules.Music is { } music && PromptMedia.Find(music, Call) is { } media ? media : new CountryToneMedia(ToneName.Ringback, TimeSpan.FromMinutes(1));

    private void Begin()
    {
        if (_rules.Announcements.Welcome is { } welcome && PromptMedia.Find(welcome, Call) is { } media)
        {
            Say([media]);
        }
        else
        {
            GoOnWaiting();
        }

        Gather();
        Ring();
    }

    /// <summary>Says what had to wait, else there is music.</summary>
    private void GoOnWaiting()
    {
        if (_unsaid is { } announcement)
        {
            Announce(announcement);
        }

        PlayMusic();
    }

    private void PlayMusic()
    {
        if (_isJoined && Call.IsAnswered && !IsTalking && !_hasLeft && _saying.Length == 0)
        {
            string former = _music;
            _music = Send(new PlayCommand { CommandId = "", Media = [Music], Rounds = 0, Interrupts = former.Length > 0 ? PlayInterrupts.Playback : PlayInterrupts.None });
        }
    }

    private void Say(IReadOnlyList<PlayMedia> media)
    {
        _music = "";
        _saying = Send(new PlayCommand { CommandId = "", Media = media, Interrupts = PlayInterrupts.Playback });
    }

    private void Gather()
    {
        if (_rules.ExitKey is not null || _rules.Callback is not null)
        {
            _gather = Send(new GatherCommand { CommandId = "", MaxDigits = 1, Terminators = "", InitialTimeout = s_longestGather, OverallTimeout = s_longestGather });
        }
    }

    private void Announce(QueueAnnouncement announcement)
    {
        _unsaid = null;

        // Nothing is said while somebody may answer.
        if (!_isJoined || IsTalking || _isDialling || _hasLeft)
        {
            return;
        }

        // The first one comes with the place, before the caller is answered, and none goes over another.
        if (_answering.Length > 0 || !Call.IsAnswered || _saying.Length > 0)
        {
            _unsaid = announcement;
            return;
        }

        _offersCallback |= announcement.OffersCallback;
        IReadOnlyList<PlayMedia> media = AnnouncementMedia.Of(announcement, _rules, Call);
        if (media.Count > 0)
        {
            Say(media);
        }
    }

    private void TakeKey(GatherEnded gathered)
    {
        if (IsTalking || _hasLeft || gathered.Reason == GatherEnd.HungUp)
        {
            return;
        }

        if (gathered.Digits is [var key])
        {
            if (key == _rules.ExitKey)
            {
                Trace($"left by {key}");
                _ticket!.Leave(byKey: true);
                LeaveWith(new ActivityResult(ActivityOutcome.Exited, key.ToString()));
                return;
            }

            if (key == _rules.Callback?.Key && _offersCallback)
            {
                _ticket!.AskCallback(new CallbackOrigin(Call.Configuration, Call.Facts.Number, Call.Language), _line!);
            }
        }

        Gather();
    }

    private void TakeCallbackAnswer(bool isTaken)
    {
        if (!isTaken || IsTalking)
        {
            return;
        }

        Trace("is called back");
        _hasLeft = true;
        _result = new ActivityResult(ActivityOutcome.Completed, "callback");
        _goodbye = Send(new PlayCommand { CommandId = "", Media = [new TextMedia(QueueTexts.CallbackTaken(Call.Language), Call.Language)], Interrupts = PlayInterrupts.All });
    }

    private void Over(QueueOver over)
    {
        Trace(over.Detail);
        _hasLeft = true;
        if (over.Step >= 0 && Call.Configuration.Queues.TryGetValue(over.Queue, out CallQueue? queue) && QueueSettings.Of(Call.Configuration, queue).Overflow is var steps && over.Step < steps.Count)
        {
            foreach (CallAction step in steps[over.Step].Then)
            {
                _actions.Enqueue(step);
            }
        }

        LeaveWith(new ActivityResult(over.Outcome, over.Detail));
    }

    /// <summary>He is not in the queue any more: what is heard and what rings ends first.</summary>
    private void LeaveWith(ActivityResult result)
    {
        _hasLeft = true;
        _result = result;
        if (_music.Length > 0 || _saying.Length > 0 || _gather.Length > 0)
        {
            (_music, _saying, _gather) = ("", "", "");
            Send(new StopPlaybackCommand { CommandId = "" });
        }

        if (_isDialling)
        {
            // Goes on with the end of the dial.
            HangUp(_ring.Legs);
        }
        else
        {
            Go();
        }
    }

    private void Go()
    {
        if (_goodbye.Length > 0)
        {
            return;
        }

        if (_actions.TryDequeue(out CallAction? next))
        {
            Run(ActivityCatalog.Make(next, ActivityOutcome.TimedOut));
        }
        else
        {
            Finish(_result);
        }
    }

    /// <summary>Rings those who are offered. To those who ring already others are added by ringing all of them anew: a dial has its targets from the start.</summary>
    private void Ring()
    {
        if (!_ring.HasNext)
        {
            return;
        }

        if (_isDialling)
        {
            _ringsAnew = true;
            HangUp(_ring.Legs);
            return;
        }

        if (!CanDial)
        {
            return;
        }

        _ring.Begin();
        _isDialling = true;
        Trace($"rings {string.Join(", ", _ring.Ringing.Select(static agent => agent.Account))}");
        Dial(new DialCommand
        {
            CommandId = "",
            Targets = [.. _ring.Ringing.Select(static agent => new AccountDestination(agent.Account))],
            RingTime = _rules.RingTime,
            Ringback = Music,
            CallerNumber = _rules.CallerNumber,
            Diversions = Call.Facts.Diversions,
        });
    }

    private void TakeBack(Guid agent)
    {
        _ring.RemoveNext(agent);
        if (IsTalking)
        {
            if (_talker?.Id == agent && _talkerLeg is { } late)
            {
                Trace("answered too late");
                Send(new HangupCommand { CommandId = "", LegId = late });
            }

            return;
        }

        HangUp(_ring.TakeBack(agent));
    }

    private void EndOffers(OfferEnd end)
    {
        foreach (OfferedAgent agent in _ring.Ringing)
        {
            _ticket!.EndOffer(agent.Id, end);
        }

        _ring.Clear();
    }

    private void HangUp(IEnumerable<string> legs)
    {
        foreach (string leg in legs.ToArray())
        {
            Send(new HangupCommand { CommandId = "", LegId = leg });
        }
    }
}
