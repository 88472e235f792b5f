namespace MediaCore.Engine.Control.Events;

/// <summary>A party wants to transfer the call (REFER): its controller accepts, refuses or does it itself.</summary>
public sealed record TransferRequested : CallEvent
{
    /// <summary>Whom to: user part of Refer-To.</summary>
    public string Target { get; init; } = "";

    /// <summary>Whether another dialog of the party is to be replaced.</summary>
    public bool IsAttended { get; init; }

    /// <summary>Until when it may be decided; then the configured policy decides.</summary>
    public DateTimeOffset Deadline { get; init; }
}
