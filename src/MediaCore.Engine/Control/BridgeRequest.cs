using MediaCore.Engine.Calls;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Control;

/// <summary>An INFO or MESSAGE of a leg that is bridged with one of another shard: its party is asked there.</summary>
internal sealed class BridgeRequest : ControlExchange
{
    /// <summary>The bridge.</summary>
    public required string Id { get; init; }

    /// <summary>The call whose party is asked.</summary>
    public required SessionHandle To { get; init; }

    /// <summary>The call whose party asks.</summary>
    public required SessionHandle From { get; init; }

    /// <summary>Its leg.</summary>
    public required int FromIndex { get; init; }

    /// <summary>Tells the requests of that leg apart.</summary>
    public required uint Number { get; init; }

    /// <summary>INFO or MESSAGE.</summary>
    public required SipMethod Method { get; init; }

    /// <summary>Hops that are left.</summary>
    public required int MaxForwards { get; init; }

    /// <summary>Header lines that say how the body is to be read.</summary>
    public required byte[] Headers { get; init; }

    /// <summary>Media type of the body.</summary>
    public required byte[] ContentType { get; init; }

    /// <summary>The body; at most <see cref="Signalling.EngineLimits.MaxRelayedBodyBytes"/>.</summary>
    public required byte[] Body { get; init; }

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.OnBridgeRequest(this);

    /// <inheritdoc/>
    public override void Fail()
    {
        // Whoever asked waits no longer than its limit.
    }
}
