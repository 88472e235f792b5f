using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Trunks.Registration;
using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>Tells those who want to know how the trunks are.</summary>
internal static class TrunkNews
{
    /// <summary>An address of a trunk was found dead, or alive again.</summary>
    public static void TellAddress(ShardContext context, Trunk trunk, in SipDestination destination, string problem)
    {
        if (context.Services.CallEvents is { IsWanted: true })
        {
            Tell(context, Describe(trunk, context.Trunks.Get(trunk), context.Now, context.WallClock) with { Address = destination.Endpoint.ToString(), Problem = problem });
        }
    }

    /// <summary>A trunk's registration has changed.</summary>
    public static void TellRegistration(ShardContext context, Trunk trunk, TrunkStatus status)
    {
        if (context.Services.CallEvents is { IsWanted: true })
        {
            Tell(context, Describe(trunk, status, context.Now, context.WallClock));
        }
    }

    /// <summary>How a trunk is now: by the addresses that its names have now, of which those that no call has needed yet may be as well as any.</summary>
    public static TrunkChanged Describe(Trunk trunk, TrunkStatus status, Timestamp now, DateTimeOffset clock)
    {
        bool hasAny = false;
        bool hasLiving = false;
        foreach (SipPeer target in trunk.Targets)
        {
            foreach (SipDestination destination in target.Destinations)
            {
                hasAny = true;
                hasLiving |= status.FindDestination(destination) is not { } known || !known.IsBlocked(now);
            }
        }

        TrunkRegistrationStatus? registration = status.Registration;
        bool isReachable = status.IsUp && (hasLiving || !hasAny);
        return new TrunkChanged
        {
            Trunk = status.Name,
            IsReachable = isReachable,
            IsRegistered = registration is not null && registration.IsRegistered(clock),
            Problem = registration is { State: TrunkRegistrationState.Failed, LastStatus: var last }
                ? last == 0 ? "Its registrar does not answer." : $"Its registrar has answered {last}."
                : isReachable ? "" : "None of its addresses answers.",
        };
    }

    /// <summary>What calls have found of an address, in words.</summary>
    public static string Describe(DestinationBlock block) => block switch
    {
        DestinationBlock.RetryAfter => "It wants to be left alone for a while (503 with Retry-After).",
        DestinationBlock.Unreachable => "It cannot be reached.",
        _ => "It does not answer calls.",
    };

    private static void Tell(ShardContext context, TrunkChanged changed)
    {
        changed.Stamp("", sequence: 0, context.WallClock);
        context.Statistics.CallEvents++;
        context.Services.CallEvents!.Publish(changed);
    }
}
