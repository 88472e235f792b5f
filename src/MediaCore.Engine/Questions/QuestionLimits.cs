namespace MediaCore.Engine.Questions;

/// <summary>Bounds of what waits for answers of a control plane, and what happens at each.</summary>
public static class QuestionLimits
{
    /// <summary>Questions about one call: answers that name a number or route may lead to a question again, and must not for ever. At the bound the plan goes on.</summary>
    public const int MaxPerCall = 4;

    /// <summary>Requests of unknown accounts that wait on one shard; one more gets 503. With their bytes at most 16 MB, usually 250 KB.</summary>
    public const int MaxParkedRequests = 256;

    /// <summary>Requests of one unknown account that wait: its phones, not everybody who knows its name.</summary>
    public const int MaxParkedPerAccount = 8;

    /// <summary>Accounts whose answers are remembered, refusals among them; at the bound the oldest go. About 300 bytes each.</summary>
    public const int MaxRememberedAccounts = 65_536;

    /// <summary>A remembered secret older than this is asked for again when credentials do not fit it: the password may have been changed. Not more often, since guesses do not fit either.</summary>
    public static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(30);

    /// <summary>Longest that a call may wait: its caller hears nothing meanwhile.</summary>
    public static readonly TimeSpan MaxRouteDeadline = TimeSpan.FromSeconds(60);

    /// <summary>Longest that a REFER, a MESSAGE or a request with credentials may wait: well below the 32 s after which its sender gives up (RFC 3261, timer F), with time for the delivery.</summary>
    public static readonly TimeSpan MaxRequestDeadline = TimeSpan.FromSeconds(10);
}
