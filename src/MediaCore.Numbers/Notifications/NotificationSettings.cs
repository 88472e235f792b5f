using System.Collections.Frozen;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Mail;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Notifications;

/// <summary>Who is told of a box's messages (<c>notify</c> of its settings).</summary>
public sealed record NotificationSettings
{
    /// <summary>Nobody.</summary>
    public static NotificationSettings None { get; } = new();

    private static readonly FrozenDictionary<string, NotificationSound> s_sounds = new Dictionary<string, NotificationSound>(StringComparer.Ordinal)
    {
        ["none"] = NotificationSound.None,
        ["attach"] = NotificationSound.Attach,
        ["link"] = NotificationSound.Link,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Mail addresses; at most <see cref="ActionReader.MaxList"/>.</summary>
    public IReadOnlyList<string> Mail { get; init; } = [];

    /// <summary>What goes with a mail.</summary>
    public NotificationSound Sound { get; init; }

    /// <summary>Numbers and accounts that get a text message; at most <see cref="ActionReader.MaxList"/>.</summary>
    public IReadOnlyList<string> Text { get; init; } = [];

    internal static NotificationSettings Read(DocumentObject read)
    {
        var settings = new NotificationSettings
        {
            Mail = ActionReader.Texts(read, "mail", 0, ActionReader.MaxList),
            Sound = ActionReader.Word(read, "attach", s_sounds, NotificationSound.None),
            Text = ActionReader.Texts(read, "text", 0, ActionReader.MaxList),
        };
        CheckAddresses(read, "mail", settings.Mail);
        foreach (string receiver in settings.Text.Where(static receiver => receiver.Length > MailLimits.MaxAddressCharacters || receiver.Any(static c => char.IsControl(c) || c == ' ')))
        {
            read.Error("text", $"\"{receiver}\" is neither a number such as +12025550100 nor an account");
        }

        read.Finish();
        return settings;
    }

    /// <summary>Says which texts of a member are no mail addresses.</summary>
    internal static void CheckAddresses(DocumentObject read, string name, IReadOnlyList<string> addresses)
    {
        foreach (string address in addresses.Where(static address => !MailAddresses.IsAddress(address)))
        {
            read.Error(name, $"\"{address}\" is no mail address such as ann@example.org");
        }
    }
}
