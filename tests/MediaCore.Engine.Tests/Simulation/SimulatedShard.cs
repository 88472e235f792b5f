using MediaCore.Engine.Control;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Subscriptions;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A <see cref="ShardCore"/> with simulated time, network and ports around it.</summary>
internal sealed class SimulatedShard : ISignallingOutput
{
    private readonly World _world;

    public SimulatedShard(World world, int index, EngineOptions options, EngineServices services, SessionTable sessions)
    {
        _world = world;
        Ports = new SimulatedMediaPorts(world.Violations);
        Context = new ShardContext(index, options, services, sessions, new SipHashKey(1, 2), this, world.Now)
        {
            NextRandom = () => world.NextRandom(),
            MediaNetwork = world,
            Rooms = world.Rooms,
            Tones = CountryClips.Create(options.Country, options.RefusalTone),
        };
        Core = new ShardCore(Context, Ports, world.Locations, world.IsSbc ? null : world.Gate, options.MaxCalls);
    }

    public ShardContext Context { get; }

    public ShardCore Core { get; }

    public SimulatedMediaPorts Ports { get; }

    public List<(PromptSource Prompt, SessionHandle Call)> PromptRequests { get; } = [];

    /// <summary>Names that wait for the DNS; an answer comes when the test says so.</summary>
    public List<PeerLookup> Lookups { get; } = [];

    public bool TryLocate(PeerLookup lookup)
    {
        if (Lookups.Count >= _world.MaxLookups)
        {
            return false;
        }

        Lookups.Add(lookup);
        return true;
    }

    public bool Send(in Flow flow, ReadOnlySpan<byte> message) => _world.Send(flow, message);

    public bool TryOpenFlow(in SipDestination destination, int network, out Flow flow) => _world.TryOpenFlow(destination, network, out flow);

    public bool HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message) => _world.Mail.HandOver(shard, flow, message);

    public bool Post(int shard, SubscriptionItem item) => _world.Mail.Post(shard, item);

    public bool Post(int shard, ControlExchange exchange) => _world.Mail.Post(shard, exchange);

    /// <summary>Prompts that playbacks of controllers wait for.</summary>
    public List<PromptFetch> Fetches { get; } = [];

    public void FetchPrompt(PromptFetch fetch) => Fetches.Add(fetch);

    public void FetchPrompt(PromptSource prompt, SessionHandle call) => PromptRequests.Add((prompt, call));
}
