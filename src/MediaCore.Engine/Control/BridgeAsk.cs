using MediaCore.Engine.Calls;
using MediaCore.Primitives;

namespace MediaCore.Engine.Control;

/// <summary>A leg of one shard is to be bridged with one of another: the other shard is asked to take its leg into the room.</summary>
internal sealed class BridgeAsk : ControlExchange
{
    /// <summary>Names the bridge and its room.</summary>
    public required string Id { get; init; }

    /// <summary>Whose controller both calls must have.</summary>
    public required string? Controller { get; init; }

    /// <summary>The call that asks.</summary>
    public required SessionHandle From { get; init; }

    /// <summary>Its identifier.</summary>
    public required string FromCallId { get; init; }

    /// <summary>Its leg.</summary>
    public required string FromLegId { get; init; }

    /// <summary>The call that is asked.</summary>
    public required SessionHandle To { get; init; }

    /// <summary>Its identifier.</summary>
    public required string ToCallId { get; init; }

    /// <summary>Its leg; null for the one that stands for its call.</summary>
    public required string? ToLegId { get; init; }

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.OnBridgeAsked(this);

    /// <inheritdoc/>
    public override void Fail()
    {
        // Whoever asked waits no longer than its limit.
    }
}
