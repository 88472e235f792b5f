namespace MediaCore.Transport.WebSocket;

/// <summary>What a frame is, RFC 6455 §5.2.</summary>
public enum WebSocketOpcode : byte
{
    /// <summary>More of the message that an earlier frame began.</summary>
    Continuation = 0,

    /// <summary>The first frame of a message in UTF-8.</summary>
    Text = 1,

    /// <summary>The first frame of a message of any bytes.</summary>
    Binary = 2,

    /// <summary>The last frame that its sender sends.</summary>
    Close = 8,

    /// <summary>To be answered by <see cref="Pong"/>.</summary>
    Ping = 9,

    /// <summary>The answer to <see cref="Ping"/>, or a sign of life.</summary>
    Pong = 10,
}
