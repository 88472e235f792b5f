using MediaCore.Engine.Calls;
using MediaCore.Engine.Control.Events;
using MediaCore.Primitives;

namespace MediaCore.Engine.Control;

/// <summary>The other shard's side of a bridge has ended it.</summary>
internal sealed class BridgeEnd : ControlExchange
{
    /// <summary>The bridge.</summary>
    public required string Id { get; init; }

    /// <summary>The call that is told.</summary>
    public required SessionHandle To { get; init; }

    /// <summary>Why, as the told side has it.</summary>
    public UnbridgeReason Reason { get; init; }

    /// <summary>Whether its leg is hung up.</summary>
    public bool HangsUp { get; init; }

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.OnBridgeEnded(this);

    /// <inheritdoc/>
    public override void Fail()
    {
        // The leg stays in the room by itself until its controller does something with it.
    }
}
