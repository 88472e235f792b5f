namespace MediaCore.Engine.Control;

/// <summary>The answer to a command, given at once.</summary>
/// <param name="Status">Whether it is being done.</param>
/// <param name="Problem">Why not, and what to do about it; empty where it was accepted.</param>
public sealed record CommandReply(CommandStatus Status, string Problem = "")
{
    /// <summary>The call; of a command that makes one, the one that was made.</summary>
    public string CallId { get; init; } = "";

    /// <summary>The leg that the command acts on or has made; null where there is none.</summary>
    public string? LegId { get; init; }

    /// <summary>Whether it was accepted.</summary>
    public bool IsAccepted => Status == CommandStatus.Accepted;

    /// <summary>Accepted.</summary>
    public static CommandReply Accept(string callId, string? legId = null) => new(CommandStatus.Accepted) { CallId = callId, LegId = legId };

    /// <summary>Refused.</summary>
    public static CommandReply Refuse(CommandStatus status, string problem) => new(status, problem);
}
