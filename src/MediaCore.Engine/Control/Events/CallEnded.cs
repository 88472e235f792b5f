using MediaCore.Engine.CallRecords;

namespace MediaCore.Engine.Control.Events;

/// <summary>The call is over. The last of its numbered events.</summary>
public sealed record CallEnded : CallEvent
{
    /// <summary>Its record.</summary>
    public required CallRecord Record { get; init; }
}
