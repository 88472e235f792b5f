namespace MediaCore.Transport.WebSocket;

/// <summary>What <see cref="WebSocketReceiver"/> found next.</summary>
public enum WebSocketEvent
{
    /// <summary>Everything was looked at; nothing is whole yet.</summary>
    NeedMoreData,

    /// <summary>A whole message: <see cref="WebSocketReceiver.TakeMessage"/>.</summary>
    Message,

    /// <summary>A ping with <see cref="WebSocketReceiver.ControlData"/>, which its pong carries.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>The peer closes, with <see cref="WebSocketReceiver.CloseCode"/>; nothing follows.</summary>
    Close,

    /// <summary>The peer broke a rule or a bound; close with <see cref="WebSocketReceiver.CloseCode"/>. Nothing can be found any more.</summary>
    Invalid,
}
