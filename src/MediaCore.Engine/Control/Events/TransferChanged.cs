using MediaCore.Engine.CallRecords;

namespace MediaCore.Engine.Control.Events;

/// <summary>A transfer has come further, or is over.</summary>
public sealed record TransferChanged : CallEvent
{
    /// <summary>Which kind.</summary>
    public TransferKind Kind { get; init; }

    /// <summary>SIP status of it so far: 100 to 199 while it is open, 200 when it has succeeded, otherwise why not.</summary>
    public int SipStatus { get; init; }
}
