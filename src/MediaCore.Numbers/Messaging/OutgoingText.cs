using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Messaging;

/// <summary>A text message that a tenant wants sent.</summary>
/// <param name="From">A number of the tenant's own, E.164; empty for the tenant's first that may send.</param>
/// <param name="To">Whom to: a number, E.164, or an account or user of the tenant, whose phones get it over SIP.</param>
/// <param name="Text">The words.</param>
public sealed record OutgoingText(string From, string To, string Text)
{
    /// <summary>SMS or MMS.</summary>
    public MessageChannel Channel { get; init; }

    /// <summary>When it is to be sent; null for at once.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>How long it is worth sending; null for the usual time.</summary>
    public TimeSpan? Validity { get; init; }

    /// <summary>A key of the sender's: the same key makes no second message. Null for none.</summary>
    public string? Key { get; init; }

    /// <summary>Files of an MMS: addresses that the carrier fetches.</summary>
    public IReadOnlyList<MessageMedia> Media { get; init; } = [];
}
