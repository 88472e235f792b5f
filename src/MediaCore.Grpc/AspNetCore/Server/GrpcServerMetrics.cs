using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// The meter <c>MediaCore.Grpc</c>: calls by service, method and status, their time, the ones that go on, messages. The labels come from the methods that
/// are mapped; calls of anything else count as <c>unknown</c>.
/// </summary>
internal static class GrpcServerMetrics
{
    private static readonly ConcurrentDictionary<(string Service, string Method), MethodCounters> s_methods = new();
    private static readonly Meter s_meter = new("MediaCore.Grpc");
    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram(
        "mediacore.grpc.call.duration",
        "s",
        "Time from a call's headers to its trailers",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600] });

    static GrpcServerMetrics()
    {
        // The meter keeps them.
        s_meter.CreateObservableCounter("mediacore.grpc.calls", ObserveCalls, "{call}", "Calls that ended, by status");
        s_meter.CreateObservableUpDownCounter("mediacore.grpc.active_streams", ObserveActive, "{call}", "Calls that go on");
        s_meter.CreateObservableCounter("mediacore.grpc.messages", ObserveMessages, "{message}", "Messages received and sent");
    }

    /// <summary>Calls of what is not mapped.</summary>
    public static MethodCounters Unknown { get; } = Get("unknown", "unknown");

    public static MethodCounters Get(string service, string method) => s_methods.GetOrAdd((service, method), static key => new MethodCounters(key.Service, key.Method));

    public static void RecordDuration(MethodCounters counters, TimeSpan duration)
    {
        if (s_duration.Enabled)
        {
            s_duration.Record(duration.TotalSeconds, counters.Tags);
        }
    }

    private static IEnumerable<Measurement<long>> ObserveCalls()
    {
        foreach (MethodCounters counters in s_methods.Values)
        {
            foreach (StatusCode code in Enum.GetValues<StatusCode>())
            {
                // OK is always there, so that a rate has something to begin with; a failure from its first time on.
                if (counters.GetEnded(code) is var count && (count > 0 || code == StatusCode.OK))
                {
                    yield return new Measurement<long>(count, [.. counters.Tags, new("status", NameOf(code))]);
                }
            }
        }
    }

    private static IEnumerable<Measurement<long>> ObserveActive()
    {
        foreach (MethodCounters counters in s_methods.Values)
        {
            yield return new Measurement<long>(counters.Active, counters.Tags);
        }
    }

    private static IEnumerable<Measurement<long>> ObserveMessages()
    {
        foreach (MethodCounters counters in s_methods.Values)
        {
            yield return new Measurement<long>(counters.Received, [.. counters.Tags, new("direction", "received")]);
            yield return new Measurement<long>(counters.Sent, [.. counters.Tags, new("direction", "sent")]);
        }
    }

    private static string NameOf(StatusCode code) => code switch
    {
        StatusCode.OK => "OK",
        StatusCode.InvalidArgument => "INVALID_ARGUMENT",
        StatusCode.DeadlineExceeded => "DEADLINE_EXCEEDED",
        StatusCode.NotFound => "NOT_FOUND",
        StatusCode.AlreadyExists => "ALREADY_EXISTS",
        StatusCode.PermissionDenied => "PERMISSION_DENIED",
        StatusCode.ResourceExhausted => "RESOURCE_EXHAUSTED",
        StatusCode.FailedPrecondition => "FAILED_PRECONDITION",
        StatusCode.OutOfRange => "OUT_OF_RANGE",
        StatusCode.DataLoss => "DATA_LOSS",
        _ => code.ToString().ToUpperInvariant(),
    };
}
