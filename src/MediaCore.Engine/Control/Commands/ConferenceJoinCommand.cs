using MediaCore.Engine.MediaSessions.Conferences;

namespace MediaCore.Engine.Control.Commands;

/// <summary>Takes a leg, by default the caller's, into a conference. Ends when it is in.</summary>
public sealed record ConferenceJoinCommand : CallCommand
{
    /// <summary>Name of the room, opened where nobody is in it.</summary>
    public required string Room { get; init; }

    /// <summary>How it takes part.</summary>
    public ConferenceRole Role { get; init; } = ConferenceRole.Member;
}
