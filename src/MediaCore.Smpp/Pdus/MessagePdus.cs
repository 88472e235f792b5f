using System.Collections.Immutable;

namespace MediaCore.Smpp.Pdus;

/// <summary>submit_sm and deliver_sm, which have the same fields, SMPP 3.4 §4.4.1 and §4.6.1.</summary>
/// <param name="Command">Which of the two.</param>
/// <param name="Source">Sender.</param>
/// <param name="Destination">Receiver.</param>
public sealed record ShortMessagePdu(CommandId Command, SmppAddress Source, SmppAddress Destination) : SmppPdu(Command)
{
    /// <summary>Kind of the service, up to 5 characters.</summary>
    public string ServiceType { get; init; } = "";

    /// <summary>Mode and kind of the message, §5.2.12.</summary>
    public EsmClass EsmClass { get; init; }

    /// <summary>GSM's TP-PID.</summary>
    public byte ProtocolId { get; init; }

    /// <summary>0 to 3.</summary>
    public byte Priority { get; init; }

    /// <summary>When to send it, §7.1.1; empty for at once.</summary>
    public string ScheduleDeliveryTime { get; init; } = "";

    /// <summary>How long to try, §7.1.1; empty for the centre's own time.</summary>
    public string ValidityPeriod { get; init; } = "";

    /// <summary>Which receipts are wanted, §5.2.17.</summary>
    public byte RegisteredDelivery { get; init; }

    /// <summary>1 to take the place of an earlier message.</summary>
    public byte ReplaceIfPresent { get; init; }

    /// <summary>Coding of the words, §5.2.19.</summary>
    public byte DataCoding { get; init; }

    /// <summary>One of the centre's ready messages.</summary>
    public byte DefaultMessageId { get; init; }

    /// <summary>Up to 254 octets; empty where message_payload has the words.</summary>
    public ImmutableArray<byte> ShortMessage { get; init; } = [];

    /// <summary>The octets of the message, from <c>short_message</c> or, where that is empty, from <c>message_payload</c>.</summary>
    public ImmutableArray<byte> UserData => ShortMessage.IsEmpty && Find(SmppTag.MessagePayload) is { } payload ? payload.Value : ShortMessage;

    /// <inheritdoc/>
    public bool Equals(ShortMessagePdu? other) => base.Equals(other) && Source == other.Source && Destination == other.Destination && ServiceType == other.ServiceType && EsmClass == other.EsmClass
        && ProtocolId == other.ProtocolId && Priority == other.Priority && ScheduleDeliveryTime == other.ScheduleDeliveryTime && ValidityPeriod == other.ValidityPeriod
        && RegisteredDelivery == other.RegisteredDelivery && ReplaceIfPresent == other.ReplaceIfPresent && DataCoding == other.DataCoding && DefaultMessageId == other.DefaultMessageId
        && ShortMessage.AsSpan().SequenceEqual(other.ShortMessage.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>data_sm, §4.7.1: the words are in message_payload.</summary>
/// <param name="Source">Sender.</param>
/// <param name="Destination">Receiver.</param>
public sealed record DataSmPdu(SmppAddress Source, SmppAddress Destination) : SmppPdu(CommandId.DataSm)
{
    /// <summary>Kind of the service.</summary>
    public string ServiceType { get; init; } = "";

    /// <summary>Mode and kind of the message.</summary>
    public EsmClass EsmClass { get; init; }

    /// <summary>Which receipts are wanted.</summary>
    public byte RegisteredDelivery { get; init; }

    /// <summary>Coding of the words.</summary>
    public byte DataCoding { get; init; }

    /// <summary>The same message as submit_sm or deliver_sm has it.</summary>
    /// <param name="command">Which of the two.</param>
    public ShortMessagePdu ToShortMessage(CommandId command) => new(command, Source, Destination)
    {
        Sequence = Sequence, ServiceType = ServiceType, EsmClass = EsmClass, RegisteredDelivery = RegisteredDelivery, DataCoding = DataCoding, Tlvs = Tlvs,
    };
}

/// <summary>The answer to submit_sm, deliver_sm and data_sm, §4.4.2, §4.6.2, §4.7.2.</summary>
/// <param name="Command">Which of them.</param>
/// <param name="MessageId">The centre's identifier; empty in the answer to deliver_sm.</param>
public sealed record MessageResponsePdu(CommandId Command, string MessageId) : SmppPdu(Command);
