using MediaCore.Numbers.Brokers;
using MediaCore.Numbers.Lookups;
using MediaCore.Numbers.Mail;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Transcription;
using MediaCore.Numbers.Webhooks;

namespace MediaCore.Numbers;

/// <summary>What the number service is started with.</summary>
public sealed record NumberServiceOptions
{
    /// <summary>The database.</summary>
    public required ServiceStoreOptions Store { get; init; }

    /// <summary>Digest realm of accounts (<c>sip.realm</c>).</summary>
    public required string Realm { get; init; }

    /// <summary>Folder of what belongs to this node and outlives it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Folder of prompts.</summary>
    public required string PromptFolder { get; init; }

    /// <summary>How menus ask web servers.</summary>
    public WebLookupOptions Lookups { get; init; } = new();

    /// <summary>Centres and programs over SMPP.</summary>
    public SmppOptions Smpp { get; init; } = new();

    /// <summary>What messages are sent by.</summary>
    public MessagingOptions Messages { get; init; } = new();

    /// <summary>The mail server of notifications; null where there is none.</summary>
    public MailOptions? Mail { get; init; }

    /// <summary>How messages are transcribed.</summary>
    public TranscriptionOptions Transcription { get; init; } = new();

    /// <summary>Folder of recordings; null where nothing is recorded, and no messages are taken.</summary>
    public string? RecordingFolder { get; init; }

    /// <summary>What webhooks may reach.</summary>
    public WebhookOptions Webhooks { get; init; } = new();

    /// <summary>The RabbitMQ that events are published to; null for none.</summary>
    public RabbitOptions? RabbitMq { get; init; }
}
