namespace MediaCore.Engine.Control.Commands;

/// <summary>Transfers a leg, by default the caller's: to a target, or to the party of another call. Ends with the SIP status of it.</summary>
public sealed record TransferCommand : CallCommand
{
    /// <summary>Whom to; null for an attended transfer.</summary>
    public DialDestination? Target { get; init; }

    /// <summary>For an attended transfer: the call whose party takes this one's place.</summary>
    public string? OtherCallId { get; init; }

    /// <summary>Whether the leg's phone is asked to do it (REFER), or the server dials for it.</summary>
    public bool ByRefer { get; init; }
}
