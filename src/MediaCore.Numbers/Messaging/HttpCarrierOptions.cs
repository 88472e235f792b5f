namespace MediaCore.Numbers.Messaging;

/// <summary>A provider that takes messages over HTTP.</summary>
public sealed record HttpCarrierOptions
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where messages are posted to.</summary>
    public required Uri Url { get; init; }

    /// <summary>Sent as <c>Authorization: Bearer</c>; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Key of <c>X-MediaCore-Signature</c>; null for no signature.</summary>
    public string? SigningKey { get; init; }

    /// <summary>What the provider shows when it brings messages and receipts; null where it brings none.</summary>
    public string? InboundSecret { get; init; }

    /// <summary>Messages under way at once.</summary>
    public int Window { get; init; } = 10;

    /// <summary>How long the provider may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);
}
