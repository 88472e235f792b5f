using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Storage;

namespace MediaCore.Numbers.Voicemail;

/// <summary>What an owner sets by phone: greetings, his name, the PIN.</summary>
internal sealed class BoxOptions(BoxMenuActivity menu)
{
    private string _greeting = "";
    private string _newPin = "";

    /// <summary>Goes to a greeting.</summary>
    public void Choose(string kind)
    {
        _greeting = kind;
        menu.Enter(BoxPlace.Greeting);
    }

    /// <summary>Makes what was recorded that greeting; without it the greeting goes.</summary>
    public void SetGreeting(RecordingInfo? recorded)
    {
        (VoicemailDesk desk, TenantScope scope, Guid box, string kind, string language, BoxTake take) = (menu.Desk, menu.Scope, menu.Box!.Id, _greeting, menu.Stage.Language, menu.Recorder);
        menu.After(() => take.UseAsync(recorded, async () => (await desk.SetGreetingAsync(scope, box, kind, recorded, language)).IsDone), isSet =>
        {
            menu.Say(!isSet ? BoxPhrase.Trouble : recorded is null ? BoxPhrase.Deleted : BoxPhrase.Saved);
            menu.Enter(BoxPlace.Options);
        });
    }

    /// <summary>A new PIN was typed.</summary>
    public void TakePin(string digits)
    {
        if (PinRules.Check(digits, menu.Box!.Box) is not null)
        {
            Return(BoxPhrase.BadPin);
            return;
        }

        _newPin = digits;
        menu.Enter(BoxPlace.NewPinAgain);
    }

    /// <summary>It was typed again.</summary>
    public void TakePinAgain(string again)
    {
        bool isSame = again == _newPin;
        _newPin = "";
        if (!isSame)
        {
            Return(BoxPhrase.Different);
            return;
        }

        (VoicemailDesk desk, TenantScope scope, Guid box) = (menu.Desk, menu.Scope, menu.Box!.Id);
        menu.After(() => desk.SetPinAsync(scope, box, again, new ChangeOrigin("voicemail", "voicemail.set_pin")), result => Return(result.IsDone ? BoxPhrase.Saved : BoxPhrase.BadPin));
    }

    private void Return(BoxPhrase said)
    {
        menu.Say(said);
        menu.Enter(BoxPlace.Options);
    }
}
