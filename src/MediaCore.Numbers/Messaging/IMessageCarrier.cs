namespace MediaCore.Numbers.Messaging;

/// <summary>A way by which messages leave: a centre over SMPP, a provider over HTTP, phones over SIP.</summary>
public interface IMessageCarrier
{
    /// <summary>Its name in the configuration; with it, the identifiers that it gives are unique.</summary>
    string Name { get; }

    /// <summary>Parts that may be under way at once; the sender waits with more.</summary>
    int Window { get; }

    /// <summary>Hands one part over and waits for the answer. Throws nothing but for cancellation: a line that is down is <see cref="CarrierStatus.Later"/>.</summary>
    Task<CarrierAnswer> SendAsync(MessagePart part, CancellationToken cancellationToken = default);
}

/// <summary>What became of handing a part over.</summary>
public enum CarrierStatus
{
    /// <summary>The carrier has it.</summary>
    Accepted,

    /// <summary>Not now: the line is down, the centre throttles. The same part is sent again later.</summary>
    Later,

    /// <summary>Refused for good.</summary>
    Refused,
}

/// <summary>A carrier's answer.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="ProviderId">The identifier that receipts will name; null where the carrier gives none.</param>
/// <param name="Error">The carrier's own word for what went wrong, as <c>ESME_RINVDSTADR</c>; null where nothing did.</param>
public sealed record CarrierAnswer(CarrierStatus Status, string? ProviderId = null, string? Error = null)
{
    /// <summary>When to try again; null for the sender's own choice.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The receiver has it already, as a phone that has answered 200: no receipt will come.</summary>
    public bool IsDelivered { get; init; }
}

/// <summary>One part of a message as it is handed over.</summary>
/// <param name="MessageId">Row of the message.</param>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">How many there are.</param>
/// <param name="From">Sender, E.164 or a name.</param>
/// <param name="To">Receiver, E.164 or an account.</param>
/// <param name="Text">The words of this part; a surrogate pair or an escaped character is never cut.</param>
public sealed record MessagePart(Guid MessageId, int Index, int Count, string From, string To, string Text)
{
    /// <summary>The same for all parts of one message, and another for the next one to the same receiver (concatenation, 3GPP TS 23.040 §9.2.3.24.1).</summary>
    public byte Reference { get; init; }

    /// <summary>Whether the words have to go as UCS-2; GSM 7 bit otherwise.</summary>
    public bool IsUcs2 { get; init; }

    /// <summary>How long it may be kept trying; null for the carrier's own time.</summary>
    public TimeSpan? Validity { get; init; }

    /// <summary>Files of an MMS: addresses over HTTP with their types.</summary>
    public IReadOnlyList<MessageMedia> Media { get; init; } = [];
}

/// <summary>A file of an MMS.</summary>
/// <param name="Type">MIME type.</param>
/// <param name="Uri">Where it is.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="Sha256">Its checksum, hexadecimal; null where it is not known.</param>
public sealed record MessageMedia(string Type, Uri Uri, long Bytes, string? Sha256 = null);
