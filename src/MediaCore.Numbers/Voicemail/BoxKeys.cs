using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Voicemail;

/// <summary>
/// What is said and what each key does at each place of a box's menu, after Asterisk's mailbox where that has the same:
/// <list type="bullet">
/// <item>main: 1 new messages, 2 saved ones, 0 settings, # ends;</item>
/// <item>message: 3 call back, 4 previous, 5 repeat, 6 next, 7 delete or bring back, 8 forward, 9 save, # main menu;</item>
/// <item>settings: 1 greeting unavailable, 2 busy, 3 name, 4 temporary, 6 closed (each: 1 record, 2 erase, * back), 5 PIN, * main menu;</item>
/// <item>after recording: 1 keep, 2 listen, 3 again, * cancel.</item>
/// </list>
/// </summary>
internal static class BoxKeys
{
    private static readonly FrozenDictionary<(BoxPlace, char), Action<BoxMenuActivity>> s_keys = new Dictionary<(BoxPlace, char), Action<BoxMenuActivity>>
    {
        [(BoxPlace.Main, '1')] = static menu => menu.Inbox.Open(isNew: true),
        [(BoxPlace.Main, '2')] = static menu => menu.Inbox.Open(isNew: false),
        [(BoxPlace.Main, '0')] = static menu => menu.Enter(BoxPlace.Options),
        [(BoxPlace.Main, '*')] = static menu => menu.Enter(BoxPlace.Main),
        [(BoxPlace.Main, '#')] = static menu => menu.End(new ActivityResult(ActivityOutcome.Completed, "#")),
        [(BoxPlace.Message, '3')] = static menu => menu.Inbox.CallBack(),
        [(BoxPlace.Message, '4')] = static menu => menu.Inbox.Go(-1),
        [(BoxPlace.Message, '5')] = static menu => menu.Inbox.Play(),
        [(BoxPlace.Message, '6')] = static menu => menu.Inbox.Go(1),
        [(BoxPlace.Message, '7')] = static menu => menu.Inbox.DeleteOrRestore(),
        [(BoxPlace.Message, '8')] = static menu => menu.Enter(BoxPlace.ForwardTo),
        [(BoxPlace.Message, '9')] = static menu => menu.Inbox.Mark(VoicemailState.Saved, BoxPhrase.Saved, () => menu.Inbox.Go(1)),
        [(BoxPlace.Message, '*')] = static menu => menu.Enter(BoxPlace.Message),
        [(BoxPlace.Message, '#')] = static menu => menu.Enter(BoxPlace.Main),
        [(BoxPlace.ForwardHow, '1')] = static menu => menu.Recorder.Record(menu.Inbox.Forward, BoxPlace.Message),
        [(BoxPlace.ForwardHow, '2')] = static menu => menu.Inbox.Forward(null),
        [(BoxPlace.ForwardHow, '*')] = static menu => menu.Enter(BoxPlace.Message),
        [(BoxPlace.Options, '1')] = static menu => menu.Options.Choose("unavailable"),
        [(BoxPlace.Options, '2')] = static menu => menu.Options.Choose("busy"),
        [(BoxPlace.Options, '3')] = static menu => menu.Options.Choose("name"),
        [(BoxPlace.Options, '4')] = static menu => menu.Options.Choose("temporary"),
        [(BoxPlace.Options, '5')] = static menu => menu.Enter(BoxPlace.NewPin),
        [(BoxPlace.Options, '6')] = static menu => menu.Options.Choose("closed"),
        [(BoxPlace.Options, '*')] = static menu => menu.Enter(BoxPlace.Main),
        [(BoxPlace.Greeting, '1')] = static menu => menu.Recorder.Record(menu.Options.SetGreeting, BoxPlace.Options),
        [(BoxPlace.Greeting, '2')] = static menu => menu.Options.SetGreeting(null),
        [(BoxPlace.Greeting, '*')] = static menu => menu.Enter(BoxPlace.Options),
        [(BoxPlace.Review, '1')] = static menu => menu.Recorder.Keep(),
        [(BoxPlace.Review, '2')] = static menu => menu.Recorder.Play(),
        [(BoxPlace.Review, '3')] = static menu => menu.Recorder.RecordAgain(),
        [(BoxPlace.Review, '*')] = static menu => menu.Recorder.Cancel(),
    }.ToFrozenDictionary();

    /// <summary>What a key does; false for one that means nothing there.</summary>
    public static bool TryFind(BoxPlace place, char key, [NotNullWhen(true)] out Action<BoxMenuActivity>? act) => s_keys.TryGetValue((place, key), out act);

    /// <summary>Whether a number is typed at a place, ended by #, in place of one key.</summary>
    public static bool IsTyped(BoxPlace place) => place is BoxPlace.Number or BoxPlace.Pin or BoxPlace.ForwardTo or BoxPlace.NewPin or BoxPlace.NewPinAgain;

    /// <summary>Whether what is typed at a place is nobody's to see.</summary>
    public static bool IsSecret(BoxPlace place) => place is BoxPlace.Pin or BoxPlace.NewPin or BoxPlace.NewPinAgain;

    /// <summary>What is said at a place.</summary>
    public static BoxPhrase PhraseOf(BoxPlace place) => place switch
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
}
