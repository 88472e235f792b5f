namespace MediaCore.Engine.Control.Commands;

/// <summary>What a controller makes of a transfer that a party has asked for.</summary>
public enum TransferDecision
{
    /// <summary>The server does it, as its own policy for transfers would.</summary>
    Accept,

    /// <summary>The party is refused.</summary>
    Refuse,

    /// <summary>The party is told that it is done (202, then a NOTIFY with 200), and the controller does what it likes.</summary>
    TakeOver,
}
