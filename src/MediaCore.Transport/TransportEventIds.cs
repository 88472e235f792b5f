namespace MediaCore.Transport;

/// <summary>Log event numbers of this project: 2000 to 2099.</summary>
internal static class TransportEventIds
{
    public const int ConnectionFault = 2000;
    public const int AcceptFailed = 2001;
    public const int WebSocketSubprotocolMissing = 2002;
}
