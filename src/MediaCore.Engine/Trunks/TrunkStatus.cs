using System.Collections.Concurrent;
using System.Collections.Immutable;
using MediaCore.Engine.Trunks.Probing;
using MediaCore.Engine.Trunks.Registration;
using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>
/// What is known of a trunk at run time: how many calls it carries, whether it answers. Outlives reloads of the configuration, shared by all
/// shards without locks; <see cref="Trunk"/> is the configuration it belongs to, found by name.
/// </summary>
public sealed class TrunkStatus
{
    /// <summary>Addresses whose health is kept; a trunk has few. Should DNS bring ever new ones, those beyond are tried without a memory.</summary>
    public const int MaxDestinations = 256;

    private readonly ConcurrentDictionary<(NetworkEndpoint Endpoint, SipTransportKind Transport), DestinationStatus> _destinations = new();
    private RateGate _inboundRate;
    private RateGate _outboundRate;

    // Inbound calls in the upper, outbound in the lower 32 bits: a limit on their sum is decided in one step.
    private long _calls;
    private uint _turn;
    private long _inboundRefusedForCalls;
    private long _inboundRefusedForRate;
    private long _outboundRefusedForCalls;
    private long _outboundRefusedForRate;
    private long _failovers;
    private volatile bool _isUp = true;
    private volatile TrunkRegistrationStatus? _registration;
    private volatile ProbeResults _probes = ProbeResults.None;

    internal TrunkStatus(string name) => Name = name;

    /// <summary>The trunk's name.</summary>
    public string Name { get; }

    /// <summary>Calls with a leg on this trunk, in both directions.</summary>
    public int ActiveCalls
    {
        get
        {
            // Read once: between two readings a call of one direction may have made room for one of the other, and the sum would be one that never was.
            long calls = Interlocked.Read(ref _calls);
            return (int)(calls >> 32) + (int)calls;
        }
    }

    /// <summary>Calls that came in by this trunk and have not ended.</summary>
    public int InboundCalls => (int)(Interlocked.Read(ref _calls) >> 32);

    /// <summary>Legs that we dialled on this trunk and that have not ended.</summary>
    public int OutboundCalls => (int)Interlocked.Read(ref _calls);

    /// <summary>Calls that left one of its targets for another, or for another trunk, because of a failure.</summary>
    public long Failovers => Interlocked.Read(ref _failovers);

    /// <summary>False while probing or registration has found that the trunk does not answer; such a trunk is passed over in dialling.</summary>
    public bool IsUp
    {
        get => _isUp;
        set => _isUp = value;
    }

    /// <summary>The addresses whose health is known, in no order; for listings, probing and metrics.</summary>
    public IEnumerable<DestinationStatus> Destinations => _destinations.Select(static pair => pair.Value);

    /// <summary>Where its registration stands; null without one.</summary>
    public TrunkRegistrationStatus? Registration
    {
        get => _registration;
        internal set => _registration = value;
    }

    /// <summary>What probing found of each destination; empty without it.</summary>
    public ImmutableArray<TrunkProbeStatus> Probes
    {
        get => _probes.Results;
        internal set => _probes = new ProbeResults(value);
    }

    /// <summary>Answer time of the fastest destination at its last probe; zero when none answered or none is probed.</summary>
    public TimeSpan FastestProbe
    {
        get
        {
            TimeSpan fastest = TimeSpan.Zero;
            foreach (TrunkProbeStatus probe in _probes.Results)
            {
                fastest = probe.Latency > TimeSpan.Zero && (fastest == TimeSpan.Zero || probe.Latency < fastest) ? probe.Latency : fastest;
            }

            return fastest;
        }
    }

    /// <summary>Calls refused because of <see cref="TrunkLimits"/>.</summary>
    public long GetRefusals(TrunkRefusal reason, bool inbound) => (reason, inbound) switch
    {
        (TrunkRefusal.Calls, true) => Interlocked.Read(ref _inboundRefusedForCalls),
        (TrunkRefusal.Rate, true) => Interlocked.Read(ref _inboundRefusedForRate),
        (TrunkRefusal.Calls, false) => Interlocked.Read(ref _outboundRefusedForCalls),
        (TrunkRefusal.Rate, false) => Interlocked.Read(ref _outboundRefusedForRate),
        _ => 0,
    };

    /// <summary>The health of one address of the trunk; null for one too many. The address must come from the trunk's own targets.</summary>
    public DestinationStatus? GetDestination(in SipDestination destination)
    {
        (NetworkEndpoint, SipTransportKind) key = (destination.Endpoint, destination.Transport);
        return _destinations.TryGetValue(key, out DestinationStatus? status) ? status
            : _destinations.Count >= MaxDestinations ? null
            : _destinations.GetOrAdd(key, new DestinationStatus(destination));
    }

    /// <summary>The health of one address, where it is known; null where no call and no probe has been there.</summary>
    public DestinationStatus? FindDestination(in SipDestination destination) => _destinations.GetValueOrDefault((destination.Endpoint, destination.Transport));

    /// <summary>Counts a call in when the limits allow it; to be taken back once with <see cref="Leave"/>.</summary>
    internal TrunkRefusal TryEnter(TrunkLimits limits, bool inbound, Timestamp now)
    {
        long one = inbound ? 1L << 32 : 1;
        while (true)
        {
            long calls = Interlocked.Read(ref _calls);
            int incoming = (int)(calls >> 32);
            int outgoing = (int)calls;
            int limit = inbound ? limits.InboundCalls : limits.OutboundCalls;
            if ((limits.Calls > 0 && incoming + outgoing >= limits.Calls) || (limit > 0 && (inbound ? incoming : outgoing) >= limit))
            {
                Interlocked.Increment(ref inbound ? ref _inboundRefusedForCalls : ref _outboundRefusedForCalls);
                return TrunkRefusal.Calls;
            }

            if (Interlocked.CompareExchange(ref _calls, calls + one, calls) == calls)
            {
                break;
            }
        }

        if (limits.CallsPerSecond > 0 && !(inbound ? ref _inboundRate : ref _outboundRate).TryTake(now, limits.CallsPerSecond, limits.Burst))
        {
            Leave(inbound);
            Interlocked.Increment(ref inbound ? ref _inboundRefusedForRate : ref _outboundRefusedForRate);
            return TrunkRefusal.Rate;
        }

        return TrunkRefusal.None;
    }

    /// <summary>Whether the rate limit lets something pass that is no call: a MESSAGE takes no place, but as much of a second as a call.</summary>
    internal bool TryPass(TrunkLimits limits, bool inbound, Timestamp now)
    {
        if (limits.CallsPerSecond <= 0 || (inbound ? ref _inboundRate : ref _outboundRate).TryTake(now, limits.CallsPerSecond, limits.Burst))
        {
            return true;
        }

        Interlocked.Increment(ref inbound ? ref _inboundRefusedForRate : ref _outboundRefusedForRate);
        return false;
    }

    /// <summary>A call that was counted in is over.</summary>
    internal void Leave(bool inbound) => Interlocked.Add(ref _calls, inbound ? -(1L << 32) : -1);

    internal void CountFailover() => Interlocked.Increment(ref _failovers);

    /// <summary>The next number of a sequence that all shards share, for taking turns.</summary>
    internal uint NextTurn() => Interlocked.Increment(ref _turn) - 1;

    /// <summary>What makes an array that another thread reads whole: one reference.</summary>
    private sealed record ProbeResults(ImmutableArray<TrunkProbeStatus> Results)
    {
        public static readonly ProbeResults None = new([]);
    }
}
