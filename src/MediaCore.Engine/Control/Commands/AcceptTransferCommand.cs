namespace MediaCore.Engine.Control.Commands;

/// <summary>Decides a transfer that a party of the call has asked for (<see cref="Events.TransferRequested"/>).</summary>
public sealed record AcceptTransferCommand : CallCommand
{
    /// <summary>What becomes of it.</summary>
    public TransferDecision Decision { get; init; }

    /// <summary>For a refusal: the SIP status, 400 to 699.</summary>
    public int SipStatus { get; init; } = 603;
}
