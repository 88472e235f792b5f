using MediaCore.Engine.Calls;
using MediaCore.Primitives;

namespace MediaCore.Engine.Control;

/// <summary>The other shard's leg is in the room, or why not.</summary>
internal sealed class BridgeAnswer : ControlExchange
{
    /// <summary>The bridge.</summary>
    public required string Id { get; init; }

    /// <summary>The call that asked.</summary>
    public required SessionHandle To { get; init; }

    /// <summary>The leg that is in the room.</summary>
    public string OtherLegId { get; init; } = "";

    /// <summary>Why there is none; empty where it is in.</summary>
    public string Problem { get; init; } = "";

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.OnBridgeAnswered(this);

    /// <inheritdoc/>
    public override void Fail()
    {
        // Whoever asked waits no longer than its limit.
    }
}
