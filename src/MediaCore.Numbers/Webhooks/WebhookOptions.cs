using System.Net;

namespace MediaCore.Numbers.Webhooks;

/// <summary>What webhooks may reach.</summary>
public sealed record WebhookOptions
{
    /// <summary>Networks that may be told although they are not public. None by default: otherwise whoever makes a webhook could reach the servers within the operator's own network.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Whether addresses may begin with http. Not by default: what is told has numbers of people in it.</summary>
    public bool AllowHttp { get; init; }
}
