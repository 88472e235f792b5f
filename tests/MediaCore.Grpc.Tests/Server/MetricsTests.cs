using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Testing;
using MediaCore.Grpc.Tests.Hostile;
using MediaCore.Wire.Tests;

namespace MediaCore.Grpc.Tests.Server;

public sealed class MetricsTests
{
    [Fact]
    public async Task Calls_AreCounted_ByMethodAndStatus_UnknownOnesTogether()
    {
        using Readings readings = new();
        await using ScriptedServer server = await ScriptedServer.StartAsync();
        TaskCompletionSource goOn = new();
        server.Service.Unary = async (request, _) =>
        {
            await goOn.Task;
            return request.ResponseSize == 0 ? new SimpleResponse() : throw new RpcException(new Status(StatusCode.AlreadyExists, ""));
        };
        const string Method = "service=grpc.testing.TestService method=UnaryCall";
        long before = readings.Read($"mediacore.grpc.calls {Method} status=OK");
        long failedBefore = readings.Read($"mediacore.grpc.calls {Method} status=ALREADY_EXISTS");
        long sentBefore = readings.Read($"mediacore.grpc.messages {Method} direction=sent");
        long receivedBefore = readings.Read($"mediacore.grpc.messages {Method} direction=received");
        long unknownBefore = readings.Read("mediacore.grpc.calls service=unknown method=unknown status=UNIMPLEMENTED");
        long activeBefore = readings.Read($"mediacore.grpc.active_streams {Method}");

        AsyncUnaryCall<SimpleResponse> good = server.Client.UnaryCallAsync(new SimpleRequest());
        AsyncUnaryCall<SimpleResponse> bad = server.Client.UnaryCallAsync(new SimpleRequest { ResponseSize = 1 });
        await Eventually.IsAsync(() => readings.Read($"mediacore.grpc.active_streams {Method}"), n => n >= activeBefore + 2, "two calls that go on");
        goOn.SetResult();
        await good;
        await Assert.ThrowsAsync<RpcException>(async () => await bad);
        await using Http2Peer peer = await server.ConnectPeerAsync();
        for (int i = 0; i < 5; i++)
        {
            await peer.CallAsync(Http2Peer.CallHeaders($"/made.up.Service{i}/Call"), ScriptedServer.EmptyMessage);
        }

        await Eventually.IsAsync(() => readings.Read($"mediacore.grpc.calls {Method} status=ALREADY_EXISTS"), n => n > failedBefore, "the failed call");
        await Eventually.IsAsync(() => readings.Read($"mediacore.grpc.calls {Method} status=OK"), n => n > before, "the good call");
        Assert.True(readings.Read($"mediacore.grpc.messages {Method} direction=sent") > sentBefore);
        Assert.True(readings.Read($"mediacore.grpc.messages {Method} direction=received") >= receivedBefore + 2);
        Assert.True(readings.Read("mediacore.grpc.calls service=unknown method=unknown status=UNIMPLEMENTED") >= unknownBefore + 5);
        Assert.DoesNotContain(readings.Names, static n => n.Contains("made.up", StringComparison.Ordinal));
        Assert.True(readings.Durations > 0);
    }

    private sealed class Readings : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, long> _values = new(StringComparer.Ordinal);
        private int _durations;

        public Readings()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "MediaCore.Grpc")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _values[$"{instrument.Name} {string.Join(' ', tags.ToArray().Select(static t => $"{t.Key}={t.Value}"))}"] = value);
            _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _durations));
            _listener.Start();
        }

        public int Durations => _durations;

        public IEnumerable<string> Names => _values.Keys;

        public long Read(string name)
        {
            _listener.RecordObservableInstruments();
            return _values.GetValueOrDefault(name);
        }

        public void Dispose() => _listener.Dispose();
    }
}
