namespace MediaCore.Grpc.Tests.Hostile;

/// <summary>What came on one stream.</summary>
internal sealed class StreamResult
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Dictionary<string, string> Headers { get; } = new(StringComparer.Ordinal);

    /// <summary>HEADERS frames: one when the trailers are the headers.</summary>
    public int HeaderFrames { get; set; }

    public int DataBytes { get; set; }

    public long? ResetCode { get; set; }

    /// <summary>Completes when the server ends the stream, by trailers or reset.</summary>
    public Task End => _end.Task;

    /// <summary>The outcome in short: <c>http 415</c>, <c>grpc 12</c>, <c>reset 8</c>.</summary>
    public string Outcome =>
        Headers.TryGetValue(":status", out string? http) && http != "200" ? $"http {http}"
        : Headers.TryGetValue("grpc-status", out string? status) ? $"grpc {status}"
        : ResetCode is { } code ? $"reset {code}" : "nothing";

    public void Complete() => _end.TrySetResult();
}
