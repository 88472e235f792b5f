namespace MediaCore.Sip.Dialogs;

/// <summary>
/// What a peer can make a dialog remember. Together they bound a dialog's memory at <see cref="MaxArenaBytes"/>; a request or response that
/// goes past one is refused by the caller (400 or 513 for a request, BYE or CANCEL after a response).
/// </summary>
public static class DialogLimits
{
    /// <summary>Call-ID, bytes. Seen in practice: up to about 120 (UUID@host of hosted PBXs).</summary>
    public const int MaxCallIdBytes = 512;

    /// <summary>A tag, bytes. RFC 3261 §19.3 asks for 32 random bits; topology-hiding boxes encode state and reach about 200.</summary>
    public const int MaxTagBytes = 256;

    /// <summary>A From or To name-addr without its tag, bytes: a display name and a URI of <see cref="MaxTargetBytes"/> at their usual sizes.</summary>
    public const int MaxAddressBytes = 1024;

    /// <summary>The remote target's URI, bytes. IMS and push Contacts with instance and token parameters reach about 600.</summary>
    public const int MaxTargetBytes = 1024;

    /// <summary>One route value, bytes. Proxies that keep their dialog state in Record-Route parameters reach about 500.</summary>
    public const int MaxRouteBytes = 1024;

    /// <summary>Values in the route set. Max-Forwards starts at 70 (§8.1.1.6); carriers' paths record fewer than 10.</summary>
    public const int MaxRoutes = 32;

    /// <summary>All of the above for one dialog, bytes.</summary>
    public const int MaxArenaBytes = 16 * 1024;

    /// <summary>What a new dialog reserves, bytes: two tags, a Call-ID and three URIs at their usual sizes come to about 250. Two routes are some 200 more.</summary>
    public const int InitialArenaBytes = 256;

    /// <summary>By so much a dialog's memory grows, bytes; what is over at its end is memory that nobody uses.</summary>
    public const int ArenaStepBytes = 128;

    /// <summary>A pooled dialog keeps at most so much, bytes, so that one large call doesn't stay in the pool for ever.</summary>
    public const int RetainedArenaBytes = 4096;

    /// <summary>CSeq numbers are below 2³¹ (§8.1.1.5).</summary>
    public const uint MaxCSeq = int.MaxValue;
}
