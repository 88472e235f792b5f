namespace MediaCore.Engine.Control;

/// <summary>Why a gather ended.</summary>
public enum GatherEnd
{
    /// <summary>As many digits as it wanted at most.</summary>
    MaxDigits,

    /// <summary>A terminator was typed.</summary>
    Terminator,

    /// <summary>No further digit within the time between two, and there were enough.</summary>
    Interdigit,

    /// <summary>No digit within the initial time.</summary>
    NoInput,

    /// <summary>No further digit came, or a terminator, before there were enough.</summary>
    NoMatch,

    /// <summary>Its time as a whole was over.</summary>
    Overall,

    /// <summary>It was stopped by a command.</summary>
    Stopped,

    /// <summary>The leg or the call is over.</summary>
    HungUp,
}
