using System.Text.Json;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Notifications;

namespace MediaCore.Numbers.Voicemail;

/// <summary>What the settings document of a box says (<see cref="VoicemailBox.Settings"/>); its schema is <see cref="VoicemailSchema"/>.</summary>
public sealed record VoicemailSettings
{
    /// <summary>A box without any.</summary>
    public static VoicemailSettings None { get; } = new();

    /// <summary>Greeting of who was not answered, and of the others where they have none of their own; null for a text of ours.</summary>
    public PromptChoice? Unavailable { get; init; }

    /// <summary>Greeting of who found it busy.</summary>
    public PromptChoice? Busy { get; init; }

    /// <summary>Greeting of who came when it was closed.</summary>
    public PromptChoice? Closed { get; init; }

    /// <summary>Greeting in place of all others while it is there.</summary>
    public PromptChoice? Temporary { get; init; }

    /// <summary>The owner's name as he says it, before a greeting of ours; null where none was recorded.</summary>
    public PromptChoice? Name { get; init; }

    /// <summary>Language that is spoken with its owner, spoken to it and written to its receivers, RFC 5646; null for that of the call, and for the tenant's where there is none.</summary>
    public string? Language { get; init; }

    /// <summary>Accounts whose lamps show the messages of the box, beside the owner's.</summary>
    public IReadOnlyList<string> Lamps { get; init; } = [];

    /// <summary>Whether a registered phone of the owner gets in without a PIN.</summary>
    public bool TrustOwnerPhones { get; init; }

    /// <summary>Whether a caller who ends the message by <c>#</c> may listen to it, record it again and mark it urgent before it is kept.</summary>
    public bool Review { get; init; }

    /// <summary>What key 0 leads to during the greeting; null where it does nothing but skip it.</summary>
    public CallAction? Operator { get; init; }

    /// <summary>Who is told of messages.</summary>
    public NotificationSettings Notify { get; init; } = NotificationSettings.None;

    /// <summary>The greetings for a reason, the better ones first; none where ours is spoken.</summary>
    public IEnumerable<PromptChoice> Greetings(GreetingReason reason)
    {
        PromptChoice? own = reason switch { GreetingReason.Busy => Busy, GreetingReason.Closed => Closed, _ => null };
        return new[] { Temporary, own, Unavailable }.OfType<PromptChoice>();
    }

    /// <summary>Reads a document; null, with all that is wrong, where it is not right.</summary>
    public static VoicemailSettings? Parse(string json, DocumentErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        int before = errors.All.Count;
        if (DocumentObject.Parse(json, errors) is not { } document)
        {
            return null;
        }

        _ = document.Any("$schema");
        VoicemailSettings settings = document.Object("greetings") is { } greetings ? ReadGreetings(greetings) : None;
        if (document.Any("operator") is { } action)
        {
            settings = settings with { Operator = ActionReader.Read(action, document.At("operator"), errors) };
        }

        if (document.Object("notify") is { } notify)
        {
            settings = settings with { Notify = NotificationSettings.Read(notify) };
        }

        settings = settings with { Language = document.Text("language", ActionReader.MaxNameCharacters), TrustOwnerPhones = document.Flag("trustOwnerPhones", false), Review = document.Flag("review", false), Lamps = ActionReader.Texts(document, "lamps", 0, VoicemailLimits.MaxLamps) };
        document.Finish();
        return errors.All.Count == before ? settings : null;
    }

    /// <summary>That of a box.</summary>
    internal static VoicemailSettings Of(Row box) => Parse(((VoicemailBox)box).Settings, new DocumentErrors()) ?? None;

    private static VoicemailSettings ReadGreetings(DocumentObject greetings)
    {
        PromptChoice? Read(string name) => greetings.Any(name) is JsonElement element ? ActionReader.ReadPrompt(element, greetings.At(name), greetings.Errors) : null;
        var settings = new VoicemailSettings { Unavailable = Read("unavailable"), Busy = Read("busy"), Closed = Read("closed"), Temporary = Read("temporary"), Name = Read("name") };
        greetings.Finish();
        return settings;
    }
}
