namespace MediaCore.Smpp.Sessions;

/// <summary>State of a session, SMPP 3.4 §2.2.</summary>
public enum SessionState
{
    /// <summary>Connected; nobody has bound.</summary>
    Open,

    /// <summary>A bind waits for its answer.</summary>
    Binding,

    /// <summary>The program may send.</summary>
    BoundTransmitter,

    /// <summary>The program may receive.</summary>
    BoundReceiver,

    /// <summary>Both.</summary>
    BoundTransceiver,

    /// <summary>An unbind waits for its answer.</summary>
    Unbinding,

    /// <summary>It is over.</summary>
    Closed,
}
