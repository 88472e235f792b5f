namespace MediaCore.Engine.Relaying;

/// <summary>Under which name a session of an owner stands among those of the ng protocol: with a character between owner and session that no Call-ID of that protocol can have, whose characters are bytes.</summary>
internal static class RelayKey
{
    private const char Separator = '\u2192';

    /// <summary>The name.</summary>
    public static string Make(string owner, string sessionId) => $"{owner}{Separator}{sessionId}";

    /// <summary>Whether a session has an owner.</summary>
    public static bool IsRelay(string callId) => callId.Contains(Separator, StringComparison.Ordinal);

    /// <summary>The session's name for its owner.</summary>
    public static string GetSessionId(string callId) => callId[(callId.IndexOf(Separator, StringComparison.Ordinal) + 1)..];
}
