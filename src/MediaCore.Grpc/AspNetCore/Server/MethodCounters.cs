using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>What is counted of one method, for as long as the process lives. Read by <see cref="GrpcServerMetrics"/> when somebody looks.</summary>
internal sealed class MethodCounters(string service, string method)
{
    private const int StatusCount = (int)StatusCode.Unauthenticated + 1;

    private readonly long[] _ended = new long[StatusCount];
    private readonly KeyValuePair<string, object?>[] _tags = [new("service", service), new("method", method)];
    private long _active;
    private long _received;
    private long _sent;

    public string Service { get; } = service;

    public string Method { get; } = method;

    public long Active => Interlocked.Read(ref _active);

    public long Received => Interlocked.Read(ref _received);

    public long Sent => Interlocked.Read(ref _sent);

    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => _tags;

    public long GetEnded(StatusCode code) => Interlocked.Read(ref _ended[(int)code]);

    public void CountBegun() => Interlocked.Increment(ref _active);

    public void CountReceived() => Interlocked.Increment(ref _received);

    public void CountSent() => Interlocked.Increment(ref _sent);

    public void CountEnded(StatusCode code, TimeSpan duration)
    {
        Interlocked.Decrement(ref _active);
        CountRefused(code);
        GrpcServerMetrics.RecordDuration(this, duration);
    }

    /// <summary>A call that ended before it was one.</summary>
    public void CountRefused(StatusCode code) => Interlocked.Increment(ref _ended[(int)code < StatusCount ? (int)code : (int)StatusCode.Unknown]);
}
