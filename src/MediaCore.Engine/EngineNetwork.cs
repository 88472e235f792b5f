using MediaCore.Primitives;

namespace MediaCore.Engine;

/// <summary>
/// A network that the server has a foot in beside the first one: an SBC's inside, say. Listeners and trunks name it; calls over them have their media on its addresses, and requests to its trunks leave by its listeners.
/// </summary>
public sealed record EngineNetwork
{
    /// <summary>What the first network is called, that of <see cref="EngineOptions.MediaAddress"/>.</summary>
    public const string DefaultName = "default";

    /// <summary>Name, unique.</summary>
    public required string Name { get; init; }

    /// <summary>Local address of the media sockets.</summary>
    public NetworkEndpoint MediaAddress { get; init; }

    /// <summary>Address written into SDP instead of <see cref="MediaAddress"/>; no address to use that one.</summary>
    public NetworkEndpoint AdvertisedMediaAddress { get; init; }

    /// <summary>Local IPv6 address of media beside an IPv4 <see cref="MediaAddress"/>; none when one family is served.</summary>
    public NetworkEndpoint MediaAddress6 { get; init; }

    /// <summary>Address written into SDP instead of <see cref="MediaAddress6"/>; no address to use that one.</summary>
    public NetworkEndpoint AdvertisedMediaAddress6 { get; init; }

    /// <summary>First port of the RTP range, inclusive.</summary>
    public ushort FirstMediaPort { get; init; }

    /// <summary>Last port of the RTP range, inclusive.</summary>
    public ushort LastMediaPort { get; init; }
}
