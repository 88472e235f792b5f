using System.Collections.Immutable;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Policies;

/// <summary>Somewhere an INVITE can be sent to.</summary>
public abstract record DialTarget;

/// <summary>All registered contacts of an account.</summary>
/// <param name="Account">The account's name (user part of its address of record).</param>
public sealed record AccountTarget(string Account) : DialTarget;

/// <summary>A trunk; the dialled number goes there (or <paramref name="User"/> instead of it).</summary>
/// <param name="Trunk">The trunk.</param>
/// <param name="User">User part of the Request-URI; null for what the caller dialled.</param>
public sealed record TrunkTarget(Trunk Trunk, string? User = null) : DialTarget;

/// <summary>A SIP URI with an address literal or a name that was resolved beforehand.</summary>
/// <param name="Uri">Request-URI as it is sent.</param>
/// <param name="Peer">Where the request goes.</param>
public sealed record UriTarget(string Uri, SipPeer Peer) : DialTarget;

/// <summary>One step of a plan; steps are tried in order until one ends the call.</summary>
public abstract record RouteStep;

/// <summary>Rings targets.</summary>
/// <param name="Targets">At least one.</param>
/// <param name="Parallel">True: all at once, the first answer wins, the others get CANCEL. False: one after the other; the next on no response, 5xx or time-out (a busy or declining target ends the step).</param>
/// <param name="RingTime">How long this step may ring before the next step is tried; the caller's patience and the engine's limit end it earlier.</param>
public sealed record DialStep(ImmutableArray<DialTarget> Targets, bool Parallel, TimeSpan RingTime) : RouteStep
{
    /// <summary>For targets one after the other: by which priority and with which share each is chosen; none for the order they stand in.</summary>
    public ImmutableArray<TargetRank> Ranks { get; init; } = [];
}

/// <summary>Answers the call and plays a prompt to its end; then the next step, or the call ends.</summary>
/// <param name="Prompt">What is said.</param>
public sealed record AnnouncementStep(PromptSource Prompt) : RouteStep;

/// <summary>Answers the call and takes the caller into a conference until he hangs up. A room that is full is busy: the next step is tried.</summary>
/// <param name="Room">The room's name; it is opened for the first who comes.</param>
public sealed record ConferenceStep(string Room) : RouteStep;

/// <summary>
/// Offers the call to the applications that control calls: the first controller to claim it decides what comes next (<see cref="Control.ICallControl"/>). Where nobody claims it in time, or nobody listens at all, the next step is tried.
/// </summary>
/// <param name="Application">Name of the application, which the offer says.</param>
/// <param name="OfferTime">How long it may be claimed.</param>
public sealed record ControlStep(string Application, TimeSpan OfferTime) : RouteStep
{
    /// <summary>Headers of the INVITE that the offer shows; at most <see cref="Control.ControlLimits.MaxOfferedHeaders"/>.</summary>
    public ImmutableArray<string> Headers { get; init; } = [];
}

/// <summary>What is to be done with a call; immutable and shared by all calls that it applies to.</summary>
public sealed record RoutePlan
{
    /// <summary>The virtual number this plan belongs to; null in SBC mode.</summary>
    public string? Number { get; init; }

    /// <summary>Name of the configured route that matched; null for numbers.</summary>
    public string? Route { get; init; }

    /// <summary>Whether the call is recorded, whatever its trunks say.</summary>
    public bool Record { get; init; }

    /// <summary>Steps in order; empty when <see cref="RejectStatus"/> is set.</summary>
    public ImmutableArray<RouteStep> Steps { get; init; } = [];

    /// <summary>SIP status to refuse with; 0 to go on with the steps.</summary>
    public int RejectStatus { get; init; }

    /// <summary>Q.850 cause that goes with <see cref="RejectStatus"/>.</summary>
    public int RejectCause { get; init; }

    /// <summary>404 with Q.850 cause 1, unallocated number.</summary>
    public static RoutePlan UnknownNumber { get; } = new() { RejectStatus = 404, RejectCause = 1 };

    /// <summary>403 with Q.850 cause 21, call rejected.</summary>
    public static RoutePlan Forbidden { get; } = new() { RejectStatus = 403, RejectCause = 21 };
}
