using MediaCore.Engine.Calls;
using MediaCore.Primitives;

namespace MediaCore.Engine.Control;

/// <summary>A digit of a leg that is bridged with one of another shard: it is no sound, so the room does not carry it.</summary>
internal sealed class BridgeDigit : ControlExchange
{
    /// <summary>The bridge.</summary>
    public required string Id { get; init; }

    /// <summary>The call whose leg gets it.</summary>
    public required SessionHandle To { get; init; }

    /// <summary>Which.</summary>
    public required char Digit { get; init; }

    /// <summary>Its length in ms; 0 when that is not known.</summary>
    public int Milliseconds { get; init; }

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.OnBridgeDigit(this);

    /// <inheritdoc/>
    public override void Fail()
    {
        // A digit is lost, as digits are.
    }
}
