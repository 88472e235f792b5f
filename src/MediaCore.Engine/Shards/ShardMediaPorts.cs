using System.Diagnostics.CodeAnalysis;
using MediaCore.Engine.MediaSessions;
using MediaCore.Primitives;
using MediaCore.Transport.Media;
using MediaCore.Transport.Polling;

namespace MediaCore.Engine.Shards;

/// <summary>A shard's share of the media ports: a pool for each address of each network. Owned by the shard.</summary>
internal sealed class ShardMediaPorts : IMediaPorts, IDisposable
{
    private const int PlaceBits = 16;

    /// <summary>New ports bound in one idle turn of a pool.</summary>
    private const int BindsPerTurn = 8;

    private readonly ShardStatistics _statistics;
    private readonly List<MediaPortPool> _pools = [];

    // By network: that of its address, then that of its IPv6 address, or the same again.
    private readonly (MediaPortPool Main, MediaPortPool Second)[] _networks;
    private MediaPortPool _refusing;
    private MediaPortResult _refusal;

    /// <param name="networks">The networks.</param>
    /// <param name="index">Which shard this is.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="options">How ports are kept.</param>
    /// <param name="poller">The shard's poller.</param>
    /// <param name="rtpKind">Kind of the events of RTP sockets; their number is for <see cref="this[uint]"/>.</param>
    /// <param name="rtcpKind">Kind of the events of RTCP sockets.</param>
    /// <param name="statistics">Where refusals are counted.</param>
    public ShardMediaPorts(EngineNetworks networks, int index, int count, MediaPortOptions options, EventPoller poller, byte rtpKind, byte rtcpKind, ShardStatistics statistics)
    {
        _statistics = statistics;
        _networks = new (MediaPortPool, MediaPortPool)[networks.All.Length];
        for (int i = 0; i < _networks.Length; i++)
        {
            EngineNetwork network = networks.All[i];
            MediaPortOptions ofNetwork = options with { Network = i };
            MediaPortPool main = Open(network, network.MediaAddress, ofNetwork);
            _networks[i] = (main, network.MediaAddress6.HasAddress ? Open(network, network.MediaAddress6, ofNetwork) : main);
        }

        _refusing = _pools[0];

        MediaPortPool Open(EngineNetwork network, in NetworkEndpoint address, MediaPortOptions ofNetwork)
        {
            uint first = (uint)_pools.Count << PlaceBits;
            var pool = new MediaPortPool(
                address, network.FirstMediaPort, network.LastMediaPort, index, count, ofNetwork, poller, (place, isRtcp) => ReadyEvent.MakeToken(isRtcp ? rtcpKind : rtpKind, first | (uint)place));
            _pools.Add(pool);
            return pool;
        }
    }

    /// <summary>The pools: by network, of each that of its address first.</summary>
    public IReadOnlyList<MediaPortPool> Pools => _pools;

    /// <inheritdoc/>
    public string LastRefusal => MediaPortRefusal.Describe(_refusing, _refusal);

    /// <inheritdoc/>
    public bool IsRefusedBySystem => _refusal == MediaPortResult.BindFailed;

    /// <summary>The pair that an event is about.</summary>
    public MediaPort this[uint number] => _pools[(int)(number >> PlaceBits)][(int)(number & ((1 << PlaceBits) - 1))];

    /// <summary>An event of the pair comes next: <see cref="MediaPortPool.Expect"/>.</summary>
    public void Expect(uint number) => _pools[(int)(number >> PlaceBits)].Expect((int)(number & ((1 << PlaceBits) - 1)));

    /// <inheritdoc/>
    public bool TryAllocate(Timestamp now, [NotNullWhen(true)] out MediaPort? port) => TryAllocate(now, network: 0, isIPv6: false, out port);

    /// <inheritdoc/>
    public bool TryAllocate(Timestamp now, int network, bool isIPv6, [NotNullWhen(true)] out MediaPort? port)
    {
        MediaPortPool pool = isIPv6 ? _networks[network].Second : _networks[network].Main;
        MediaPortResult result = pool.TryAllocate(now, out port);
        if (result == MediaPortResult.Ok && port is not null)
        {
            return true;
        }

        port = null;
        (_refusing, _refusal) = (pool, result);
        switch (result)
        {
            case MediaPortResult.BindFailed:
                _statistics.MediaPortBindFailures++;
                break;
            case MediaPortResult.AllResting:
                _statistics.MediaPortsResting++;
                break;
            default:
                _statistics.MediaPortsExhausted++;
                break;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Release(MediaPort port, Timestamp now)
    {
        (MediaPortPool main, MediaPortPool second) = _networks[port.Network];
        (port.LocalRtp.IsIPv6 ? second : main).Release(port, now);
    }

    /// <summary>Binds some of what will be needed.</summary>
    public void Replenish(Timestamp now)
    {
        foreach (MediaPortPool pool in _pools)
        {
            pool.Replenish(now, BindsPerTurn);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MediaPortPool pool in _pools)
        {
            pool.Dispose();
        }
    }
}
