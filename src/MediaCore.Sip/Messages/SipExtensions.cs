namespace MediaCore.Sip.Messages;

/// <summary>
/// Option tags that are known by value (RFC 3261 §19.2), as a set: what a peer supports or requires, what we do. Tags not in this list are read
/// from the headers themselves. <see cref="SipOptionTags"/> reads and writes them.
/// </summary>
[Flags]
public enum SipExtensions : ushort
{
    /// <summary>No extension.</summary>
    None = 0,

    /// <summary><c>100rel</c>: reliable provisional responses, RFC 3262.</summary>
    ReliableProvisionals = 1,

    /// <summary><c>timer</c>: session timers, RFC 4028.</summary>
    SessionTimer = 1 << 1,

    /// <summary><c>replaces</c>, RFC 3891.</summary>
    Replaces = 1 << 2,

    /// <summary><c>norefersub</c>: REFER without a subscription, RFC 4488.</summary>
    NoReferSubscription = 1 << 3,

    /// <summary><c>path</c>, RFC 3327.</summary>
    Path = 1 << 4,

    /// <summary><c>outbound</c>: flows kept by the client, RFC 5626.</summary>
    Outbound = 1 << 5,

    /// <summary><c>gruu</c>, RFC 5627.</summary>
    Gruu = 1 << 6,

    /// <summary><c>histinfo</c>: History-Info, RFC 7044.</summary>
    HistoryInfo = 1 << 7,

    /// <summary><c>tdialog</c>: Target-Dialog, RFC 4538.</summary>
    TargetDialog = 1 << 8,

    /// <summary><c>privacy</c>, RFC 3323.</summary>
    Privacy = 1 << 9,

    /// <summary><c>199</c>: early dialogs that end are told, RFC 6228.</summary>
    EarlyDialogTerminated = 1 << 10,

    /// <summary><c>from-change</c>: connected identity, RFC 4916.</summary>
    FromChange = 1 << 11,
}
