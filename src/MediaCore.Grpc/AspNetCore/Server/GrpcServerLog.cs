using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>What the server side says. Nothing of a message's or of metadata's content.</summary>
internal static partial class GrpcServerLog
{
    [LoggerMessage(GrpcServerEventIds.HandlerThrew, LogLevel.Error, "The handler of {Method} threw", EventName = "GrpcHandlerThrew")]
    public static partial void HandlerThrew(ILogger logger, string method, Exception exception);

    [LoggerMessage(GrpcServerEventIds.CancellationCallbackThrew, LogLevel.Error, "What {Method} registered with its cancellation token threw", EventName = "GrpcCancellationCallbackThrew")]
    public static partial void CancellationCallbackThrew(ILogger logger, string method, Exception exception);

    [LoggerMessage(GrpcServerEventIds.CallRefused, LogLevel.Debug, "A call of {Method} is refused: {Reason}", EventName = "GrpcCallRefused")]
    public static partial void CallRefused(ILogger logger, string method, string reason);

    [LoggerMessage(GrpcServerEventIds.WriteNotAwaited, LogLevel.Error, "{Method} ended while it was writing a response: the task of WriteAsync must be awaited; the stream is reset", EventName = "GrpcWriteNotAwaited")]
    public static partial void WriteNotAwaited(ILogger logger, string method);
}
