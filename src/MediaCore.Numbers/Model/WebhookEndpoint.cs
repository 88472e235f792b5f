namespace MediaCore.Numbers.Model;

/// <summary>Whether a webhook is told anything.</summary>
public enum WebhookState : byte
{
    /// <summary>It is told what it wants.</summary>
    Active,

    /// <summary>It is told nothing, and what happens meanwhile is not kept for it.</summary>
    Disabled,
}

/// <summary>Where a tenant's program is told by HTTP of what happens (Standard Webhooks 1.0.0).</summary>
public sealed class WebhookEndpoint : TenantRow
{
    /// <summary>Name, unique within the tenant.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where events are posted.</summary>
    public string Url { get; set; } = "";

    /// <summary>Types that are wanted, one a line (<see cref="Events.ServiceEventTypes"/>); empty for all.</summary>
    public string EventTypes { get; set; } = "";

    /// <summary>What members of the data have to be, one <c>name=value</c> a line; empty for anything.</summary>
    public string Filter { get; set; } = "";

    /// <summary>Each event waits until those before it are delivered or given up; without it only those of one subject do.</summary>
    public bool Ordered { get; set; }

    /// <summary>Active or disabled.</summary>
    public WebhookState State { get; set; }

    /// <summary>Why it was disabled; empty while it is active, or where its tenant did it.</summary>
    public string DisabledReason { get; set; } = "";

    /// <summary>What events are signed with, <c>whsec_</c> and Base64.</summary>
    [Secret]
    public string Secret { get; set; } = "";

    /// <summary>The one before it, which signs as well until <see cref="PreviousUntilMs"/>; null for none.</summary>
    [Secret]
    public string? PreviousSecret { get; set; }

    /// <summary>Until when the one before signs as well, milliseconds of Unix time.</summary>
    public long PreviousUntilMs { get; set; }
}
