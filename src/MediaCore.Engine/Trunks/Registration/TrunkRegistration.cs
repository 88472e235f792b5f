using MediaCore.Engine.Policies;

namespace MediaCore.Engine.Trunks.Registration;

/// <summary>How we register with a trunk that does not know us by our address (RFC 3261 §10.2). Immutable.</summary>
public sealed record TrunkRegistration
{
    /// <summary>Where REGISTER goes; its destinations are tried in order.</summary>
    public required SipPeer Registrar { get; init; }

    /// <summary>User part of the address of record.</summary>
    public required string User { get; init; }

    /// <summary>Host of the address of record, and the Request-URI of REGISTER.</summary>
    public required string Domain { get; init; }

    /// <summary>User part of our Contact: calls to it from the registrar belong to this trunk.</summary>
    public required string ContactUser { get; init; }

    /// <summary>Lifetime asked for.</summary>
    public TimeSpan Expires { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Wait after the first failure; doubled with each further one (RFC 5626 §4.5 has 30 s).</summary>
    public TimeSpan MinRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait after failures (RFC 5626 §4.5 has 1800 s).</summary>
    public TimeSpan MaxRetry { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether both make the same binding, so that a reload need not touch it.</summary>
    public bool IsSame(TrunkRegistration? other) =>
        other is not null && this with { Registrar = other.Registrar } == other
        && Registrar.IsSameHop(other.Registrar);
}
