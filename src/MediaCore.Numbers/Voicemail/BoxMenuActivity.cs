using System.Collections.Frozen;
using System.Globalization;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;

namespace MediaCore.Numbers.Voicemail;

/// <summary>
/// The menu by which an owner hears the messages of a box. It stands at one <see cref="BoxPlace"/> and waits there for keys; what each does is <see cref="s_keys"/>, after Asterisk's mailbox where that has the same:
/// <list type="bullet">
/// <item>main: 1 new messages, 2 saved ones, 0 settings, # ends;</item>
/// <item>message: 3 call back, 4 previous, 5 repeat, 6 next, 7 delete or bring back, 8 forward, 9 save, # main menu;</item>
/// <item>settings: 1 greeting unavailable, 2 busy, 3 name, 4 temporary, 6 closed (each: 1 record, 2 erase, * back), 5 PIN, * main menu;</item>
/// <item>after recording: 1 keep, 2 listen, 3 again, * cancel.</item>
/// </list>
/// Every prompt can be skipped by a key. What was decided by a key is done even if the caller hangs up at once; what was not decided stays as it was: a message that was not heard to its end, and left by no key, stays new.
/// </summary>
internal sealed class BoxMenuActivity(BoxMenuAction action) : CallActivity
{
    private static readonly FrozenDictionary<(BoxPlace, char), Action<BoxMenuActivity>> s_keys = new Dictionary<(BoxPlace, char), Action<BoxMenuActivity>>
    {
        [(BoxPlace.Main, '1')] = static menu => menu.Open(isNew: true),
        [(BoxPlace.Main, '2')] = static menu => menu.Open(isNew: false),
        [(BoxPlace.Main, '0')] = static menu => menu.Enter(BoxPlace.Options),
        [(BoxPlace.Main, '*')] = static menu => menu.Enter(BoxPlace.Main),
        [(BoxPlace.Main, '#')] = static menu => menu.End(new ActivityResult(ActivityOutcome.Completed, "#")),
        [(BoxPlace.Message, '3')] = static menu => menu.CallBack(),
        [(BoxPlace.Message, '4')] = static menu => menu.Go(-1),
        [(BoxPlace.Message, '5')] = static menu => menu.Play(),
        [(BoxPlace.Message, '6')] = static menu => menu.Go(1),
        [(BoxPlace.Message, '7')] = static menu => menu.DeleteOrRestore(),
        [(BoxPlace.Message, '8')] = static menu => menu.Enter(BoxPlace.ForwardTo),
        [(BoxPlace.Message, '9')] = static menu => menu.Mark(VoicemailState.Saved, BoxPhrase.Saved, () => menu.Go(1)),
        [(BoxPlace.Message, '*')] = static menu => menu.Enter(BoxPlace.Message),
        [(BoxPlace.Message, '#')] = static menu => menu.Enter(BoxPlace.Main),
        [(BoxPlace.ForwardHow, '1')] = static menu => menu.RecordTake(),
        [(BoxPlace.ForwardHow, '2')] = static menu => menu.Forward(),
        [(BoxPlace.ForwardHow, '*')] = static menu => menu.Enter(BoxPlace.Message),
        [(BoxPlace.Options, '1')] = static menu => menu.ChooseGreeting("unavailable"),
        [(BoxPlace.Options, '2')] = static menu => menu.ChooseGreeting("busy"),
        [(BoxPlace.Options, '3')] = static menu => menu.ChooseGreeting("name"),
        [(BoxPlace.Options, '4')] = static menu => menu.ChooseGreeting("temporary"),
        [(BoxPlace.Options, '5')] = static menu => menu.Enter(BoxPlace.NewPin),
        [(BoxPlace.Options, '6')] = static menu => menu.ChooseGreeting("closed"),
        [(BoxPlace.Options, '*')] = static menu => menu.Enter(BoxPlace.Main),
        [(BoxPlace.Greeting, '1')] = static menu => menu.RecordTake(),
        [(BoxPlace.Greeting, '2')] = static menu => menu.SetGreeting(null),
        [(BoxPlace.Greeting, '*')] = static menu => menu.Enter(BoxPlace.Options),
        [(BoxPlace.Review, '1')] = static menu => menu.KeepTake(),
        [(BoxPlace.Review, '2')] = static menu => menu.PlayTake(),
        [(BoxPlace.Review, '3')] = static menu => menu.RecordTake(),
        [(BoxPlace.Review, '*')] = static menu => menu.CancelTake(),
    }.ToFrozenDictionary();

    private readonly List<PlayMedia> _first = [];
    private VoicemailDesk? _desk;
    private VoicemailRecordings? _messagesHeld;
    private TenantScope? _scope;
    private VoicemailBox? _box;
    private IReadOnlyList<VoicemailMessage> _all = [];
    private List<VoicemailMessage> _messages = [];
    private VoicemailState _before;
    private RecordingInfo? _take;
    private TakeActivity? _recording;
    private BoxPlace _place;
    private string _number = "";
    private string _answer = "";
    private string _asked = "";
    private string _goodbye = "";
    private string _greeting = "";
    private string _forwardTo = "";
    private string _newPin = "";
    private ActivityResult _end = new(ActivityOutcome.Completed);
    private int _at;
    private int _wrongPins;
    private int _wrongKeys;
    private bool _isPlaying;

    /// <inheritdoc/>
    public override string Kind => "mailbox";

    /// <inheritdoc/>
    internal override bool KeepsRecordings => true;

    private bool IsSignedIn => _box is not null;

    private VoicemailMessage Message => _messages[_at];

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (Call.Services is not { VoicemailDesk: { } desk, Voicemail: { } held })
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, "the server keeps no recordings"));
            return;
        }

        if (action.Box is { } named && !Call.Configuration.Boxes.ContainsKey(named))
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, $"there is no box {named}"));
            return;
        }

        (_desk, _messagesHeld, _scope) = (desk, held, TenantScope.Of(Call.Facts.TenantId));
        if (Call.IsAnswered)
        {
            SignIn();
        }
        else
        {
            _answer = Send(new AnswerCommand { CommandId = "" });
        }
    }

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case GatherEnded given when given.CommandId == _asked:
                _asked = "";
                if (given.Reason == GatherEnd.HungUp)
                {
                    Finish(new ActivityResult(ActivityOutcome.HungUp));
                }
                else
                {
                    TakeKeys(given);
                }

                break;
            case CommandEnded ended when ended.CommandId == _goodbye:
                Finish(_end);
                break;
            case CommandEnded { Outcome: CommandOutcome.Completed } answered when answered.CommandId == _answer:
                SignIn();
                break;
            case CommandEnded failed when failed.CommandId == _answer:
                Finish(new ActivityResult(ActivityOutcome.Failed, failed.Problem));
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result)
    {
        if (result.Outcome is ActivityOutcome.HungUp or ActivityOutcome.Talked)
        {
            Finish(result);
        }
        else if (child == _recording)
        {
            _take = _recording.Recording;
            if (_take is null)
            {
                Trouble(result.Detail);
            }
            else
            {
                Enter(BoxPlace.Review);
            }
        }
        else
        {
            Trace($"the caller: {result.Outcome}");
            Say(BoxPhrase.NotReached);
            Enter(BoxPlace.Message);
        }
    }

    /// <inheritdoc/>
    protected override void OnStopped() => Drop();

    private static bool IsTyped(BoxPlace place) => place is BoxPlace.Number or BoxPlace.Pin or BoxPlace.ForwardTo or BoxPlace.NewPin or BoxPlace.NewPinAgain;

    private static BoxPhrase PhraseOf(BoxPlace place) => place switch
    {
        BoxPlace.Number => BoxPhrase.Number,
        BoxPlace.Pin => BoxPhrase.Pin,
        BoxPlace.Main => BoxPhrase.Main,
        BoxPlace.Message => BoxPhrase.Keys,
        BoxPlace.ForwardTo => BoxPhrase.ForwardTo,
        BoxPlace.ForwardHow => BoxPhrase.ForwardHow,
        BoxPlace.Options => BoxPhrase.Options,
        BoxPlace.Greeting => BoxPhrase.Greeting,
        BoxPlace.Review => BoxPhrase.Review,
        BoxPlace.NewPin => BoxPhrase.NewPin,
        _ => BoxPhrase.NewPinAgain,
    };

    private TextMedia Text(BoxPhrase phrase, params object[] values) => new(BoxMenuTexts.Say(phrase, Call.Language, values), Call.Language);

    private void Say(BoxPhrase phrase, params object[] values) => _first.Add(Text(phrase, values));

    /// <summary>Goes to a place: says what is to be said, then what the place offers, and waits for keys.</summary>
    private void Enter(BoxPlace place)
    {
        _place = place;
        bool isTyped = IsTyped(place);
        PlayMedia[] prompt = [.. _first, Text(PhraseOf(place))];
        _first.Clear();
        _asked = Send(new GatherCommand
        {
            CommandId = "",
            Prompt = prompt,
            MaxDigits = isTyped ? VoicemailLimits.MaxBoxDigits : 1,
            Terminators = isTyped ? "#" : "",
            IsSensitive = place is BoxPlace.Pin or BoxPlace.NewPin or BoxPlace.NewPinAgain,
        });
    }

    private void TakeKeys(GatherEnded given)
    {
        if (_isPlaying)
        {
            // Heard to its end, or left by a key: no longer new.
            _isPlaying = false;
            if (Message.State == VoicemailState.New)
            {
                Mark(VoicemailState.Read, null, () => Act(given.Digits));
                return;
            }
        }

        Act(given.Digits);
    }

    private void Act(string digits)
    {
        if (digits.Length > 0 && IsTyped(_place))
        {
            _wrongKeys = 0;
            TakeNumber(digits);
        }
        else if (digits.Length > 0 && s_keys.TryGetValue((_place, digits[0]), out Action<BoxMenuActivity>? act))
        {
            _wrongKeys = 0;
            act(this);
        }
        else if (++_wrongKeys >= VoicemailLimits.MaxTries)
        {
            End(new ActivityResult(ActivityOutcome.TimedOut, "no key that means anything"));
        }
        else
        {
            Enter(_place);
        }
    }

    private void TakeNumber(string digits)
    {
        switch (_place)
        {
            case BoxPlace.Number:
                _number = digits;
                Enter(BoxPlace.Pin);
                break;
            case BoxPlace.Pin:
                VoicemailDesk desk = _desk!;
                TenantScope scope = _scope!;
                string number = _number;
                After(() => desk.SignInAsync(scope, number, digits), OnSignedIn);
                break;
            case BoxPlace.ForwardTo:
                _forwardTo = digits;
                if (Call.Configuration.Boxes.ContainsKey(digits) && digits != _box!.Box)
                {
                    Enter(BoxPlace.ForwardHow);
                }
                else
                {
                    Say(BoxPhrase.Wrong);
                    Enter(BoxPlace.Message);
                }

                break;
            case BoxPlace.NewPin when PinRules.Check(digits, _box!.Box) is not null:
                Say(BoxPhrase.BadPin);
                Enter(BoxPlace.Options);
                break;
            case BoxPlace.NewPin:
                _newPin = digits;
                Enter(BoxPlace.NewPinAgain);
                break;
            default:
                SetPin(digits);
                break;
        }
    }

    private void SignIn()
    {
        VoicemailBox? own = Call.Facts.Account is { Length: > 0 } account
            ? Call.Configuration.Boxes.Values.Where(box => IsOwned(box, account)).OrderBy(static box => box.Box, StringComparer.Ordinal).FirstOrDefault(box => action.Box is null || box.Box == action.Box)
            : null;
        VoicemailBox? known = own ?? (action.Box is { } named ? Call.Configuration.Boxes[named] : null);
        _number = known?.Box ?? "";
        if (known is not null && Call.Configuration.Parsed(known, VoicemailSettings.Of).Language is { } language)
        {
            Call.Language = language;
        }

        if (own is not null && Call.Configuration.Parsed(own, VoicemailSettings.Of).TrustOwnerPhones)
        {
            (VoicemailDesk desk, TenantScope scope) = (_desk!, _scope!);
            After(() => desk.OpenAsync(scope, own.Id), OnSignedIn);
        }
        else
        {
            Enter(known is null ? BoxPlace.Number : BoxPlace.Pin);
        }
    }

    private bool IsOwned(VoicemailBox box, string account)
        => box.UserId is { } owner && Call.Configuration.Users.Values.Any(user => user.Id == owner && !user.Disabled && user.Account == account);

    private void OnSignedIn(BoxSignIn signedIn)
    {
        switch (signedIn)
        {
            case { Entry: BoxEntry.Open, Box: { } box }:
                Trace("signed in");
                _box = box;
                if (VoicemailSettings.Of(box).Language is { } language)
                {
                    Call.Language = language;
                }

                Count();
                break;
            case { Entry: BoxEntry.Locked }:
                Say(BoxPhrase.Locked);
                End(new ActivityResult(ActivityOutcome.Rejected, "the box is locked"));
                break;
            case { Entry: BoxEntry.NoPin }:
                Say(BoxPhrase.NoPin);
                End(new ActivityResult(ActivityOutcome.Rejected, "the box has no PIN"));
                break;
            default:
                Say(BoxPhrase.Wrong);
                if (++_wrongPins >= VoicemailLimits.MaxTries)
                {
                    End(new ActivityResult(ActivityOutcome.Rejected, "wrong PINs"));
                }
                else
                {
                    Enter(action.Box is null ? BoxPlace.Number : BoxPlace.Pin);
                }

                break;
        }
    }

    private void Count() => Load(() =>
    {
        int fresh = _all.Count(static row => row.State == VoicemailState.New);
        Say(BoxPhrase.Counts, fresh, _all.Count - fresh);
        if (_all.Count(static row => row is { State: VoicemailState.New, Urgent: true }) is var urgent and > 0)
        {
            Say(BoxPhrase.Urgent, urgent);
        }

        Enter(BoxPlace.Main);
    });

    private void Load(Action then)
    {
        (VoicemailDesk desk, TenantScope scope, Guid box) = (_desk!, _scope!, _box!.Id);
        After(() => desk.ListAsync(scope, box), rows =>
        {
            _all = rows;
            then();
        });
    }

    private void Open(bool isNew) => Load(() =>
    {
        _messages = [.. _all.Where(row => row.State == VoicemailState.New == isNew)];
        _at = 0;
        if (_messages.Count > 0)
        {
            Play();
        }
        else
        {
            Say(BoxPhrase.None);
            Enter(BoxPlace.Main);
        }
    });

    private void Go(int step)
    {
        if (_at + step < 0 || _at + step >= _messages.Count)
        {
            // Stays at the message, so that what was just deleted can be brought back.
            Say(BoxPhrase.NoMore);
            Enter(BoxPlace.Message);
            return;
        }

        _at += step;
        Play();
    }

    private void Play()
    {
        if (Message.Urgent)
        {
            Say(BoxPhrase.UrgentMessage);
        }

        string caller = SpokenText.Digits(Message.Caller);
        string when = BoxMenuTexts.When(Message.ReceivedAtMs, Now.ToUnixTimeMilliseconds(), Call.Configuration.Tenant.TimeZone, Call.Language);
        Say(BoxPhrase.Message, (_at + 1).ToString(CultureInfo.InvariantCulture), when, caller.Length > 0 ? caller : BoxMenuTexts.Say(BoxPhrase.Unknown, Call.Language));
        _first.Add(new RecordedMedia(Message.File));
        _isPlaying = true;
        Enter(BoxPlace.Message);
    }

    private void Mark(VoicemailState state, BoxPhrase? said, Action then)
    {
        (VoicemailDesk desk, TenantScope scope, VoicemailMessage message) = (_desk!, _scope!, Message);
        After(() => desk.MarkAsync(scope, message.Id, state), isThere =>
        {
            if (!isThere)
            {
                Trouble("the message was tidied away meanwhile");
                return;
            }

            message.State = state;
            if (said is { } phrase)
            {
                Say(phrase);
            }

            then();
        });
    }

    private void DeleteOrRestore()
    {
        if (Message.State == VoicemailState.Deleted)
        {
            Mark(_before is VoicemailState.Saved ? VoicemailState.Saved : VoicemailState.Read, BoxPhrase.Restored, () => Enter(BoxPlace.Message));
        }
        else
        {
            _before = Message.State;
            Mark(VoicemailState.Deleted, BoxPhrase.Deleted, () => Go(1));
        }
    }

    private void CallBack()
    {
        string caller = Message.Caller;
        User? person = Call.Configuration.Users.Values.FirstOrDefault(user => !user.Disabled && caller.Length > 0 && (user.Account == caller || user.Extension == caller));
        bool isNumber = caller.Length is >= 4 and <= 16 && caller[0] == '+' && caller.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
        if (person is null && !isNumber)
        {
            Say(BoxPhrase.NotReached);
            Enter(BoxPlace.Message);
            return;
        }

        // As any ring: the rules of routes, trunks and limits hold, and another number of ours is led on to.
        Trace("calls the caller back");
        RingTarget target = person is null ? new RingTarget { Number = caller } : new RingTarget { User = person.Name };
        Run(ActivityCatalog.Make(new RingAction { Targets = [target], Seconds = 60 }));
    }

    private void ChooseGreeting(string kind)
    {
        _greeting = kind;
        Enter(BoxPlace.Greeting);
    }

    private void RecordTake()
    {
        // Forwarding is left by the greeting that is chosen, and the other way round.
        _greeting = _place == BoxPlace.ForwardHow ? "" : _greeting;
        Drop();
        _first.Clear();
        _recording = new TakeActivity(Text(BoxPhrase.Record), _messagesHeld!);
        Run(_recording);
    }

    private void PlayTake()
    {
        _first.Add(new RecordedMedia(_take!.File));
        Enter(BoxPlace.Review);
    }

    private void CancelTake()
    {
        Drop();
        Enter(_greeting.Length > 0 ? BoxPlace.Options : BoxPlace.Message);
    }

    private void KeepTake()
    {
        if (_greeting.Length > 0)
        {
            SetGreeting(_take);
        }
        else
        {
            Forward();
        }
    }

    private void SetGreeting(RecordingInfo? take)
    {
        (VoicemailDesk desk, TenantScope scope, Guid box, string kind, string language) = (_desk!, _scope!, _box!.Id, _greeting, Call.Language);
        _take = null;
        After(async () =>
        {
            try
            {
                return (await desk.SetGreetingAsync(scope, box, kind, take, language)).IsDone;
            }
            finally
            {
                LetGo(take);
            }
        }, result =>
        {
            Say(result ? take is null ? BoxPhrase.Deleted : BoxPhrase.Saved : BoxPhrase.Trouble);
            Enter(BoxPlace.Options);
        });
    }

    private void Forward()
    {
        (VoicemailDesk desk, TenantScope scope, VoicemailMessage message, string number) = (_desk!, _scope!, Message, _forwardTo);
        RecordingInfo? comment = _take;
        _take = null;
        After(async () =>
        {
            try
            {
                return (await desk.ForwardAsync(scope, message, number, comment)).IsDone;
            }
            finally
            {
                LetGo(comment);
            }
        }, result =>
        {
            Say(result ? BoxPhrase.Sent : BoxPhrase.NotSent);
            Enter(BoxPlace.Message);
        });
    }

    private void SetPin(string again)
    {
        if (again != _newPin)
        {
            Say(BoxPhrase.Different);
            Enter(BoxPlace.Options);
            return;
        }

        (VoicemailDesk desk, TenantScope scope, Guid box) = (_desk!, _scope!, _box!.Id);
        After(() => desk.SetPinAsync(scope, box, again, new ChangeOrigin("voicemail", "voicemail.set_pin")), result =>
        {
            Say(result.IsDone ? BoxPhrase.Saved : BoxPhrase.BadPin);
            Enter(BoxPlace.Options);
        });
        _newPin = "";
    }

    /// <summary>Has the desk do something and goes on with what came of it. The work begins here, and not with the asking, which ends with the call: what a key has decided is done although the caller hangs up at once.</summary>
    private void After<T>(Func<Task<T>> work, Action<T> then)
    {
        var doing = Task.Run(() => CountedAsync(work));
        Ask(_ => doing, answer =>
        {
            if (answer.IsGiven)
            {
                then(answer.Value);
            }
            else
            {
                Trouble(answer.Fault.Message);
            }
        });
    }

    private static async Task<T> CountedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch
        {
            // Nobody may be there any more to hear of it.
            VoicemailMetrics.DeskFailures.Add(1);
            throw;
        }
    }

    private void Trouble(string why)
    {
        Trace($"does not work: {why}");
        Say(BoxPhrase.Trouble);
        if (IsSignedIn && ++_wrongKeys < VoicemailLimits.MaxTries)
        {
            Enter(BoxPlace.Main);
        }
        else
        {
            End(new ActivityResult(ActivityOutcome.Failed, why));
        }
    }

    private void End(ActivityResult result)
    {
        _end = result;
        Say(BoxPhrase.Goodbye);
        _goodbye = Send(new PlayCommand { CommandId = "", Media = [.. _first] });
    }

    private void Drop()
    {
        LetGo(_take);
        _take = null;
    }

    private void LetGo(RecordingInfo? take)
    {
        if (take is not null)
        {
            _messagesHeld!.LetGo(take);
        }
    }
}
