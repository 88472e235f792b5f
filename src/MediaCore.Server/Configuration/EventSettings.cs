using MediaCore.Numbers.Brokers;
using MediaCore.Numbers.Webhooks;

namespace MediaCore.Server.Configuration;

/// <summary>Sections <c>webhooks</c> and <c>events</c>: how programs are told of what happens.</summary>
/// <param name="Webhooks">What webhooks may reach.</param>
/// <param name="RabbitMq"><c>events.rabbitmq</c>; null for none.</param>
internal sealed record EventSettings(WebhookOptions Webhooks, RabbitOptions? RabbitMq)
{
    /// <summary>A short text of AMQP 0-9-1 has at most 255 bytes.</summary>
    private const int MaxExchangeBytes = 127;

    /// <summary>Reads both sections; without the number service they have no meaning.</summary>
    public static EventSettings Read(SectionReader root, string baseFolder, bool hasNumbers)
    {
        SectionReader webhooks = root.Section("webhooks");
        WebhookOptions options = new() { AllowedNetworks = ServerSettingsReader.ReadNetworks(webhooks, "allowNetworks"), AllowHttp = webhooks.Flag("allowHttp", false) };
        webhooks.Finish();
        SectionReader events = root.Section("events");
        RabbitOptions? rabbit = ReadRabbit(events.Section("rabbitmq"), baseFolder);
        events.Finish();
        foreach (string name in (ReadOnlySpan<string>)["webhooks", "events"])
        {
            if (!hasNumbers && root.Has(name))
            {
                root.Error(name, "has no meaning while numbers.enabled is false");
            }
        }

        return new EventSettings(options, rabbit);
    }

    private static RabbitOptions? ReadRabbit(SectionReader section, string baseFolder)
    {
        if (!section.IsPresent)
        {
            return null;
        }

        ConfigurationText? uri = section.RequiredText("uri");
        ConfigurationText? user = section.RequiredText("user");
        string? password = TrunkCredentialSettings.ReadPassword(section, baseFolder, allowsLiteral: false);
        ConfigurationText exchange = section.Text("exchange", "mediacore.events");
        bool allowsPlaintext = section.Flag("allowPlaintext", false);
        section.Finish();
        if (exchange.Value.Length > MaxExchangeBytes || !exchange.Value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':') || exchange.Value.StartsWith("amq.", StringComparison.Ordinal))
        {
            section.Error(exchange, $"must be the name of an exchange: 1 to {MaxExchangeBytes} letters, digits and . - _ :, not beginning with amq., which the broker keeps for itself");
        }

        if (uri is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text.Value, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("amqp" or "amqps") || parsed.Host.Length == 0)
        {
            section.Error(text, "must be an address such as amqps://broker.example.com:5671/virtual-host");
            return null;
        }

        if (parsed.UserInfo.Length > 0)
        {
            // Not shown: a password may be in it.
            section.Error("uri", "must have no user and password in it; use user, and passwordFile or passwordVariable");
            return null;
        }

        if (parsed.Scheme == "amqp" && !parsed.IsLoopback && !allowsPlaintext)
        {
            section.Error(text, "would send the password and what is told unencrypted; use amqps, or set allowPlaintext where the network is trusted");
            return null;
        }

        return user is null || password is null ? null : new RabbitOptions(parsed, user.Value.Value, password, exchange.Value);
    }
}
