namespace MediaCore.Engine.Control;

/// <summary>How far a call is.</summary>
public enum CallPhase
{
    /// <summary>The caller was not answered.</summary>
    Setup,

    /// <summary>It is offered to an application and nobody has claimed it.</summary>
    Offered,

    /// <summary>The caller was answered.</summary>
    Answered,
}
