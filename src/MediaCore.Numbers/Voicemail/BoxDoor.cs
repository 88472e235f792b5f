using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Voicemail;

/// <summary>Lets owners into their boxes: by the number of the box and its PIN, by the PIN alone from a phone of the owner, or without one where the box trusts that phone.</summary>
/// <param name="menu">The menu.</param>
/// <param name="named">The box that the call is for; null where it is asked for.</param>
internal sealed class BoxDoor(BoxMenuActivity menu, string? named)
{
    private string _number = "";
    private int _wrongPins;

    /// <summary>Finds out whose phone calls, and asks for what is missing.</summary>
    public void SignIn()
    {
        ICallStage call = menu.Stage;
        VoicemailBox? own = call.Facts.Account is { Length: > 0 } account
            ? call.Configuration.Boxes.Values.Where(box => IsOwned(box, account)).OrderBy(static box => box.Box, StringComparer.Ordinal).FirstOrDefault(box => named is null || box.Box == named)
            : null;
        VoicemailBox? known = own ?? (named is null ? null : call.Configuration.Boxes[named]);
        _number = known?.Box ?? "";
        if (known is not null && call.Configuration.Parsed(known, VoicemailSettings.Of).Language is { } language)
        {
            call.Language = language;
        }

        if (own is not null && call.Configuration.Parsed(own, VoicemailSettings.Of).TrustOwnerPhones)
        {
            VoicemailDesk desk = menu.Desk;
            TenantScope scope = menu.Scope;
            menu.After(() => desk.OpenAsync(scope, own.Id), OnSignedIn);
        }
        else
        {
            menu.Enter(known is null ? BoxPlace.Number : BoxPlace.Pin);
        }
    }

    /// <summary>The number of a box was typed.</summary>
    public void TakeNumber(string digits)
    {
        _number = digits;
        menu.Enter(BoxPlace.Pin);
    }

    /// <summary>A PIN was typed.</summary>
    public void TakePin(string digits)
    {
        (VoicemailDesk desk, TenantScope scope, string number) = (menu.Desk, menu.Scope, _number);
        menu.After(() => desk.SignInAsync(scope, number, digits), OnSignedIn);
    }

    private bool IsOwned(VoicemailBox box, string account)
        => box.UserId is { } owner && menu.Stage.Configuration.Users.Values.Any(user => user.Id == owner && !user.Disabled && user.Account == account);

    private void OnSignedIn(BoxSignIn signedIn)
    {
        switch (signedIn)
        {
            case { Entry: BoxEntry.Open, Box: { } box }:
                menu.Note("signed in");
                menu.Box = box;
                if (VoicemailSettings.Of(box).Language is { } language)
                {
                    menu.Stage.Language = language;
                }

                menu.Inbox.Count();
                break;
            case { Entry: BoxEntry.Locked }:
                menu.Say(BoxPhrase.Locked);
                menu.End(new ActivityResult(ActivityOutcome.Rejected, "the box is locked"));
                break;
            case { Entry: BoxEntry.NoPin }:
                menu.Say(BoxPhrase.NoPin);
                menu.End(new ActivityResult(ActivityOutcome.Rejected, "the box has no PIN"));
                break;
            default:
                menu.Say(BoxPhrase.Wrong);
                if (++_wrongPins >= VoicemailLimits.MaxTries)
                {
                    menu.End(new ActivityResult(ActivityOutcome.Rejected, "wrong PINs"));
                }
                else
                {
                    // The number was right, or whoever guesses learns nothing of it.
                    menu.Enter(BoxPlace.Pin);
                }

                break;
        }
    }
}
