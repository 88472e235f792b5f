using MediaCore.Engine.Calls;
using MediaCore.Primitives;

namespace MediaCore.Engine.Control;

/// <summary>What the party of the other shard has answered to a <see cref="BridgeRequest"/>.</summary>
internal sealed class BridgeResponse : ControlExchange
{
    /// <summary>The call whose party has asked.</summary>
    public required SessionHandle To { get; init; }

    /// <summary>Its leg.</summary>
    public required int ToIndex { get; init; }

    /// <summary>Which request of that leg.</summary>
    public required uint Number { get; init; }

    /// <summary>The final status.</summary>
    public required int Status { get; init; }

    /// <summary>Header lines of a refusal without which its status is not understood; empty for none.</summary>
    public required byte[] Explanation { get; init; }

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.OnBridgeResponse(this);

    /// <inheritdoc/>
    public override void Fail()
    {
        // The party that asked is answered when its limit is over.
    }
}
