namespace MediaCore.Engine.Control.Events;

/// <summary>What is wrong with a leg's audio.</summary>
public enum AudioFaultKind
{
    /// <summary>Nothing comes although it should, while the other side's packets come.</summary>
    OneWay,

    /// <summary>Nothing but digital silence comes.</summary>
    Silent,
}
