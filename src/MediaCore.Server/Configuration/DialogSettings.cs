using MediaCore.Engine;

namespace MediaCore.Server.Configuration;

/// <summary>What <c>sip</c> and each of <c>trunks</c> say about dialogs: session timers, reliable provisional responses, early media.</summary>
internal static class DialogSettings
{
    /// <summary>Section <c>sessionTimers</c>; null when it is not there. What it leaves out has its default, whatever a section above says.</summary>
    public static SessionTimerOptions? ReadSessionTimers(SectionReader parent)
    {
        SectionReader section = parent.Section("sessionTimers");
        if (!section.IsPresent)
        {
            return null;
        }

        SessionTimerOptions defaults = SessionTimerOptions.Default;
        ConfigurationText refresher = section.Text("refresher", "auto");
        SessionRefresherChoice? choice = refresher.Value.ToLowerInvariant() switch
        {
            "auto" => SessionRefresherChoice.Auto,
            "local" => SessionRefresherChoice.Local,
            "remote" => SessionRefresherChoice.Remote,
            _ => null,
        };
        if (choice is null)
        {
            section.Error(refresher, $"\"{refresher.Value}\" is not one of auto (as the peer wishes), local (we refresh) and remote (the peer does)");
        }

        SessionTimerOptions result = new()
        {
            Enabled = section.Flag("enabled", defaults.Enabled),
            Expires = TimeSpan.FromSeconds(section.Integer("expires", (long)defaults.Expires.TotalSeconds, 90, 86_400)),
            Minimum = TimeSpan.FromSeconds(section.Integer("minimum", (long)defaults.Minimum.TotalSeconds, 90, 86_400)),
            Refresher = choice ?? SessionRefresherChoice.Auto,
        };
        if (result.Minimum > result.Expires)
        {
            section.Error("minimum", "must not be above expires");
        }

        section.Finish();
        return result;
    }

    /// <summary>Key <c>reliableProvisional</c>; null when it is not there.</summary>
    public static ReliableProvisionals? ReadReliableProvisionals(SectionReader section)
    {
        if (section.OptionalText("reliableProvisional", null) is not { } text)
        {
            return null;
        }

        switch (text.Value.ToLowerInvariant())
        {
            case "off":
                return ReliableProvisionals.Off;
            case "supported":
                return ReliableProvisionals.Supported;
            case "required":
                return ReliableProvisionals.Required;
            default:
                section.Error(text, $"\"{text.Value}\" is not one of off, supported and required");
                return null;
        }
    }

    /// <summary>Key <c>earlyMedia</c>.</summary>
    public static EarlyMediaSource ReadEarlyMedia(SectionReader section)
    {
        ConfigurationText text = section.Text("earlyMedia", "latest");
        switch (text.Value.ToLowerInvariant())
        {
            case "latest":
                return EarlyMediaSource.Latest;
            case "first":
                return EarlyMediaSource.First;
            case "none":
                return EarlyMediaSource.None;
            default:
                section.Error(text, $"\"{text.Value}\" is not one of latest, first and none");
                return EarlyMediaSource.Latest;
        }
    }
}
