namespace MediaCore.Numbers.Model;

/// <summary>How a webhook fares, and which node works for it. Apart from its settings, which are audited and which people change.</summary>
public sealed class WebhookProgress : TenantRow, IRecordRow
{
    /// <summary>The webhook.</summary>
    public Guid EndpointId { get; set; }

    /// <summary>Attempts in a row that have failed.</summary>
    public int Failures { get; set; }

    /// <summary>Since when every attempt has failed; null while the last one was a success.</summary>
    public long? FailingSinceMs { get; set; }

    /// <summary>Before this it is left in peace.</summary>
    public long RestUntilMs { get; set; }

    /// <summary>The node that works for it; empty for none.</summary>
    public string Owner { get; set; } = "";

    /// <summary>Until when no other node does.</summary>
    public long LeaseUntilMs { get; set; }
}
