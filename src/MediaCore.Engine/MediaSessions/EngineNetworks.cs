using System.Collections.Frozen;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.MediaSessions;

/// <summary>The networks by number: 0 is the one that is meant where none is named. Immutable.</summary>
internal sealed class EngineNetworks
{
    private readonly EngineNetwork[] _all;
    private readonly FrozenDictionary<string, int> _numbers;

    public EngineNetworks(EngineOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Networks.Length, EngineLimits.MaxNetworks, nameof(options));
        EngineNetwork first = new()
        {
            Name = EngineNetwork.DefaultName,
            MediaAddress = options.MediaAddress,
            AdvertisedMediaAddress = options.AdvertisedMediaAddress,
            MediaAddress6 = options.MediaAddress6,
            AdvertisedMediaAddress6 = options.AdvertisedMediaAddress6,
            FirstMediaPort = options.FirstMediaPort,
            LastMediaPort = options.LastMediaPort,
        };
        _all = [first, .. options.Networks];
        _numbers = Enumerable.Range(0, _all.Length).ToFrozenDictionary(i => _all[i].Name, StringComparer.Ordinal);
    }

    /// <summary>All of them, by number.</summary>
    public ReadOnlySpan<EngineNetwork> All => _all;

    /// <summary>The number of a name; 0 for none, and for one that came with a reload and waits for a restart.</summary>
    public int NumberOf(string? name) => name is not null && _numbers.TryGetValue(name, out int number) ? number : 0;

    /// <summary>Whether a name is one of theirs.</summary>
    public bool TryGetNumber(string name, out int number) => _numbers.TryGetValue(name, out number);

    /// <summary>Where peers send to: the pair's own RTP port at the address that its network shows.</summary>
    public NetworkEndpoint GetAdvertised(MediaPort port)
    {
        EngineNetwork network = _all[port.Network];
        NetworkEndpoint advertised = port.LocalRtp.IsIPv6 && network.MediaAddress6.HasAddress ? network.AdvertisedMediaAddress6 : network.AdvertisedMediaAddress;
        return advertised.HasAddress ? advertised.WithPort(port.Port) : port.LocalRtp;
    }

    /// <summary>The address that a network shows, without a port of it.</summary>
    public NetworkEndpoint GetAdvertised(int network) => _all[network] is { AdvertisedMediaAddress: { HasAddress: true } shown } ? shown : _all[network].MediaAddress;
}
