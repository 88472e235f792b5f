namespace MediaCore.Engine.Control;

/// <summary>
/// All that can be done to calls from outside of their shards: the one interface that the gRPC services, the number service and the command line drive calls by. Safe from any thread; nothing here waits for a peer.
/// What happens comes by <see cref="ICallEvents"/>.
/// </summary>
public interface ICallControl
{
    /// <summary>Carries a command out.</summary>
    /// <param name="command">What is wanted.</param>
    /// <param name="replied">Gets the reply, exactly once: on the shard of the call before the command's first event is published, or here at once. Must not block and not throw.</param>
    void Execute(CallCommand command, Action<CommandReply> replied);

    /// <summary>Carries a command out. For those who need not have reply and events in one order: the continuation runs elsewhere than the events are published.</summary>
    /// <param name="command">What is wanted.</param>
    /// <param name="cancellationToken">Ends the waiting alone; the command goes on.</param>
    ValueTask<CommandReply> ExecuteAsync(CallCommand command, CancellationToken cancellationToken = default);

    /// <summary>A call as it is now; null when there is none (any more).</summary>
    ValueTask<CallSnapshot?> GetCallAsync(string callId, CancellationToken cancellationToken = default);

    /// <summary>Calls in progress, in the order of their identifiers, which for calls that came to us is that of their beginning.</summary>
    ValueTask<CallPage> ListCallsAsync(CallFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Who is in a conference, on all shards, in the order of the legs' identifiers; empty where nobody is.</summary>
    ValueTask<IReadOnlyList<ConferenceMemberSnapshot>> ListConferenceAsync(string room, CancellationToken cancellationToken = default);
}
