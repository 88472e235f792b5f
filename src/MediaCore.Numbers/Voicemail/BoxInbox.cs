using System.Globalization;
using MediaCore.Engine.Control;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Voicemail;

/// <summary>The messages of a box as its owner goes through them.</summary>
internal sealed class BoxInbox(BoxMenuActivity menu)
{
    private IReadOnlyList<VoicemailMessage> _all = [];
    private List<VoicemailMessage> _messages = [];
    private VoicemailState _before;
    private string _forwardTo = "";
    private int _at;
    private bool _isPlaying;

    private VoicemailMessage Message => _messages[_at];

    /// <summary>Says how much waits, at the main menu.</summary>
    public void Count() => Load(() =>
    {
        int fresh = _all.Count(static row => row.State == VoicemailState.New);
        menu.Say(BoxPhrase.Counts, fresh, _all.Count - fresh);
        if (_all.Count(static row => row is { State: VoicemailState.New, Urgent: true }) is var urgent and > 0)
        {
            menu.Say(BoxPhrase.Urgent, urgent);
        }

        menu.Enter(BoxPlace.Main);
    });

    /// <summary>Goes to the first of the messages that are new, or of the others.</summary>
    public void Open(bool isNew) => Load(() =>
    {
        _messages = [.. _all.Where(row => row.State == VoicemailState.New == isNew)];
        _at = 0;
        if (_messages.Count > 0)
        {
            Play();
        }
        else
        {
            menu.Say(BoxPhrase.None);
            menu.Enter(BoxPlace.Main);
        }
    });

    /// <summary>Goes to the message so many further on.</summary>
    public void Go(int step)
    {
        if (_at + step < 0 || _at + step >= _messages.Count)
        {
            // Stays at the message, so that what was just deleted can be brought back.
            menu.Say(BoxPhrase.NoMore);
            menu.Enter(BoxPlace.Message);
            return;
        }

        _at += step;
        Play();
    }

    /// <summary>Plays the message, with when it came and from whom.</summary>
    public void Play()
    {
        if (Message.Urgent)
        {
            menu.Say(BoxPhrase.UrgentMessage);
        }

        ICallStage call = menu.Stage;
        string caller = SpokenText.Digits(Message.Caller);
        string when = BoxMenuTexts.When(Message.ReceivedAtMs, call.Now.ToUnixTimeMilliseconds(), call.Configuration.Tenant.TimeZone, call.Language);
        menu.Say(BoxPhrase.Message, (_at + 1).ToString(CultureInfo.InvariantCulture), when, caller.Length > 0 ? caller : BoxMenuTexts.Say(BoxPhrase.Unknown, call.Language));
        menu.Say(new RecordedMedia(Message.File));
        _isPlaying = true;
        menu.Enter(BoxPlace.Message);
    }

    /// <summary>What was being played was heard to its end or left by a key: if it was new it is no longer, and then it goes on with <paramref name="then"/>. False where there is nothing to be noted.</summary>
    public bool TryNoteHeard(Action then)
    {
        bool isHeard = _isPlaying && Message.State == VoicemailState.New;
        _isPlaying = false;
        if (isHeard)
        {
            Mark(VoicemailState.Read, null, then);
        }

        return isHeard;
    }

    /// <summary>Marks the message, says so, and goes on.</summary>
    public void Mark(VoicemailState state, BoxPhrase? said, Action then)
    {
        (VoicemailDesk desk, TenantScope scope, VoicemailMessage message) = (menu.Desk, menu.Scope, Message);
        menu.After(() => desk.MarkAsync(scope, message.Id, state), isThere =>
        {
            if (!isThere)
            {
                menu.Trouble("the message was tidied away meanwhile");
                return;
            }

            message.State = state;
            if (said is { } phrase)
            {
                menu.Say(phrase);
            }

            then();
        });
    }

    /// <summary>Deletes the message and goes on to the next, or brings it back as it was.</summary>
    public void DeleteOrRestore()
    {
        if (Message.State == VoicemailState.Deleted)
        {
            Mark(_before is VoicemailState.Saved ? VoicemailState.Saved : VoicemailState.Read, BoxPhrase.Restored, () => menu.Enter(BoxPlace.Message));
        }
        else
        {
            _before = Message.State;
            Mark(VoicemailState.Deleted, BoxPhrase.Deleted, () => Go(1));
        }
    }

    /// <summary>Calls whoever has left the message.</summary>
    public void CallBack()
    {
        string caller = Message.Caller;
        User? person = menu.Stage.Configuration.Users.Values.FirstOrDefault(user => !user.Disabled && caller.Length > 0 && (user.Account == caller || user.Extension == caller));
        bool isNumber = caller.Length is >= 4 and <= 16 && caller[0] == '+' && caller.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
        if (person is null && !isNumber)
        {
            OnCalledBack();
            return;
        }

        // As any ring: the rules of routes, trunks and limits hold, and another number of ours is led on to.
        menu.Note("calls the caller back");
        RingTarget target = person is null ? new RingTarget { Number = caller } : new RingTarget { User = person.Name };
        menu.Lead(ActivityCatalog.Make(new RingAction { Targets = [target], Seconds = 60 }));
    }

    /// <summary>Nobody was there.</summary>
    public void OnCalledBack()
    {
        menu.Say(BoxPhrase.NotReached);
        menu.Enter(BoxPlace.Message);
    }

    /// <summary>The number of the box that is to have the message was typed.</summary>
    public void TakeReceiver(string digits)
    {
        _forwardTo = digits;
        if (menu.Stage.Configuration.Boxes.ContainsKey(digits) && digits != menu.Box!.Box)
        {
            menu.Enter(BoxPlace.ForwardHow);
        }
        else
        {
            menu.Say(BoxPhrase.Wrong);
            menu.Enter(BoxPlace.Message);
        }
    }

    /// <summary>Puts a copy of the message there, a comment before it.</summary>
    public void Forward(RecordingInfo? comment)
    {
        (VoicemailDesk desk, TenantScope scope, VoicemailMessage message, string number, BoxTake take) = (menu.Desk, menu.Scope, Message, _forwardTo, menu.Recorder);
        menu.After(() => take.UseAsync(comment, async () => (await desk.ForwardAsync(scope, message, number, comment)).IsDone), isSent =>
        {
            menu.Say(isSent ? BoxPhrase.Sent : BoxPhrase.NotSent);
            menu.Enter(BoxPlace.Message);
        });
    }

    private void Load(Action then)
    {
        (VoicemailDesk desk, TenantScope scope, Guid box) = (menu.Desk, menu.Scope, menu.Box!.Id);
        menu.After(() => desk.ListAsync(scope, box), rows =>
        {
            _all = rows;
            then();
        });
    }
}
