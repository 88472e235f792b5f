namespace MediaCore.Engine.Control;

/// <summary>
/// Something that a controller wants done with a call. Commands go in by <see cref="ICallControl"/>, in process, from any thread; they are carried out on the call's shard, one after the other.
/// <list type="bullet">
/// <item>Each is answered at once by one <see cref="CommandReply"/>: accepted, or why not and what to do.</item>
/// <item>Each that was accepted is ended by exactly one <see cref="Events.CommandEnded"/> (or a record derived from it that has its result), whatever happens, the end of the call included. The reply comes
/// first: no event that a command causes is published before its reply was given.</item>
/// <item>What decides how a call goes on (answer, reject, dial, gather and the like) needs a call that was claimed (<see cref="Commands.ClaimCommand"/>); what is done to a call in progress (hang up, mute, record, play, send digits,
/// set a variable) does not.</item>
/// </list>
/// </summary>
public abstract record CallCommand
{
    /// <summary>The sender's name for it, 1 to <see cref="ControlLimits.MaxCommandIdChars"/> visible ASCII characters. While a command is open no other of its call may have the same; whoever wants longer memory keeps it before this interface.</summary>
    public required string CommandId { get; init; }

    /// <summary>The call, as in records, logs and events. Empty only where the command makes one.</summary>
    public string CallId { get; init; } = "";

    /// <summary>The leg: the call's identifier, a hyphen and the leg's number, as in records (<c>…-0</c> is who called). Null for the one that the command's own text says.</summary>
    public string? LegId { get; init; }

    /// <summary>The sender's own note, repeated in the event that ends the command; at most <see cref="ControlLimits.MaxClientStateChars"/> characters.</summary>
    public string? ClientState { get; init; }

    /// <summary>The epoch under which its sender controls the call; another than the call's is refused, so that a controller that was replaced does no harm. Null is not compared.</summary>
    public long? Epoch { get; init; }
}
