using System.Collections.Frozen;
using MediaCore.Engine.Control;

namespace MediaCore.Engine.Questions;

/// <summary>What is to be done with a call.</summary>
public abstract record RouteDecision
{
    /// <summary>Variables that the call begins with.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = FrozenDictionary<string, string>.Empty;
}

/// <summary>Dials.</summary>
/// <param name="Destinations">1 to <see cref="ControlLimits.MaxDialTargets"/>.</param>
/// <param name="IsSequential">One after the other, in place of all at once.</param>
/// <param name="RingTime">How long they may ring.</param>
public sealed record DialDecision(IReadOnlyList<DialDestination> Destinations, bool IsSequential, TimeSpan RingTime) : RouteDecision;

/// <summary>Refuses.</summary>
/// <param name="Status">400 to 699 but 401, 407 and 487.</param>
/// <param name="Cause">Q.850 cause; 0 for the one that goes with the status.</param>
public sealed record RejectDecision(int Status, int Cause = 0) : RouteDecision;

/// <summary>Goes on as if that number had been dialled.</summary>
/// <param name="Number">The number.</param>
public sealed record NumberDecision(string Number) : RouteDecision;

/// <summary>Goes on with a configured route, whether it matches or not.</summary>
/// <param name="Route">Its name.</param>
public sealed record NamedRouteDecision(string Route) : RouteDecision;

/// <summary>Offers it to an application; where nobody claims it, what the plan has after the question.</summary>
/// <param name="Application">The application.</param>
public sealed record ApplicationDecision(string Application) : RouteDecision;

/// <summary>Goes on with what the plan has after the question.</summary>
public sealed record NextStepDecision : RouteDecision;
