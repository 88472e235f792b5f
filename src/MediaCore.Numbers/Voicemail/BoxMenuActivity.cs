using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Voicemail;

/// <summary>
/// The menu by which an owner hears the messages of a box. It stands at one <see cref="BoxPlace"/> and waits there for keys, which <see cref="BoxKeys"/> leads to what they do: at the <see cref="Door"/>, in the <see cref="Inbox"/>, in the
/// <see cref="Options"/>, with the <see cref="Recorder"/>. Every prompt can be skipped by a key. What was decided by a key is done even if the caller hangs up at once; what was not decided stays as it was: a message that was not heard to its end, and
/// left by no key, stays new.
/// </summary>
internal sealed class BoxMenuActivity : CallActivity
{
    private readonly BoxMenuAction _action;
    private readonly List<PlayMedia> _first = [];
    private VoicemailDesk? _desk;
    private VoicemailRecordings? _recordings;
    private TenantScope? _scope;
    private BoxPlace _place;
    private string _answer = "";
    private string _asked = "";
    private string _goodbye = "";
    private ActivityResult _end = new(ActivityOutcome.Completed);
    private int _wrongKeys;

    /// <summary>The menu of a box that the action names, or that is asked for.</summary>
    public BoxMenuActivity(BoxMenuAction action)
    {
        _action = action;
        Door = new BoxDoor(this, action.Box);
        Inbox = new BoxInbox(this);
        Options = new BoxOptions(this);
        Recorder = new BoxTake(this);
    }

    /// <inheritdoc/>
    public override string Kind => "mailbox";

    /// <inheritdoc/>
    internal override bool KeepsRecordings => true;

    /// <summary>Where the owner signs in.</summary>
    internal BoxDoor Door { get; }

    /// <summary>The messages.</summary>
    internal BoxInbox Inbox { get; }

    /// <summary>Greetings and PIN.</summary>
    internal BoxOptions Options { get; }

    /// <summary>What is being recorded.</summary>
    internal BoxTake Recorder { get; }

    /// <summary>The call.</summary>
    internal ICallStage Stage => Call;

    /// <summary>Does what is decided.</summary>
    internal VoicemailDesk Desk => _desk!;

    /// <summary>Where recordings are held.</summary>
    internal VoicemailRecordings Recordings => _recordings!;

    /// <summary>The tenant.</summary>
    internal TenantScope Scope => _scope!;

    /// <summary>The box; null until its owner has signed in.</summary>
    internal VoicemailBox? Box { get; set; }

    /// <summary>A phrase in the call's language.</summary>
    internal TextMedia Text(BoxPhrase phrase, params object[] values) => new(BoxMenuTexts.Say(phrase, Call.Language, values), Call.Language);

    /// <summary>Says something before what the next place has to say.</summary>
    internal void Say(BoxPhrase phrase, params object[] values) => _first.Add(Text(phrase, values));

    /// <summary>Plays something before what the next place has to say.</summary>
    internal void Say(PlayMedia media) => _first.Add(media);

    /// <summary>Goes to a place: says what is to be said, then what the place offers, and waits for keys.</summary>
    internal void Enter(BoxPlace place)
    {
        _place = place;
        bool isTyped = BoxKeys.IsTyped(place);
        PlayMedia[] prompt = [.. _first, Text(BoxKeys.PhraseOf(place))];
        _first.Clear();
        _asked = Send(new GatherCommand
        {
            CommandId = "",
            Prompt = prompt,
            MaxDigits = isTyped ? VoicemailLimits.MaxBoxDigits : 1,
            Terminators = isTyped ? "#" : "",
            IsSensitive = BoxKeys.IsSecret(place),
        });
    }

    /// <summary>Runs another activity; the menu goes on after it.</summary>
    internal void Lead(CallActivity child)
    {
        _first.Clear();
        Run(child);
    }

    /// <summary>Notes a decision in the call's trace.</summary>
    internal void Note(string text) => Trace(text);

    /// <summary>Has the desk do something and goes on with what came of it. The work begins here, and not with the asking, which ends with the call: what a key has decided is done although the caller hangs up at once.</summary>
    internal void After<T>(Func<Task<T>> work, Action<T> then)
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

    /// <summary>Something does not work: back to the main menu, or the end where there is none yet, and after some times.</summary>
    internal void Trouble(string why)
    {
        Trace($"does not work: {why}");
        Say(BoxPhrase.Trouble);
        if (Box is not null && ++_wrongKeys < VoicemailLimits.MaxTries)
        {
            Enter(BoxPlace.Main);
        }
        else
        {
            End(new ActivityResult(ActivityOutcome.Failed, why));
        }
    }

    /// <summary>Says goodbye, and ends.</summary>
    internal void End(ActivityResult result)
    {
        _end = result;
        Say(BoxPhrase.Goodbye);
        _goodbye = Send(new PlayCommand { CommandId = "", Media = [.. _first] });
    }

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (Call.Services is not { VoicemailDesk: { } desk, Voicemail: { } recordings })
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, "the server keeps no recordings"));
            return;
        }

        if (_action.Box is { } named && !Call.Configuration.Boxes.ContainsKey(named))
        {
            Finish(new ActivityResult(ActivityOutcome.Failed, $"there is no box {named}"));
            return;
        }

        (_desk, _recordings, _scope) = (desk, recordings, TenantScope.Of(Call.Facts.TenantId));
        if (Call.IsAnswered)
        {
            Door.SignIn();
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
                else if (!Inbox.TryNoteHeard(() => Act(given.Digits)))
                {
                    Act(given.Digits);
                }

                break;
            case CommandEnded ended when ended.CommandId == _goodbye:
                Finish(_end);
                break;
            case CommandEnded { Outcome: CommandOutcome.Completed } answered when answered.CommandId == _answer:
                Door.SignIn();
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
        else if (child is TakeActivity take)
        {
            Recorder.OnRecorded(take, result);
        }
        else
        {
            Trace($"the caller: {result.Outcome}");
            Inbox.OnCalledBack();
        }
    }

    /// <inheritdoc/>
    protected override void OnStopped() => Recorder.Drop();

    private new void Finish(ActivityResult result)
    {
        Recorder.Drop();
        base.Finish(result);
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

    private void Act(string digits)
    {
        if (digits.Length > 0 && BoxKeys.IsTyped(_place))
        {
            _wrongKeys = 0;
            TakeNumber(digits);
        }
        else if (digits.Length > 0 && BoxKeys.TryFind(_place, digits[0], out Action<BoxMenuActivity>? act))
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
                Door.TakeNumber(digits);
                break;
            case BoxPlace.Pin:
                Door.TakePin(digits);
                break;
            case BoxPlace.ForwardTo:
                Inbox.TakeReceiver(digits);
                break;
            case BoxPlace.NewPin:
                Options.TakePin(digits);
                break;
            default:
                Options.TakePinAgain(digits);
                break;
        }
    }
}
