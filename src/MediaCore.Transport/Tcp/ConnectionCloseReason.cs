namespace MediaCore.Transport.Tcp;

/// <summary>Why a connection ended; the first cause stands.</summary>
public enum ConnectionCloseReason
{
    /// <summary>It has not ended.</summary>
    None = 0,

    /// <summary>The peer closed it between messages.</summary>
    PeerClosed,

    /// <summary>The peer closed it inside a message.</summary>
    PeerClosedInMessage,

    /// <summary>The peer reset it, or the network did.</summary>
    PeerReset,

    /// <summary><see cref="TcpConnection.Close"/> or <see cref="TcpConnection.Abort()"/> was called.</summary>
    LocalClose,

    /// <summary>No byte either way for <see cref="TcpOptions.IdleTimeout"/>.</summary>
    Idle,

    /// <summary>A message was not complete within <see cref="TcpOptions.MessageReadTimeout"/>.</summary>
    MessageTimeout,

    /// <summary>A message was longer than <see cref="TcpOptions.MaxMessageBytes"/>.</summary>
    MessageTooLarge,

    /// <summary>The scanner could not find messages in what came.</summary>
    InvalidFraming,

    /// <summary>
    /// The peer does not read: more than <see cref="TcpOptions.MaxQueuedBytes"/> waited, or the same bytes for longer than
    /// <see cref="TcpOptions.SendTimeout"/>.
    /// </summary>
    Stalled,

    /// <summary>The TLS handshake or the WebSocket request failed, or there were too many at once.</summary>
    HandshakeFailed,

    /// <summary>The TLS handshake or the WebSocket request was not over in time.</summary>
    HandshakeTimeout,

    /// <summary>The listener or connector was disposed.</summary>
    Shutdown,

    /// <summary>The sink or the scanner threw: a defect of ours, which is logged.</summary>
    Fault,
}
