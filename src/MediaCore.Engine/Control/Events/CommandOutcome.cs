namespace MediaCore.Engine.Control.Events;

/// <summary>How a command ended.</summary>
public enum CommandOutcome
{
    /// <summary>It is done.</summary>
    Completed,

    /// <summary>Another command has ended it.</summary>
    Stopped,

    /// <summary>A digit has ended it.</summary>
    Barged,

    /// <summary>It could not be done.</summary>
    Failed,

    /// <summary>Its leg or the call is over.</summary>
    HungUp,
}
