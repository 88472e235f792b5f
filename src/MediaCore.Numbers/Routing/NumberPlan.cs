using System.Collections.Frozen;
using System.Collections.Immutable;
using MediaCore.Engine.Control;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Trunks;
using MediaCore.Numbers.Inventory;

namespace MediaCore.Numbers.Routing;

/// <summary>Makes the plan of a number: each target is a step, in order.</summary>
internal static class NumberPlan
{
    /// <summary>
    /// 480 with Q.850 cause 31: the number exists, but none of its targets can be tried as things are (a trunk that is no longer
    /// configured, an account that is disabled).
    /// </summary>
    private const int NoTargetStatus = 480;
    private const int NoTargetCause = 31;

    internal static RoutePlan Make(
        NumberDefinition number, FrozenDictionary<string, Trunk> trunks, IReadOnlySet<string> accounts, PeerCache peers, List<PlanFault> faults)
    {
        ImmutableArray<RouteStep>.Builder steps = ImmutableArray.CreateBuilder<RouteStep>(number.Targets.Length);
        for (int i = 0; i < number.Targets.Length; i++)
        {
            NumberTarget target = number.Targets[i];
            if (MakeStep(target, trunks, accounts, peers) is { } step)
            {
                steps.Add(step);
            }
            else
            {
                faults.Add(new PlanFault(number.E164, i + 1, target.Kind));
            }
        }

        return steps.Count > 0
            ? new RoutePlan { Number = number.E164, Steps = steps.DrainToImmutable() }
            : new RoutePlan { Number = number.E164, RejectStatus = NoTargetStatus, RejectCause = NoTargetCause };
    }

    /// <summary>The prompt of an announcement.</summary>
    internal static PromptSource PromptOf(NumberTarget target)
        => target.Kind == NumberTargetKind.AnnouncementFile
            ? PromptSource.FromFile(target.Value)
            : PromptSource.FromText(target.Value, target.Voice);

    private static RouteStep? MakeStep(NumberTarget target, FrozenDictionary<string, Trunk> trunks, IReadOnlySet<string> accounts, PeerCache peers)
    {
        switch (target.Kind)
        {
            case NumberTargetKind.Account:
                return accounts.Contains(target.Value) ? Dial(new AccountTarget(target.Value), target.RingTime) : null;
            case NumberTargetKind.Uri:
                return SipPeerUri.TryParse(target.Value, out SipPeer? peer, out _, out _) ? Dial(new UriTarget(target.Value, peers.Share(peer)), target.RingTime) : null;
            case NumberTargetKind.Trunk:
                int slash = target.Value.IndexOf('/');
                string? user = slash < 0 ? null : target.Value[(slash + 1)..];
                return trunks.TryGetValue(slash < 0 ? target.Value : target.Value[..slash], out Trunk? trunk) ? Dial(new TrunkTarget(trunk, user), target.RingTime) : null;
            case NumberTargetKind.Conference:
                return new ConferenceStep(target.Value);
            case NumberTargetKind.Control:
                return new ControlStep(target.Value, ControlLimits.DefaultOfferTime);
            default:
                return new AnnouncementStep(PromptOf(target));
        }
    }

    // An account's contacts ring together; a trunk's hops are tried one after the other.
    private static DialStep Dial(DialTarget target, TimeSpan ringTime) => new([target], Parallel: target is AccountTarget, ringTime);
}

/// <summary>A target that cannot be tried as things are.</summary>
/// <param name="Number">The number.</param>
/// <param name="Position">Which target, from 1.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct PlanFault(string Number, int Position, NumberTargetKind Kind);
