using System.Buffers.Text;
using System.Collections.Immutable;
using System.Numerics;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Which address of a trunk a call goes to, what becomes of it there, and what the trunk may carry.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Picks the next address of a trunk that this call has not tried and that is not resting; false when there is none.</summary>
    private bool TryPickHop(Call call, Trunk trunk, TrunkStatus status, out TrunkHop hop)
    {
        hop = default;
        if (!status.IsUp)
        {
            return false;
        }

        ReadOnlySpan<TargetRank> ranks = trunk.Selection.Ranks.AsSpan();
        ulong eligible = GetUntried(call, trunk);
        while (eligible != 0)
        {
            int target = PickTarget(call, trunk, status, ranks, eligible);
            if (TryPickDestination(call, trunk, status, target, out hop))
            {
                return true;
            }

            eligible &= ~(1UL << target);
        }

        return false;
    }

    /// <summary>Targets of the trunk with an address that was not tried. Should DNS bring other addresses in the middle of a call, one may be tried twice or left out; the bound of attempts holds.</summary>
    private static ulong GetUntried(Call call, Trunk trunk)
    {
        ulong eligible = 0;
        int first = 0;
        for (int i = 0; i < Math.Min(trunk.Targets.Length, TargetRank.MaxTargets); i++)
        {
            int count = trunk.Targets[i].Destinations.Length;
            for (int j = 0; j < count && first + j < TargetRank.MaxTargets; j++)
            {
                if ((call.HopsTried >> (first + j) & 1) == 0)
                {
                    eligible |= 1UL << i;
                    break;
                }
            }

            first += count;
        }

        return eligible;
    }

    private int PickTarget(Call call, Trunk trunk, TrunkStatus status, ReadOnlySpan<TargetRank> ranks, ulong eligible)
    {
        if (BitOperations.IsPow2(eligible))
        {
            return BitOperations.TrailingZeroCount(eligible);
        }

        switch (trunk.Selection.Policy)
        {
            case SelectionPolicy.RoundRobin:
                call.Turn ??= status.NextTurn();
                return PickInTurn(ranks, eligible, call.Turn.Value);
            case SelectionPolicy.LeastCalls:
                return PickLeastLoaded(trunk, status, ranks, eligible);
            case SelectionPolicy.HashCaller or SelectionPolicy.HashCallId:
                ulong key = trunk.Selection.Policy == SelectionPolicy.HashCaller
                    ? TrunkSelection.Hash(call.CallerIdentity)
                    : TrunkSelection.Hash(call.Caller.Dialog.CallId);
                Span<ulong> hashes = stackalloc ulong[TargetRank.MaxTargets];
                for (int i = 0; i < Math.Min(trunk.Targets.Length, hashes.Length); i++)
                {
                    hashes[i] = TrunkSelection.Hash(trunk.Targets[i].Host) + trunk.Targets[i].Port;
                }

                return TrunkSelection.ChooseByHash(ranks, hashes, eligible, key);
            default:
                return TargetRank.Choose(ranks, eligible, ranks.IsEmpty ? 0 : _context.NextRandom());
        }
    }

    /// <summary>Turns go round all targets of the priority, so that the share of one that rests goes to its follower and comes back with it.</summary>
    private static int PickInTurn(ReadOnlySpan<TargetRank> ranks, ulong eligible, uint turn)
    {
        ulong group = ranks.IsEmpty ? eligible : TargetRank.LowestPriority(ranks, eligible);
        int priority = ranks.IsEmpty ? 0 : ranks[BitOperations.TrailingZeroCount(group)].Priority;
        ulong whole = ranks.IsEmpty ? group : 0;
        for (int i = 0; i < Math.Min(ranks.Length, TargetRank.MaxTargets); i++)
        {
            whole |= ranks[i].Priority == priority ? 1UL << i : 0;
        }

        int size = BitOperations.PopCount(whole);
        int skip = (int)(turn % (uint)size);
        for (int round = 0; round < 2; round++)
        {
            for (ulong rest = whole; rest != 0; rest &= rest - 1)
            {
                int i = BitOperations.TrailingZeroCount(rest);
                if (skip-- <= 0 && (group >> i & 1) != 0)
                {
                    return i;
                }
            }
        }

        return BitOperations.TrailingZeroCount(group);
    }

    private static int PickLeastLoaded(Trunk trunk, TrunkStatus status, ReadOnlySpan<TargetRank> ranks, ulong eligible)
    {
        ulong group = ranks.IsEmpty ? eligible : TargetRank.LowestPriority(ranks, eligible);
        int best = -1;
        double bestLoad = double.PositiveInfinity;
        for (ulong rest = group; rest != 0; rest &= rest - 1)
        {
            int i = BitOperations.TrailingZeroCount(rest);
            double load = 0;
            foreach (SipDestination destination in trunk.Targets[i].Destinations)
            {
                load += status.GetDestination(destination)?.ActiveCalls ?? 0;
            }

            // The load with this call on it: of two idle targets the heavier one comes first.
            load = (load + 1) / (ranks.IsEmpty ? 1 : Math.Max(ranks[i].Weight, 1e-6));
            if (load < bestLoad)
            {
                (best, bestLoad) = (i, load);
            }
        }

        return best;
    }

    /// <summary>The first address of a target that was not tried and may be used, in the order that DNS gave.</summary>
    private bool TryPickDestination(Call call, Trunk trunk, TrunkStatus status, int target, out TrunkHop hop)
    {
        int first = 0;
        for (int i = 0; i < target; i++)
        {
            first += trunk.Targets[i].Destinations.Length;
        }

        ImmutableArray<SipDestination> destinations = trunk.Targets[target].Destinations;
        for (int j = 0; j < destinations.Length && first + j < TargetRank.MaxTargets; j++)
        {
            ulong bit = 1UL << (first + j);
            DestinationStatus? health = status.GetDestination(destinations[j]);
            if ((call.HopsTried & bit) == 0 && (health is null || health.TryUse(_context.Now)))
            {
                call.HopsTried |= bit;
                hop = new TrunkHop(trunk, status, trunk.Targets[target], destinations[j], health);
                return true;
            }
        }

        hop = default;
        return false;
    }

    /// <summary>When all that a step could try is resting: the address that has rested longest, since a call that certainly fails helps nobody.</summary>
    private bool TryPickLastResort(Call call, DialStep step, out TrunkTarget? target, out TrunkHop hop)
    {
        target = null;
        hop = default;
        Timestamp oldest = Timestamp.Never;
        foreach (DialTarget candidate in step.Targets)
        {
            if (candidate is not TrunkTarget trunkTarget)
            {
                continue;
            }

            TrunkStatus status = _context.Trunks.Get(trunkTarget.Trunk);
            foreach (SipPeer peer in trunkTarget.Trunk.Targets)
            {
                foreach (SipDestination destination in peer.Destinations)
                {
                    DestinationStatus? health = status.GetDestination(destination);
                    bool isResting = !status.IsUp || health?.IsBlocked(_context.Now) == true;
                    Timestamp since = health?.BlockedAt ?? Timestamp.Zero;
                    if (isResting && since < oldest)
                    {
                        oldest = since;
                        target = trunkTarget;
                        hop = new TrunkHop(trunkTarget.Trunk, status, peer, destination, health);
                    }
                }
            }
        }

        return target is not null;
    }

    /// <summary>Counts the leg in at its trunk; false when the trunk may carry no more, and the next one is asked.</summary>
    private bool TryEnterTrunk(Call call, in TrunkHop hop)
    {
        if (hop.Status.TryEnter(hop.Trunk.Limits, inbound: false, _context.Now) == TrunkRefusal.None)
        {
            return true;
        }

        // Our own limit, so unlike a carrier's 503 it may be passed on as one: the caller is right to try elsewhere (RFC 3261 §16.7).
        NoteFailure(call, 503, Q850.Congestion);
        return false;
    }

    /// <summary>The leg that was just made carries the hop's count from here on; <see cref="LeaveTrunk"/> gives it back.</summary>
    private static void TakeHop(Call call, Leg leg)
    {
        leg.Hop = call.PendingHop;
        leg.Hop.Destination?.AddCall();
        leg.IsOnTrunk = leg.Hop.Trunk is not null;
        call.PendingHop = default;
    }

    /// <summary>The leg no longer takes a place on its trunk. May be called at every end of a leg; only the first counts.</summary>
    private static void LeaveTrunk(Leg leg)
    {
        if (leg.IsOnTrunk)
        {
            leg.IsOnTrunk = false;
            leg.Hop.Status.Leave(inbound: false);
            leg.Hop.Destination?.RemoveCall();
        }
    }

    /// <summary>The caller's leg no longer takes a place on its trunk or of its account.</summary>
    private void LeaveInbound(Call call)
    {
        if (call.InboundStatus is { } status)
        {
            call.InboundStatus = null;
            status.Leave(inbound: true);
        }

        if (call.CountedAccount is { } account)
        {
            call.CountedAccount = null;
            _context.Services.AccountCalls.Leave(account);
        }
    }

    /// <summary>Whether the trunk or account may have one more call; refuses without state when not.</summary>
    private bool TryEnterInbound(SipMessage request, in Flow flow, Trunk? trunk, string? account)
    {
        int perAccount = _context.Options.MaxCallsPerAccount;
        if (account is not null && perAccount > 0 && !_context.Services.AccountCalls.TryEnter(account, perAccount))
        {
            RefuseOverLimit(request, flow);
            return false;
        }

        if (trunk is not null && _context.Trunks.Get(trunk).TryEnter(trunk.Limits, inbound: true, _context.Now) != TrunkRefusal.None)
        {
            if (account is not null && perAccount > 0)
            {
                _context.Services.AccountCalls.Leave(account);
            }

            RefuseOverLimit(request, flow);
            return false;
        }

        return true;
    }

    /// <summary>Gives back what <see cref="TryEnterInbound"/> took, when no call came of it.</summary>
    private void UndoEnterInbound(Trunk? trunk, string? account)
    {
        if (trunk is not null)
        {
            _context.Trunks.Get(trunk).Leave(inbound: true);
        }

        if (account is not null && _context.Options.MaxCallsPerAccount > 0)
        {
            _context.Services.AccountCalls.Leave(account);
        }
    }

    private void RefuseOverLimit(SipMessage request, in Flow flow)
    {
        _context.Statistics.OverloadRefusals++;
        _transactions.RespondStateless(request, flow, 503, "Reason: Q.850;cause=42;text=\"Switching equipment congestion\"\r\n"u8);
    }

    /// <summary>The target works: it said something of the callee.</summary>
    private void NoteHopAlive(Leg leg)
    {
        if (leg.Hop is { Trunk: { } trunk, Destination: { } destination } && destination.Recover(leg.Hop.TriedAt))
        {
            TrunkNews.TellAddress(_context, trunk, destination.Destination, problem: "");
        }
    }

    private void Block(Trunk trunk, DestinationStatus? destination, TimeSpan span, DestinationBlock found)
    {
        if (destination is not null && destination.Block(_context.Now, span, found))
        {
            TrunkNews.TellAddress(_context, trunk, destination.Destination, TrunkNews.Describe(found));
        }
    }

    /// <summary>The target said nothing, or could not be reached.</summary>
    private void NoteHopDead(Leg leg, DestinationBlock found)
    {
        if (leg.Hop.Trunk is { } trunk)
        {
            Block(trunk, leg.Hop.Destination, trunk.Failover.BlockFor, found);
        }
    }

    /// <summary>What a final refusal says of the target: 503 with Retry-After that it wants to be left alone (RFC 3261 §21.5.4), most others that it works.</summary>
    private void NoteHopRefusal(Leg leg, SipMessage response, int status)
    {
        if (leg.Hop.Trunk is not { } trunk)
        {
            return;
        }

        if (status == 503 && TryReadRetryAfter(response, out TimeSpan rest))
        {
            rest = rest < TrunkFailover.MinRetryAfter ? TrunkFailover.MinRetryAfter : rest > trunk.Failover.MaxRetryAfter ? trunk.Failover.MaxRetryAfter : rest;
            Block(trunk, leg.Hop.Destination, rest, DestinationBlock.RetryAfter);
        }
        else if (status < 500)
        {
            NoteHopAlive(leg);
        }
    }

    /// <summary>Retry-After = delta-seconds [ comment ] *( ";" parameter ), RFC 3261 §25.1.</summary>
    private static bool TryReadRetryAfter(SipMessage response, out TimeSpan rest)
    {
        rest = default;
        if (!response.TryGetHeader(SipHeaderName.RetryAfter, out ReadOnlySpan<byte> value) || !Utf8Parser.TryParse(value, out uint seconds, out int used))
        {
            return false;
        }

        rest = TimeSpan.FromSeconds(seconds);
        return used == value.Length || value[used] is (byte)' ' or (byte)'\t' or (byte)'(' or (byte)';';
    }

    /// <summary>Whether the loss of this leg is one of the hop's rather than of the callee's.</summary>
    private static bool IsWorthAnotherTarget(Leg leg, int status) =>
        (leg.Hop.Trunk?.Failover.Statuses ?? TrunkFailover.DefaultStatuses).Contains(status);
}
