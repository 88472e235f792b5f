namespace MediaCore.Engine.Control;

/// <summary>Which direction of a leg is muted.</summary>
[Flags]
public enum MuteDirection
{
    /// <summary>None.</summary>
    None,

    /// <summary>What it says is heard by nobody.</summary>
    In = 1,

    /// <summary>It does not hear the other side.</summary>
    Out = 2,

    /// <summary>Both.</summary>
    Both = In | Out,
}
