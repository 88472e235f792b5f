using System.Collections.Immutable;
using System.Net;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>A peer network: a carrier, a PBX. Immutable; a reload makes new ones.</summary>
public sealed class Trunk
{
    /// <summary>Name, unique in the configuration; label of metrics and records.</summary>
    public required string Name { get; init; }

    /// <summary>Next hops, tried in order.</summary>
    public ImmutableArray<SipPeer> Targets { get; init; } = [];

    /// <summary>Networks that calls from this trunk come from.</summary>
    public ImmutableArray<IPNetwork> From { get; init; } = [];

    /// <summary>How calls are shared among <see cref="Targets"/>.</summary>
    public TrunkSelection Selection { get; init; } = TrunkSelection.InOrder;

    /// <summary>When a call goes on to another target.</summary>
    public TrunkFailover Failover { get; init; } = TrunkFailover.Default;

    /// <summary>What it may carry.</summary>
    public TrunkLimits Limits { get; init; } = TrunkLimits.None;

    /// <summary>Whether it is believed about callers, and what it is told about them.</summary>
    public TrunkIdentity Identity { get; init; } = TrunkIdentity.Untrusted;

    /// <summary>How its numbers are rewritten; null for not at all.</summary>
    public TrunkNumbers? Numbers { get; init; }

    /// <summary>Rules on its headers; null for none.</summary>
    public TrunkHeaders? Headers { get; init; }

    /// <summary>What callers get for its refusals and redirections.</summary>
    public TrunkAnswers Answers { get; init; } = TrunkAnswers.Default;

    /// <summary>Reliable provisional responses (RFC 3262) with this peer; null for the engine's policy.</summary>
    public ReliableProvisionals? ReliableProvisionals { get; init; }

    /// <summary>Session timers (RFC 4028) with this peer; null for the engine's.</summary>
    public SessionTimerOptions? SessionTimers { get; init; }

    /// <summary>Length of the longest network of <see cref="From"/> that holds the address; -1 when none does.</summary>
    public int MatchLength(in NetworkEndpoint source)
    {
        int longest = -1;
        if (!From.IsEmpty)
        {
            IPAddress address = source.ToIPAddress();
            foreach (IPNetwork network in From)
            {
                if (network.PrefixLength > longest && network.Contains(address))
                {
                    longest = network.PrefixLength;
                }
            }
        }

        return longest;
    }
}
