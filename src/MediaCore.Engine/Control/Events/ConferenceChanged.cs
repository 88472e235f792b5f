namespace MediaCore.Engine.Control.Events;

/// <summary>A leg has come into a conference by command, or left it.</summary>
public sealed record ConferenceChanged : CallEvent
{
    /// <summary>The room.</summary>
    public required string Room { get; init; }

    /// <summary>Whether the leg is in it now.</summary>
    public bool IsIn { get; init; }

    /// <summary>Members that the room has now.</summary>
    public int Members { get; init; }
}
