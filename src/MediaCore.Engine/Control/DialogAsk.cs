using MediaCore.Engine.Calls;
using MediaCore.Primitives;

namespace MediaCore.Engine.Control;

/// <summary>A call is to be joined with another, perhaps of another shard (an attended transfer by command): that one is asked which of its dialogs gives way.</summary>
internal sealed class DialogAsk : ControlExchange
{
    /// <summary>The call that asks.</summary>
    public required SessionHandle From { get; init; }

    /// <summary>Its leg that leaves.</summary>
    public required int LeavingIndex { get; init; }

    /// <summary>The command that wants it.</summary>
    public required string CommandId { get; init; }

    /// <summary>Whose controller both calls must have.</summary>
    public required string? Controller { get; init; }

    /// <summary>Trunk or account of the leg that leaves, which shows whose dialog of the other call gives way.</summary>
    public string? Peer { get; init; }

    /// <summary>Whether <see cref="Peer"/> is a trunk.</summary>
    public bool PeerIsTrunk { get; init; }

    /// <summary>The call that is asked.</summary>
    public required string ToCallId { get; init; }

    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => calls.OnDialogAsked(this);

    /// <inheritdoc/>
    public override void Fail()
    {
        // Whoever asked waits no longer than its limit.
    }
}
