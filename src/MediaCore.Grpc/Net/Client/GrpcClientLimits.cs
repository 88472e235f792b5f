namespace Grpc.Net.Client;

/// <summary>Bounds of the client side.</summary>
internal static class GrpcClientLimits
{
    /// <summary>First pause of a call that waits for its server; it doubles.</summary>
    public static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest pause: a server that comes back is found within this time.</summary>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(2);
}
