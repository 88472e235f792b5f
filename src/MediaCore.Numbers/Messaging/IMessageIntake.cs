using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Messaging;

/// <summary>Where carriers bring what comes in.</summary>
public interface IMessageIntake
{
    /// <summary>Takes a message that came in; when this has returned <see cref="IntakeStatus.Taken"/> it is on the disk, and the carrier may be told so.</summary>
    Task<IntakeStatus> ReceiveAsync(IncomingText message, CancellationToken cancellationToken = default);

    /// <summary>Takes what a carrier tells of a message that was sent. One whose identifier nobody knows yet is kept for a minute: a receipt may overtake the answer that names it.</summary>
    Task<IntakeStatus> ReceiveAsync(DeliveryReceipt receipt, CancellationToken cancellationToken = default);
}

/// <summary>What became of what came in.</summary>
public enum IntakeStatus
{
    /// <summary>It is stored.</summary>
    Taken,

    /// <summary>The number is nobody's, or takes no messages: refuse it for good.</summary>
    Unknown,

    /// <summary>Not now (the database is down, too many): the carrier is to bring it again.</summary>
    Later,
}

/// <summary>A message, whole, that came in.</summary>
/// <param name="Carrier">Which carrier brought it.</param>
/// <param name="From">Sender, as the carrier writes it.</param>
/// <param name="To">Number of ours, as the carrier writes it.</param>
/// <param name="Text">The words.</param>
public sealed record IncomingText(string Carrier, string From, string To, string Text)
{
    /// <summary>SMS or MMS.</summary>
    public MessageChannel Channel { get; init; }

    /// <summary>Why a message with these files is not taken, whoever it is for: their kinds, how many or how large they are, their addresses; null where it is.</summary>
    public static string? FindRefused(IReadOnlyList<MessageMedia> media) => MessageRules.CheckMedia(media);

    /// <summary>The carrier's identifier; what comes twice with the same is stored once. Null where there is none.</summary>
    public string? ProviderId { get; init; }

    /// <summary>Parts it came in.</summary>
    public int Segments { get; init; } = 1;

    /// <summary>Files of an MMS.</summary>
    public IReadOnlyList<MessageMedia> Media { get; init; } = [];
}

/// <summary>What a carrier tells of a part that it has taken.</summary>
/// <param name="Carrier">Which carrier.</param>
/// <param name="ProviderId">The identifier, in whatever form the centre writes it: decimal or hexadecimal, with or without leading zeros.</param>
/// <param name="State">What is known now.</param>
/// <param name="Error">The centre's own word for what went wrong; null where nothing did.</param>
public sealed record DeliveryReceipt(string Carrier, string ProviderId, MessageState State, string? Error = null);
