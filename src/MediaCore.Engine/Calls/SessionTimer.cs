using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>
/// The session timer of one leg (RFC 4028): the interval agreed with its peer and who refreshes. Made for the first call that needs it, then
/// kept with the pooled leg.
/// </summary>
internal sealed class SessionTimer(Call call, Leg leg)
{
    public CallTimer Timer { get; } = new(CallTimerKind.Session, call, leg);

    /// <summary>An interval is agreed.</summary>
    public bool IsActive { get; set; }

    /// <summary>We refresh; else the peer does.</summary>
    public bool IsRefresher { get; set; }

    /// <summary>The agreed interval in seconds.</summary>
    public uint IntervalSeconds { get; set; }

    /// <summary>Shortest interval that the peer or a proxy on the way takes (Min-SE); 0 when nobody said.</summary>
    public uint MinimumSeconds { get; set; }

    /// <summary>Whom the peer's request in progress wants to refresh.</summary>
    public Sip.Messages.SessionRefresher Wish { get; set; }

    /// <summary>The interval that the peer's request in progress asks for; 0 for none.</summary>
    public uint WishSeconds { get; set; }

    /// <summary>How often a 422 made us raise the interval and ask again.</summary>
    public int Raises { get; set; }

    /// <summary>When the session is over unless it is refreshed.</summary>
    public Timestamp ExpiresAt { get; set; }

    public void Clear()
    {
        IsActive = IsRefresher = false;
        IntervalSeconds = MinimumSeconds = WishSeconds = 0;
        Wish = default;
        Raises = 0;
        ExpiresAt = default;
    }
}
