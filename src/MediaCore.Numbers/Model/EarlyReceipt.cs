namespace MediaCore.Numbers.Model;

/// <summary>A receipt whose part nobody knows yet: it may have overtaken the carrier's answer. A row of the platform's, kept for <see cref="Messaging.MessageLimits.ReceiptPatience"/>.</summary>
public sealed class EarlyReceipt : TenantRow, IRecordRow
{
    /// <summary>Which carrier.</summary>
    public string Carrier { get; set; } = "";

    /// <summary>The identifier as the receipt has it.</summary>
    public string ProviderId { get; set; } = "";

    /// <summary>What it says.</summary>
    public MessageState State { get; set; }

    /// <summary>The centre's word for what went wrong; null where nothing did.</summary>
    public string? Error { get; set; }
}
