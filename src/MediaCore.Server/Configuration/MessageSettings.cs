using MediaCore.Numbers.Messaging;

namespace MediaCore.Server.Configuration;

/// <summary>
/// Section <c>messages</c>: <c>{ "carriers": [{ "name": "provider", "url": "https://…", "tokenFile": …, "signingKeyFile": …, "inboundSecretFile": …, "window": 10, "timeoutSeconds": 15 }], "routes": [{ "prefix": "+44", "carrier": "provider", "failover": [] }],
/// "partsPerSecond": 1 }</c>. Secrets stand in files of their own, so that the configuration can be shown.
/// </summary>
internal static class MessageSettings
{
    /// <summary>A secret is a line of text; what is longer is another file.</summary>
    private const int MaxSecretChars = 4096;

    /// <summary>Names and prefixes.</summary>
    private const int MaxNameChars = 64;

    /// <summary>Reads the section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="baseFolder">What relative paths are relative to.</param>
    /// <param name="others">Carriers that are configured elsewhere.</param>
    public static MessagingOptions Read(SectionReader section, string baseFolder, params IReadOnlyCollection<string> others)
    {
        HashSet<string> names = [SipCarrier.CarrierName, .. others];
        List<HttpCarrierOptions> carriers = [];
        foreach (SectionReader one in section.Sections("carriers"))
        {
            if (ReadCarrier(one, baseFolder, names) is { } carrier)
            {
                carriers.Add(carrier);
            }
        }

        List<MessageRoute> routes = [];
        foreach (SectionReader one in section.Sections("routes"))
        {
            if (ReadRoute(one, names, routes) is { } route)
            {
                routes.Add(route);
            }
        }

        double rate = section.Number("partsPerSecond", 1, 0.01, 1_000);
        section.Finish();
        return new MessagingOptions { HttpCarriers = [.. carriers], Routes = [.. routes], PartsPerSecond = rate };
    }

    private static HttpCarrierOptions? ReadCarrier(SectionReader section, string baseFolder, HashSet<string> names)
    {
        ConfigurationText? name = section.RequiredText("name");
        ConfigurationText? url = section.RequiredText("url");
        string? token = ReadSecret(section, "tokenFile", baseFolder);
        string? key = ReadSecret(section, "signingKeyFile", baseFolder);
        string? inbound = ReadSecret(section, "inboundSecretFile", baseFolder);
        int window = (int)section.Integer("window", 10, 1, 1_000);
        TimeSpan timeout = section.Seconds("timeoutSeconds", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1), MessageLimits.AnswerTime);
        section.Finish();
        if (name is { } called && (called.Value.Length is 0 or > MaxNameChars || !called.Value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || !names.Add(called.Value)))
        {
            section.Error(called, $"\"{called.Value}\" is no name of a carrier: letters, digits, - and _, each name once, and not \"{SipCarrier.CarrierName}\"");
            return null;
        }

        if (url is not { } written || name is null)
        {
            return null;
        }

        if (!Uri.TryCreate(written.Value, UriKind.Absolute, out Uri? target) || target.Scheme is not ("https" or "http"))
        {
            section.Error(written, "must be an address over https, as https://provider.example/messages");
            return null;
        }

        if (target.Scheme == "http" && !target.IsLoopback)
        {
            section.Error(written, "messages would cross the network for all to read; write https://, or reach it over loopback");
            return null;
        }

        return new HttpCarrierOptions { Name = name.Value.Value, Url = target, Token = token, SigningKey = key, InboundSecret = inbound, Window = window, Timeout = timeout };
    }

    private static MessageRoute? ReadRoute(SectionReader section, HashSet<string> names, List<MessageRoute> routes)
    {
        ConfigurationText prefix = section.Text("prefix", "+");
        ConfigurationText? carrier = section.RequiredText("carrier");
        IReadOnlyList<ConfigurationText> failover = section.Texts("failover");
        section.Finish();
        bool isGood = true;
        if (prefix.Value is not ['+', ..] || prefix.Value.Length > 16 || prefix.Value.AsSpan(1).ContainsAnyExceptInRange('0', '9') || routes.Exists(route => route.Prefix == prefix.Value))
        {
            section.Error(prefix, $"\"{prefix.Value}\" is no beginning of numbers: write + and digits, as +44, each once; + alone is all");
            isGood = false;
        }

        foreach (ConfigurationText one in carrier is { } first ? [first, .. failover] : failover)
        {
            if (one.Value == SipCarrier.CarrierName || !names.Contains(one.Value))
            {
                string hint = KeySuggestion.Find(one.Value, names) is { } near ? $"; did you mean \"{near}\"?" : "";
                section.Error(one, $"there is no carrier \"{one.Value}\" in messages.carriers{hint}");
                isGood = false;
            }
        }

        return isGood && carrier is { } known ? new MessageRoute(prefix.Value, [known.Value, .. failover.Select(static one => one.Value)]) : null;
    }

    private static string? ReadSecret(SectionReader section, string name, string baseFolder)
    {
        if (section.OptionalText(name, null) is not { } text)
        {
            return null;
        }

        string file = Path.GetFullPath(text.Value, baseFolder);
        try
        {
            string secret = File.ReadAllText(file).Trim();
            if (secret.Length is >= 16 and <= MaxSecretChars && secret.All(static c => c is >= '!' and <= '~'))
            {
                return secret;
            }

            section.Error(text, $"'{file}' holds no secret: it has one line of 16 to {MaxSecretChars} visible characters");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            section.Error(text, $"the secret cannot be read: {e.Message}");
        }

        return null;
    }
}
