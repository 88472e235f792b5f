namespace MediaCore.Smpp.Sessions;

/// <summary>Why a session ended.</summary>
public enum SessionEnd
{
    /// <summary>The peer unbound, or answered our unbind.</summary>
    Unbound,

    /// <summary>The bind was refused.</summary>
    Refused,

    /// <summary>Nobody bound in time.</summary>
    NotBound,

    /// <summary>The peer does not answer.</summary>
    Silent,

    /// <summary>What came is no SMPP.</summary>
    Malformed,

    /// <summary>The connection is gone.</summary>
    Disconnected,
}
