namespace MediaCore.Engine.Policies;

/// <summary>What becomes of a REFER within a call (RFC 3515).</summary>
public enum TransferPolicy : byte
{
    /// <summary>403. A stranger who can transfer can make us dial, at our cost.</summary>
    Refuse,

    /// <summary>We dial the new party, by the route that the transferring party's own call would take, and connect the one who stays with it.</summary>
    Terminate,

    /// <summary>The other party is asked to call the new one, at our address. A transfer to a call that we have (Replaces) is still ours to do.</summary>
    Pass,
}
