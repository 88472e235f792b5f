using MediaCore.Engine.MediaSessions.Streams;

namespace MediaCore.Engine.Control;

/// <summary>Live sound of calls for consumers outside of their shards. Safe from any thread; nothing here waits for a peer.</summary>
public interface IStreamControl
{
    /// <summary>Puts a stream on a leg, where it stays until the leg ends or the stream is disposed. It is no command: it has no identifier, and its end is told by the stream.</summary>
    /// <param name="callId">The call.</param>
    /// <param name="legId">The leg; null for the caller's.</param>
    /// <param name="stream">Not attached before; the caller's to dispose, whatever the reply.</param>
    /// <param name="cancellationToken">Ends the waiting alone.</param>
    /// <returns>Accepted, with the leg; NotFound, FailedPrecondition (no sound is agreed on with the leg yet, another stream speaks to it), ResourceExhausted, Unavailable.</returns>
    ValueTask<CommandReply> AttachAsync(string callId, string? legId, AudioStream stream, CancellationToken cancellationToken = default);
}
