using Grpc.Core;

namespace MediaCore.Control.Services;

/// <summary>The message with which a client's stream says what it is.</summary>
internal static class FirstMessage
{
    /// <summary>Waits for it; null where the client sends none.</summary>
    /// <param name="requests">The client's messages.</param>
    /// <param name="what">What is waited for, as a sentence begins.</param>
    /// <param name="cancellation">The call's.</param>
    /// <exception cref="RpcException">DEADLINE_EXCEEDED: not within <see cref="ControlServiceLimits.OpenTime"/>.</exception>
    public static async Task<T?> ReadAsync<T>(IAsyncStreamReader<T> requests, string what, CancellationToken cancellation)
        where T : class
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ControlServiceLimits.OpenTime);
        try
        {
            return await requests.MoveNext(limit.Token) ? requests.Current : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"{what} comes within {ControlServiceLimits.OpenTime.TotalSeconds:0} s."));
        }
    }
}
