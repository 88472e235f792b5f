using System.Collections.Frozen;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Dialling;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Routing;

namespace MediaCore.Numbers.Plans;

/// <summary>
/// What is done with a call that has come to a number: the number's plan, menu, queue or box, with the configuration of its tenant as it is now, which the call keeps. All of it out of memory.
/// </summary>
/// <param name="numbers">Where numbers lead to.</param>
/// <param name="configurations">The tenants' configurations.</param>
/// <param name="time">The clock.</param>
/// <param name="inside">What phones of tenants dial inside them; null for nothing.</param>
public sealed class NumberBeginnings(Func<RoutingTable> numbers, Func<FrozenDictionary<Guid, TenantConfiguration>> configurations, TimeProvider time, InsideDialling? inside = null) : ICallBeginnings, INumberDestinations
{
    /// <inheritdoc/>
    public CallBeginning? Begin(CallOffered offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        return offer.Number is null && inside?.Begin(offer) is { } within ? within
            : FindNumber(offer) is (string number, NumberRoute route) ? Begin(number, route, FactsOf(offer, number, route)) : null;
    }

    /// <inheritdoc/>
    public bool IsOurs(string number) => numbers().TryFind(number, out NumberRoute? _);

    /// <inheritdoc/>
    public CallBeginning? BeginAt(string number, CallFacts before, CallDiversion diversion, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(before);
        return numbers().TryFind(number, out NumberRoute? route)
            ? Begin(number, route, before with { Number = number, TenantId = route.TenantId, Diversions = [diversion, .. before.Diversions], At = now })
            : null;
    }

    /// <summary>What a number does with a call.</summary>
    internal static CallAction ActionOf(NumberRoute route, TenantConfiguration configuration)
    {
        // 403 with cause 21: nothing of a suspended tenant is at work. 480 with cause 31: the number leads nowhere, or what it leads to is not in force (any more).
        return (route, route.Target is null ? null : configuration.FindName(route.TargetId)) switch
        {
            ({ Suspended: true }, _) => new RejectAction { Status = 403, Cause = 21 },
            (_, null) => new RejectAction { Status = 480, Cause = 31 },
            ({ Target: AssignmentTarget.RoutingPlan }, { } name) => new PlanAction { Plan = name },
            ({ Target: AssignmentTarget.Menu }, { } name) => new MenuAction { Menu = name },
            ({ Target: AssignmentTarget.Queue }, { } name) => new QueueAction { Queue = name },
            (_, { } name) => new VoicemailAction { Box = name },
        };
    }

    private CallBeginning? Begin(string number, NumberRoute route, CallFacts facts)
        => configurations().TryGetValue(route.TenantId, out TenantConfiguration? configuration)
            ? new CallBeginning(facts with { Number = number, IsRecorded = route.RecordsCalls || configuration.Tenant.RecordsCalls }, configuration, ActivityCatalog.Make(ActionOf(route, configuration)))
            : null;

    private (string Number, NumberRoute Route)? FindNumber(CallOffered offer)
    {
        RoutingTable table = numbers();
        foreach (string? written in (ReadOnlySpan<string?>)[offer.Number, offer.Called])
        {
            if (written is { Length: > 0 })
            {
                string number = written[0] == '+' ? written : "+" + written;
                if (table.TryFind(number, out NumberRoute? route))
                {
                    return (number, route);
                }
            }
        }

        return null;
    }

    private CallFacts FactsOf(CallOffered offer, string number, NumberRoute route)
    {
        string presented = offer.AssertedCaller is { Length: > 0 } asserted ? asserted : offer.Caller;
        return new CallFacts
        {
            CallId = offer.CallId,
            TenantId = route.TenantId,
            Number = number,
            Caller = offer.IsPrivate ? "" : CallerNumbers.Read(presented, number),
            IsAnonymous = offer.IsPrivate || CallerNumbers.IsAnonymous(presented),
            Account = offer.Account,
            InboundTrunk = offer.InboundTrunk,
            Called = offer.Called,
            At = time.GetUtcNow(),
            Headers = offer.Headers,
        };
    }
}
