namespace MediaCore.Engine.Control;

/// <summary>How far a leg is. The order is that of a leg's life.</summary>
public enum LegPhase
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its INVITE has come, or is on its way.</summary>
    Created,

    /// <summary>The next hop has it (100).</summary>
    Trying,

    /// <summary>It rings (180 and the like).</summary>
    Ringing,

    /// <summary>The caller hears it before it answers (early media).</summary>
    Early,

    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>It is over: refused, cancelled or hung up.</summary>
    Ended,
}
