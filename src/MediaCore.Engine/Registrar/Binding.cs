using MediaCore.Engine.Signalling;
using MediaCore.Primitives;

namespace MediaCore.Engine.Registrar;

/// <summary>One contact of an account (RFC 3261 §10): where to call it, by which flow it is reached, until when.</summary>
internal sealed record Binding
{
    /// <summary>Contact URI as registered; what the Request-URI of calls to it says.</summary>
    public required byte[] Uri { get; init; }

    /// <summary>Where the REGISTER came from: also the way back to it, since a NAT may stand between.</summary>
    public required Flow Flow { get; init; }

    public required Timestamp ExpiresAt { get; init; }

    /// <summary>Call-ID and CSeq of the REGISTER, so that a late one cannot undo a newer (§10.3 step 7).</summary>
    public required byte[] CallId { get; init; }

    public required uint CSeq { get; init; }
}
