using Grpc.Protocol;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>What Kestrel has to be told when it serves gRPC.</summary>
public static class GrpcKestrelExtensions
{
    private static readonly TimeSpan s_pingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pingTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Sets limits for gRPC: bounded headers and streams; no bound on how long or slow a stream is, since messages have a bound each and a
    /// reader may pause; in place of that, pings that find dead peers within 50 s. Endpoints still have to be told <see cref="HttpProtocols.Http2"/>.
    /// </summary>
    /// <param name="options">Kestrel's options.</param>
    /// <param name="maxStreamsPerConnection">
    /// Calls at once on a connection. Clients with more of them wait, or open another connection; each may hold a message of the largest size in memory.
    /// </param>
    public static void SetGrpcLimits(this KestrelServerOptions options, int maxStreamsPerConnection = GrpcLimits.MaxStreamsPerConnection)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddServerHeader = false;
        KestrelServerLimits limits = options.Limits;
        limits.MaxRequestHeadersTotalSize = GrpcLimits.MaxRequestHeadersBytes;
        limits.MaxRequestHeaderCount = GrpcLimits.MaxRequestHeaderCount;
        limits.Http2.MaxRequestHeaderFieldSize = GrpcLimits.MaxRequestHeadersBytes;
        limits.Http2.MaxStreamsPerConnection = maxStreamsPerConnection;
        limits.Http2.KeepAlivePingDelay = s_pingDelay;
        limits.Http2.KeepAlivePingTimeout = s_pingTimeout;
        // A subscriber that reads nothing for a while is no attack; what waits for it is bounded by its flow-control window.
        limits.MinResponseDataRate = null;
    }
}
