using MediaCore.Engine.Subscriptions;

namespace MediaCore.Server.Configuration;

/// <summary>What <c>sip.subscriptions</c> says.</summary>
/// <param name="Dialogs">Whose calls an account may subscribe to.</param>
/// <param name="Messages">Which phones are told of waiting messages.</param>
public sealed record SubscriptionSettings(DialogSubscriptions Dialogs, MessageNotifications Messages)
{
    /// <summary>Reads the section; an error and the default for a word that is none.</summary>
    internal static SubscriptionSettings Read(SectionReader section, SubscriptionSettings defaults)
    {
        DialogSubscriptions dialogs = defaults.Dialogs;
        if (section.OptionalText("dialog", null) is { } text)
        {
            switch (text.Value)
            {
                case "own":
                    dialogs = DialogSubscriptions.Own;
                    break;
                case "all":
                    dialogs = DialogSubscriptions.All;
                    break;
                default:
                    section.Error(text, $"\"{text.Value}\" is neither \"own\" (an account may watch its own calls) nor \"all\" (and those of every other account)");
                    break;
            }
        }

        MessageNotifications messages = defaults.Messages;
        if (section.OptionalText("messages", null) is { } whom)
        {
            switch (whom.Value)
            {
                case "subscribers":
                    messages = MessageNotifications.Subscribers;
                    break;
                case "phones":
                    messages = MessageNotifications.Phones;
                    break;
                default:
                    section.Error(whom, $"\"{whom.Value}\" is neither \"subscribers\" (phones that subscribe are told of waiting messages) nor \"phones\" (and those that have only registered)");
                    break;
            }
        }

        section.Finish();
        return new SubscriptionSettings(dialogs, messages);
    }
}
