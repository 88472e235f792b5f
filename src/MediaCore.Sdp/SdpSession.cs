using MediaCore.Primitives;

namespace MediaCore.Sdp;

/// <summary>
/// What our <c>o=</c> line says, one per dialog side: never the peer's, which would show its addresses (RFC 3264 §5, §8).
/// </summary>
/// <param name="Id">The session id, the same for the whole dialog. Keep it below 2^63: some peers read it as a signed number.</param>
/// <param name="Version">One more for each description that differs from the one before, the same for one that does not.</param>
/// <param name="Address">The address we show; its port is not used.</param>
public readonly record struct SdpSession(ulong Id, ulong Version, NetworkEndpoint Address)
{
    /// <summary>The session for the next, changed description.</summary>
    public SdpSession Next() => this with { Version = Version + 1 };
}
