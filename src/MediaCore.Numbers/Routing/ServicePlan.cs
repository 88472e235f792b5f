using System.Collections.Immutable;
using MediaCore.Engine.Control;
using MediaCore.Engine.Policies;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Routing;

/// <summary>The engine's plan for a tenant's number: the call is offered to the number service, which does the rest.</summary>
internal static class ServicePlan
{
    /// <summary>
    /// A number that somebody has and that leads nowhere: 480 with Q.850 cause 31, as for a number none of whose targets can be tried. Not 404: it is allocated.
    /// </summary>
    private const int NowhereStatus = 480;
    private const int NowhereCause = 31;

    private static readonly ImmutableArray<RouteStep> s_steps = [new ControlStep(CallDirector.Application, ControlLimits.DefaultOfferTime)];

    /// <summary>What phones of a tenant dial inside it: no number of ours, and offered to the service all the same.</summary>
    internal static RoutePlan Inside { get; } = new() { Steps = s_steps };

    internal static RoutePlan Of(ReadOnlySpan<char> number, NumberRoute route)
        => route.Suspended ? RoutePlan.Forbidden
            : route.Target is null ? new RoutePlan { Number = number.ToString(), RejectStatus = NowhereStatus, RejectCause = NowhereCause }
            : new RoutePlan { Number = number.ToString(), Steps = s_steps };
}
