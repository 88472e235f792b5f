namespace MediaCore.Engine.Policies.Identity;

/// <summary>In which header a trunk is told who calls, beyond From.</summary>
public enum IdentityHeader : byte
{
    /// <summary>In none.</summary>
    None,

    /// <summary>P-Asserted-Identity (RFC 3325 §9.1).</summary>
    Asserted,

    /// <summary>P-Preferred-Identity (RFC 3325 §9.2), for carriers that assert it themselves.</summary>
    Preferred,

    /// <summary>Remote-Party-ID (draft-ietf-sip-privacy-04), for old peers.</summary>
    RemoteParty,
}

/// <summary>In which header a trunk is told by whom the call was diverted.</summary>
public enum DiversionHeader : byte
{
    /// <summary>In none.</summary>
    None,

    /// <summary>Diversion (RFC 5806).</summary>
    Diversion,

    /// <summary>History-Info (RFC 7044).</summary>
    HistoryInfo,

    /// <summary>In both.</summary>
    Both,
}

/// <summary>
/// How far a trunk is believed and what it is told about callers (RFC 3325's trust domain). The default: nothing that an untrusted trunk says about
/// identities is read, and it is told no more than From.
/// </summary>
public sealed record TrunkIdentity
{
    /// <summary>A trunk outside the trust domain that gets From and nothing else.</summary>
    public static TrunkIdentity Untrusted { get; } = new();

    /// <summary>
    /// Belongs to the trust domain: its P-Asserted-Identity, Remote-Party-ID, Diversion and History-Info are believed, and it is told who calls even
    /// when the caller wants that kept from the called side (RFC 3325 §7).
    /// </summary>
    public bool IsTrusted { get; init; }

    /// <summary>Where it is told who calls.</summary>
    public IdentityHeader Send { get; init; }

    /// <summary>Where it is told who diverted the call.</summary>
    public DiversionHeader Diversion { get; init; }

    /// <summary>The number that is asserted for calls from this trunk, whatever it says itself: a customer's main number; null for none.</summary>
    public string? Assert { get; init; }
}
