namespace MediaCore.Numbers.Model;

/// <summary>
/// A part of a message: what a carrier gets at once, and what its receipts are about. Its state never goes back: one that a carrier could not take yet stays <see cref="MessageState.Sending"/>, without a lease.
/// </summary>
public sealed class TextMessagePart : TenantRow, IRecordRow
{
    /// <summary>The message.</summary>
    public Guid MessageId { get; set; }

    /// <summary>Which part, from 0.</summary>
    public int Index { get; set; }

    /// <summary>Its words.</summary>
    public string Text { get; set; } = "";

    /// <summary>Number that it goes out by; the rate of sending is this number's.</summary>
    public string Number { get; set; } = "";

    /// <summary>Whom to: a number, or the account whose phones get it.</summary>
    public string To { get; set; } = "";

    /// <summary>The carrier that gets it next, or got it.</summary>
    public string Carrier { get; set; } = "";

    /// <summary>Where it is.</summary>
    public MessageState State { get; set; } = MessageState.Queued;

    /// <summary>Why it failed; null when it has not.</summary>
    public string? Error { get; set; }

    /// <summary>Times that it was handed over.</summary>
    public int Attempts { get; set; }

    /// <summary>When it is handed over next.</summary>
    public long NextAttemptAtMs { get; set; }

    /// <summary>Until when a server has it in its hands; null while none has.</summary>
    public long? LeaseUntilMs { get; set; }

    /// <summary>The carrier's identifier as it wrote it; null before its answer.</summary>
    public string? ProviderId { get; set; }

    /// <summary>The identifier as receipts are matched by it (<see cref="Messaging.ProviderIds.Fold"/>).</summary>
    public string? ProviderKey { get; set; }

    /// <summary>The same read as a hexadecimal number, in decimal; null where it is none.</summary>
    public string? ProviderKeyFromHex { get; set; }
}
