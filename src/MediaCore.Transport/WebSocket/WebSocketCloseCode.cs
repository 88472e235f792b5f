namespace MediaCore.Transport.WebSocket;

/// <summary>Why a connection is closed, RFC 6455 §7.4.1.</summary>
public enum WebSocketCloseCode : ushort
{
    /// <summary>None was given.</summary>
    None = 0,

    /// <summary>It has served its purpose.</summary>
    Normal = 1000,

    /// <summary>The endpoint goes away.</summary>
    GoingAway = 1001,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolError = 1002,

    /// <summary>A text was not UTF-8.</summary>
    InvalidData = 1007,

    /// <summary>A message was too long.</summary>
    MessageTooBig = 1009,
}
