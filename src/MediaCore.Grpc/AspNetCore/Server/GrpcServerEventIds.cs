namespace Grpc.AspNetCore.Server;

/// <summary>Log event numbers of this project: 11000 to 11099.</summary>
internal static class GrpcServerEventIds
{
    public const int HandlerThrew = 11000;
    public const int CancellationCallbackThrew = 11001;
    public const int CallRefused = 11002;
    public const int WriteNotAwaited = 11003;
}
