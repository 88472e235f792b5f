using MediaCore.Engine.Calls;
using MediaCore.Primitives;

namespace MediaCore.Engine.Control;

/// <summary>Which dialog of the other call gives way, or why none does.</summary>
internal sealed class DialogAnswer : ControlExchange
{
    /// <summary>The call that asked.</summary>
    public required SessionHandle To { get; init; }

    /// <summary>Its leg that leaves.</summary>
    public required int LeavingIndex { get; init; }

    /// <summary>The command that wants it.</summary>
    public required string CommandId { get; init; }

    /// <summary>Why there is none; empty where there is.</summary>
    public required string Problem { get; init; }

    /// <summary>Value of the Replaces header that names the dialog.</summary>
    public byte[] Replaces { get; init; } = [];

    /// <summary>The shard that has it.</summary>
    public int Shard { get; init; }

    /// <summary>Trunk or account of the party that is replaced, in whose name we ask.</summary>
    public string? Peer { get; init; }

    /// <summary>Whether <see cref="Peer"/> is a trunk.</summary>
    public bool PeerIsTrunk { get; init; }

    /// <summary>The other call.</summary>
    public required string OtherCallId { get; init; }

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.OnDialogAnswered(this);

    /// <inheritdoc/>
    public override void Fail()
    {
        // Whoever asked waits no longer than its limit.
    }
}
