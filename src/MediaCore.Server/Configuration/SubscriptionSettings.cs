using MediaCore.Engine.Subscriptions;

namespace MediaCore.Server.Configuration;

/// <summary>Reads <c>sip.subscriptions</c>.</summary>
internal static class SubscriptionSettings
{
    /// <summary>Whose calls an account may subscribe to; an error and the fallback for a word that is neither.</summary>
    public static DialogSubscriptions Read(SectionReader section, DialogSubscriptions fallback)
    {
        DialogSubscriptions result = fallback;
        if (section.OptionalText("dialog", null) is { } text)
        {
            switch (text.Value)
            {
                case "own":
                    result = DialogSubscriptions.Own;
                    break;
                case "all":
                    result = DialogSubscriptions.All;
                    break;
                default:
                    section.Error(text, $"\"{text.Value}\" is neither \"own\" (an account may watch its own calls) nor \"all\" (and those of every other account)");
                    break;
            }
        }

        section.Finish();
        return result;
    }
}
