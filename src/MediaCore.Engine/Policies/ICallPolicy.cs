using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Policies;

/// <summary>The facts about a new call that routing may look at. Spans are valid only during the call of <see cref="ICallPolicy.Route"/>.</summary>
public readonly ref struct RouteRequest
{
    /// <summary>User part of the Request-URI, unescaped; for tel: URIs the number.</summary>
    public ReadOnlySpan<byte> Called { get; init; }

    /// <summary>User part of From, unescaped; empty when anonymous.</summary>
    public ReadOnlySpan<byte> Caller { get; init; }

    /// <summary>Where the INVITE came from.</summary>
    public NetworkEndpoint Source { get; init; }

    /// <summary>The trunk whose <c>from</c> networks hold <see cref="Source"/>; null when none does.</summary>
    public Trunk? InboundTrunk { get; init; }

    /// <summary>The account that authenticated itself on this INVITE; null when none did.</summary>
    public string? Account { get; init; }

    /// <summary>Whether a controller of the server's own dials it, for whom the outbound routes are open as they are for accounts.</summary>
    public bool IsByController { get; init; }

    /// <summary>Time of day at which the INVITE came.</summary>
    public DateTimeOffset Time { get; init; }
}

/// <summary>Whether a new call's source has to prove who it is before it is routed.</summary>
public enum CallerAdmission : byte
{
    /// <summary>Route it as it is.</summary>
    Accept,

    /// <summary>Ask for digest credentials (401) and route it when they are right.</summary>
    Challenge,

    /// <summary>Refuse it with 403.</summary>
    Forbid,
}

/// <summary>
/// The routing decision: a pure function over an immutable snapshot. Called on shard threads, so it must not block, do I/O or take locks
/// that others hold for long.
/// </summary>
public interface ICallPolicy
{
    /// <summary>The trunk that a source address belongs to (longest matching network first), or null.</summary>
    Trunk? FindTrunk(in NetworkEndpoint source);

    /// <summary>The first trunk with a target of that host, which its peer has proved by a certificate, or null.</summary>
    Trunk? FindTrunkByHost(string host);

    /// <summary>Whether the caller must authenticate. <paramref name="request"/> has no <see cref="RouteRequest.Account"/> yet.</summary>
    CallerAdmission Admit(in RouteRequest request);

    /// <summary>What to do with the call.</summary>
    RoutePlan Route(in RouteRequest request);

    /// <summary>The trunk of that name, with somewhere to send calls to; null where there is none.</summary>
    Trunk? FindTrunkByName(string name) => null;

    /// <summary>What a configured route does with a call, whether it matches or not; null where there is none of that name, or its rates have no prefix of the number.</summary>
    RoutePlan? FindRoute(string name, in RouteRequest request) => null;
}
