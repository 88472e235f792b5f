namespace MediaCore.Engine.Calls;

/// <summary>What the controller of a call has done to one of its legs. Made for the first such command, so a leg that nobody controls has none.</summary>
internal sealed class LegTies
{
    /// <summary>We hold it: our descriptions say that we send, and want nothing.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The command that waits for the leg to agree to be held or resumed; null for none.</summary>
    public OpenCommand? Hold { get; set; }

    /// <summary>The offer of <see cref="Hold"/> is on its way.</summary>
    public bool IsHoldOffered { get; set; }

    /// <summary>It was taken from the one it talked with and talks with nobody; its call goes on.</summary>
    public bool IsParked { get; set; }

    /// <summary>The leg of another call that it talks with; null for none.</summary>
    public LegBridge? Bridge { get; set; }

    /// <summary>Requests of its party that one of another shard is asked over the bridge; null before the first.</summary>
    public List<BridgedRequest>? Requests { get; set; }

    /// <summary>Number of the last of <see cref="Requests"/>.</summary>
    public uint LastRequest { get; set; }

    /// <summary>Its REFER that its call's controller has not decided yet; null for none.</summary>
    public TransferRequest? Requested { get; set; }

    /// <summary>Our REFER that its phone has not told the end of; null for none.</summary>
    public ReferRequest? Refer { get; set; }
}
