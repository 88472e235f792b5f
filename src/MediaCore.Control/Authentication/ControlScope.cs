namespace MediaCore.Control.Authentication;

/// <summary>What a credential allows; each includes those before it.</summary>
public enum ControlScope
{
    /// <summary>Nothing is asked for: health checks.</summary>
    None,

    /// <summary>To look: calls, events, figures, traces.</summary>
    Read,

    /// <summary>To drive calls.</summary>
    Control,

    /// <summary>To run the node, and to act on anybody's calls.</summary>
    Admin,
}
