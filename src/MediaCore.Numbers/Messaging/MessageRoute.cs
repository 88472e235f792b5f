using System.Collections.Immutable;

namespace MediaCore.Numbers.Messaging;

/// <summary>Which carriers take messages to numbers that begin alike.</summary>
/// <param name="Prefix">Beginning of the receiver's number, as <c>+44</c>; <c>+</c> for all.</param>
/// <param name="Carriers">Their names; the first is asked first, the others when it could not take a message some times.</param>
public sealed record MessageRoute(string Prefix, ImmutableArray<string> Carriers);

/// <summary>What messages are sent by.</summary>
public sealed record MessagingOptions
{
    /// <summary>Carriers over HTTP.</summary>
    public ImmutableArray<HttpCarrierOptions> HttpCarriers { get; init; } = [];

    /// <summary>Which carrier takes what; the longest prefix decides.</summary>
    public ImmutableArray<MessageRoute> Routes { get; init; } = [];

    /// <summary>Parts that one number sends in a second, on this server.</summary>
    public double PartsPerSecond { get; init; } = 1;

    /// <summary>Carriers for a receiver, in their order; empty where none takes it.</summary>
    public ImmutableArray<string> FindCarriers(string to)
        => Routes.Where(route => to.StartsWith(route.Prefix, StringComparison.Ordinal)).MaxBy(static route => route.Prefix.Length)?.Carriers ?? [];
}
