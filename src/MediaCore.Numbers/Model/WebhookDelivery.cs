namespace MediaCore.Numbers.Model;

/// <summary>How far a delivery is.</summary>
public enum WebhookDeliveryState : byte
{
    /// <summary>Waits for its first or next attempt.</summary>
    Pending,

    /// <summary>The server has answered 2xx.</summary>
    Delivered,

    /// <summary>Given up.</summary>
    Failed,
}

/// <summary>One event for one webhook, with its last attempt. Unique for the two, so no event becomes two deliveries.</summary>
public sealed class WebhookDelivery : TenantRow, IRecordRow
{
    /// <summary>The webhook.</summary>
    public Guid EndpointId { get; set; }

    /// <summary>The event; <c>webhook-id</c>.</summary>
    public Guid EventId { get; set; }

    /// <summary>The event's <see cref="ServiceEvent.Number"/>.</summary>
    public long Number { get; set; }

    /// <summary>The event's type.</summary>
    public string Type { get; set; } = "";

    /// <summary>The event's subject.</summary>
    public string Subject { get; set; } = "";

    /// <summary>Pending, delivered, failed.</summary>
    public WebhookDeliveryState State { get; set; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>When the next attempt is due, milliseconds of Unix time.</summary>
    public long NextAtMs { get; set; }

    /// <summary>When the last attempt ended; 0 before the first.</summary>
    public long LastAtMs { get; set; }

    /// <summary>HTTP status of the last attempt; 0 for none.</summary>
    public int Status { get; set; }

    /// <summary>How long the last attempt took.</summary>
    public int LatencyMs { get; set; }

    /// <summary>SHA-256 of the body that was sent, lower-case hexadecimal; empty before the first attempt.</summary>
    public string BodyHash { get; set; } = "";

    /// <summary>What went wrong with the last attempt; empty for nothing.</summary>
    public string Problem { get; set; } = "";

    /// <summary>The beginning of what the server said.</summary>
    public string Response { get; set; } = "";
}
