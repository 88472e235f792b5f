namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>What a room may be called.</summary>
public static class ConferenceRoom
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "a room's name has 1 to 64 letters, digits, '.', '_' or '-'";

    /// <summary>Whether a name is one. Rooms of our own have a colon in theirs and cannot be dialled.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= ConferenceLimits.MaxNameLength } && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
