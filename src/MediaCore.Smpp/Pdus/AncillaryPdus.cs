using System.Collections.Immutable;

namespace MediaCore.Smpp.Pdus;

/// <summary>query_sm, SMPP 3.4 §4.8.1.</summary>
/// <param name="MessageId">Which message.</param>
/// <param name="Source">Its sender.</param>
public sealed record QuerySmPdu(string MessageId, SmppAddress Source) : SmppPdu(CommandId.QuerySm);

/// <summary>Its answer, §4.8.2.</summary>
/// <param name="MessageId">Which message.</param>
/// <param name="FinalDate">When it came to its end, §7.1.1; empty before.</param>
/// <param name="State">Where it is.</param>
/// <param name="ErrorCode">The network's or centre's own number.</param>
public sealed record QuerySmResponsePdu(string MessageId, string FinalDate, ShortMessageState State, byte ErrorCode) : SmppPdu(CommandId.QuerySmResponse);

/// <summary>cancel_sm, §4.9.1.</summary>
/// <param name="MessageId">Which message; empty for all of a sender to a receiver.</param>
/// <param name="Source">Its sender.</param>
/// <param name="Destination">Its receiver.</param>
public sealed record CancelSmPdu(string MessageId, SmppAddress Source, SmppAddress Destination) : SmppPdu(CommandId.CancelSm)
{
    /// <summary>Kind of the service.</summary>
    public string ServiceType { get; init; } = "";
}

/// <summary>replace_sm, §4.10.1.</summary>
/// <param name="MessageId">Which message.</param>
/// <param name="Source">Its sender.</param>
public sealed record ReplaceSmPdu(string MessageId, SmppAddress Source) : SmppPdu(CommandId.ReplaceSm)
{
    /// <summary>When to send it; empty for as before.</summary>
    public string ScheduleDeliveryTime { get; init; } = "";

    /// <summary>How long to try; empty for as before.</summary>
    public string ValidityPeriod { get; init; } = "";

    /// <summary>Which receipts are wanted.</summary>
    public byte RegisteredDelivery { get; init; }

    /// <summary>One of the centre's ready messages.</summary>
    public byte DefaultMessageId { get; init; }

    /// <summary>The new words.</summary>
    public ImmutableArray<byte> ShortMessage { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(ReplaceSmPdu? other) => base.Equals(other) && MessageId == other.MessageId && Source == other.Source && ScheduleDeliveryTime == other.ScheduleDeliveryTime
        && ValidityPeriod == other.ValidityPeriod && RegisteredDelivery == other.RegisteredDelivery && DefaultMessageId == other.DefaultMessageId
        && ShortMessage.AsSpan().SequenceEqual(other.ShortMessage.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}

/// <summary>submit_multi, §4.5.1. It is known so that it can be refused with its own answer; what it asks for is not read.</summary>
public sealed record SubmitMultiPdu() : SmppPdu(CommandId.SubmitMulti);

/// <summary>alert_notification, §4.12.1.</summary>
/// <param name="Source">The phone that can be reached again.</param>
/// <param name="Esme">The program that had a message for it.</param>
public sealed record AlertNotificationPdu(SmppAddress Source, SmppAddress Esme) : SmppPdu(CommandId.AlertNotification);
