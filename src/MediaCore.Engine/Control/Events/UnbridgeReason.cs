namespace MediaCore.Engine.Control.Events;

/// <summary>Why two legs hear each other no longer.</summary>
public enum UnbridgeReason
{
    /// <summary>A command took them apart.</summary>
    Command,

    /// <summary>This leg is over.</summary>
    Ended,

    /// <summary>The other leg is over.</summary>
    OtherEnded,

    /// <summary>The media of one could not be connected.</summary>
    Failed,
}
