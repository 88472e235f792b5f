namespace MediaCore.Transport.Tcp;

/// <summary>
/// Where connections report. Calls for one connection come one after the other, from thread pool threads: accepted, frames, closed. They
/// must not block: hand over to a shard's mailbox and return. An exception closes the connection and is logged.
/// </summary>
public interface IConnectionSink
{
    /// <summary>A connection came in, before anything is read from it: the moment to set its <see cref="TcpConnection.Tag"/>.</summary>
    void OnAccepted(TcpConnection connection);

    /// <summary>A whole message came in.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="buffer">
    /// Rented from <see cref="System.Buffers.ArrayPool{T}.Shared"/> and from now on the sink's, which returns it there; longer than the message.
    /// </param>
    /// <param name="length">Bytes of the message, from the buffer's start.</param>
    void OnFrame(TcpConnection connection, byte[] buffer, int length);

    /// <summary>
    /// Asked after the frames of one read were handed over and before the next read. While it is not completed nothing is read, so the peer's
    /// window closes: back-pressure on the one that sends too fast, instead of loss for all.
    /// </summary>
    ValueTask WaitForRoomAsync(TcpConnection connection) => ValueTask.CompletedTask;

    /// <summary>
    /// Asked when the stream cannot be cut into messages any more, after everything before that was handed over. Until it is completed answers can
    /// still be queued; then the connection is closed after them. What the peer sends meanwhile is read and dropped.
    /// </summary>
    ValueTask WaitForAnswersAsync(TcpConnection connection) => ValueTask.CompletedTask;

    /// <summary>The connection is gone; nothing follows. Once for each connection that was accepted or connected.</summary>
    void OnClosed(TcpConnection connection, ConnectionCloseReason reason);
}
